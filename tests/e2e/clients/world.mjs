// SPDX-License-Identifier: Apache-2.0
// Where byollmd is, who asks, and what stands behind them.
export const url = process.env.BYOLLMD_URL;
export const token = process.env.BYOLLM_TOKEN;
// A token of somebody with another LLM, or none.
export const other_token = process.env.BYOLLM_OTHER_TOKEN;
// Where a provider is that does what it is told.
export const upstream = process.env.UPSTREAM;
// "anthropic", "openai", "local-ollama"
export const behind = process.env.BEHIND;
// The model that the user configured there.
export const model = process.env.MODEL;

export const said = /byollm-standin.*You said: hello/;
export const hello = [{ role: "user", content: "hello" }];
export const ask_tool = [{ role: "user", content: "please use the tool" }];
export const schema = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city", "days"],
  additionalProperties: false,
};

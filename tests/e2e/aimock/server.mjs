// SPDX-License-Identifier: Apache-2.0
// Goal: an upstream that nobody here wrote, for all three dialects.
// Method: aimock on an ephemeral loopback port; prints "listening on
// 127.0.0.1:PORT" and ends when its stdin does.
//
// What it answers, by the last user message:
//   "sum up"         "It is 4.", with thoughts, signed and hidden where there
//                    are such
//   "think of the weather", "weather of two cities"
//                    calls of get_weather, one with thoughts, or two; after the
//                    results a text
//   "which city"     JSON, if the request says all that is in `wanted`
//   "a text for vectors"  a vector
//   "bad key", "no quota", "too long a talk", "no such model"
//                    the errors of that kind
//   "hello"          "Hello from aimock." in several chunks
//   "weather"        a call of get_weather {"city":"Paris","days":2}; after the
//                    tool's result "It is sunny in Paris."
//   "long story"     200 words, finish reason length
//   "be refused"     429 rate_limit_error
//   "fail"           500 server_error
//   "cut off"        a stream that is cut after a few chunks
import { LLMock } from "@copilotkit/aimock";

const story = Array.from({ length: 200 }, (_, i) => `word${i}`).join(" ");
const mock = new LLMock({
  port: 0,
  host: "127.0.0.1",
  chunkSize: 8,
  // A conversation that Anthropic would refuse is refused, not only noted.
  strict: true,
});

const call = (city) => ({
  name: "get_weather",
  arguments: JSON.stringify({ city }),
});
const refusal = (userMessage, status, error) => ({
  match: { userMessage },
  response: { error: { message: "no", ...error }, status },
});
/// What an OpenAI request says; aimock shows no such fields of the others.
const wanted = (request) =>
  request.seed === 7 &&
  request.parallel_tool_calls === false &&
  request.reasoning_effort === "low" &&
  request.user === "u-1" &&
  request.response_format?.json_schema?.strict === true;

mock.addFixtures([
  {
    match: { userMessage: "sum up" },
    response: {
      content: "It is 4.",
      reasoning: "Two and two.",
      reasoningSignature: "c2lnbmVk",
      redactedThinking: ["ZW5j"],
    },
  },
  {
    match: { userMessage: "think of the weather", hasToolResult: true },
    response: { content: "Sunny, then." },
  },
  {
    match: { userMessage: "think of the weather", hasToolResult: false },
    response: {
      toolCalls: [call("Paris")],
      reasoning: "The tool knows.",
      reasoningSignature: "c2lnbmVk",
    },
  },
  {
    match: { userMessage: "weather of two cities", hasToolResult: true },
    response: { content: "Both are sunny." },
  },
  {
    match: { userMessage: "weather of two cities", hasToolResult: false },
    response: { toolCalls: [call("Paris"), call("Bern")] },
  },
  {
    match: {
      userMessage: "which city",
      responseFormat: "json_schema",
      predicate: wanted,
    },
    response: { content: '{"city":"Bern"}' },
  },
  {
    match: { userMessage: "which city" },
    response: { content: "Some city." },
  },
  {
    match: { inputText: "a text for vectors" },
    response: { embedding: [0.5, -1.25, 3e-5] },
  },
  refusal("bad key", 401, { type: "authentication_error" }),
  refusal("no quota", 429, { type: "insufficient_quota" }),
  refusal("too long a talk", 400, {
    type: "invalid_request_error",
    message: "prompt is too long: 9 tokens > 8 maximum",
  }),
  refusal("no such model", 404, { type: "not_found_error" }),
  {
    match: { userMessage: "weather", hasToolResult: true },
    response: { content: "It is sunny in Paris." },
  },
  {
    match: { userMessage: "weather", hasToolResult: false },
    response: {
      toolCalls: [
        { name: "get_weather", arguments: '{"city":"Paris","days":2}' },
      ],
    },
  },
  {
    match: { userMessage: "long story" },
    response: { content: story, finishReason: "length" },
  },
  {
    match: { userMessage: "be refused" },
    response: {
      error: { message: "slow down", type: "rate_limit_error" },
      status: 429,
    },
  },
  {
    match: { userMessage: "fail" },
    response: { error: { message: "oops", type: "server_error" }, status: 500 },
  },
  {
    match: { userMessage: "cut off" },
    response: { content: story },
    truncateAfterChunks: 3,
  },
  {
    match: { userMessage: "hello" },
    response: { content: "Hello from aimock." },
  },
]);

await mock.start();
console.log(`listening on 127.0.0.1:${mock.port}`);
process.stdin.resume();
process.stdin.on("end", async () => {
  await mock.stop();
  process.exit(0);
});

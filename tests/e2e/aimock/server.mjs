// SPDX-License-Identifier: Apache-2.0
// Goal: an upstream that nobody here wrote, for all three dialects.
// Method: aimock on an ephemeral loopback port; prints "listening on
// 127.0.0.1:PORT" and ends when its stdin does.
//
// What it answers, by the last user message:
//   "hello"          "Hello from aimock." in several chunks
//   "weather"        a call of get_weather {"city":"Paris","days":2}; after the
//                    tool's result "It is sunny in Paris."
//   "long story"     200 words, finish reason length
//   "be refused"     429 rate_limit_error
//   "fail"           500 server_error
//   "cut off"        a stream that is cut after a few chunks
import { LLMock } from "@copilotkit/aimock";

const story = Array.from({ length: 200 }, (_, i) => `word${i}`).join(" ");
const mock = new LLMock({ port: 0, host: "127.0.0.1", chunkSize: 8 });

mock.addFixtures([
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

// SPDX-License-Identifier: Apache-2.0
// A loopback server that writes down what it is sent. It answers with what it
// was told to say next, or else with the least that the dialect allows.
import http from "node:http";

// What of a head a provider acts upon; the rest tells of the client itself.
const heard_headers = [
  "accept",
  "anthropic-beta",
  "anthropic-version",
  "authorization",
  "content-type",
  "x-api-key",
];

const sse = (...events) => ({ type: "text/event-stream", body: events.join("") });
const json = (value) => ({ type: "application/json", body: JSON.stringify(value) });

const openai_message = { role: "assistant", content: "ok" };
const anthropic_message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

function openai_answer({ stream }) {
  const choice = { index: 0, finish_reason: "stop" };
  if (!stream)
    return json({ id: "1", choices: [{ ...choice, message: openai_message }] });
  const chunk = { id: "1", choices: [{ ...choice, delta: openai_message }] };
  return sse(`data: ${JSON.stringify(chunk)}\n\n`, "data: [DONE]\n\n");
}

function anthropic_answer({ stream }) {
  if (!stream) return json(anthropic_message);
  const event = (data) =>
    `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  return sse(
    event({ type: "message_start", message: anthropic_message }),
    event({ type: "message_stop" }),
  );
}

function openai_vectors({ input, encoding_format }) {
  const floats = Float32Array.of(0.5, -1);
  const embedding =
    encoding_format === "base64"
      ? Buffer.from(floats.buffer).toString("base64")
      : [...floats];
  return json({ data: input.map((_, index) => ({ index, embedding })) });
}

const least = {
  "/v1/chat/completions": openai_answer,
  "/v1/embeddings": openai_vectors,
  "/v1/messages": anthropic_answer,
  "/v1/messages/count_tokens": () => json({ input_tokens: 1 }),
  "/v1/models": () => json({ data: [], has_more: false }),
  "/api/chat": () => json({ message: openai_message, done: true }),
  "/api/embed": ({ input }) => json({ embeddings: input.map(() => [0.5, -1]) }),
  "/api/tags": () => json({ models: [] }),
};

function as_recorded(request, text) {
  const headers = {};
  for (const name of heard_headers)
    if (name in request.headers) headers[name] = request.headers[name];
  const made = { method: request.method, target: request.url, headers };
  return text === "" ? made : { ...made, body: JSON.parse(text) };
}

export class Recorder {
  #server = http.createServer((request, response) => this.#hear(request, response));
  #seen = [];
  #next = [];

  async start() {
    await new Promise((done) => this.#server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /// The next request is answered by `body`, of media type `type`.
  say(type, body, status = 200, headers = {}) {
    this.#next.push({ type, body, status, headers });
  }

  /// Returns the requests since the last time.
  take() {
    return this.#seen.splice(0);
  }

  async #hear(request, response) {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const made = as_recorded(request, Buffer.concat(pieces).toString());
    this.#seen.push(made);
    const path = made.target.split("?")[0];
    const answer = this.#next.shift() ?? least[path](made.body);
    response.writeHead(answer.status ?? 200, {
      ...answer.headers,
      "content-type": answer.type,
    });
    response.end(answer.body);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Goal: what the official clients send for each feature, and what they
// understand of each answer, is on record, so that our dialects can be compared
// with it where there is no npm.
// Method: each client makes each of its calls at a recorder, and reads each
// recorded answer byte for byte.
// Usage: requests.mjs FOLDER ANSWERS... compares with recorded.json in FOLDER;
// with --write before, it writes that file. ANSWERS are files called DIALECT_*,
// to which other_answers.json in FOLDER adds more.
import fs from "node:fs";
import path from "node:path";

import * as anthropic from "./anthropic_calls.mjs";
import * as ollama from "./ollama_calls.mjs";
import * as openai from "./openai_calls.mjs";
import { Recorder } from "./recorder.mjs";

const dialects = { anthropic, ollama, openai };
const types = {
  ".json": "application/json",
  ".ndjson": "application/x-ndjson",
  ".sse": "text/event-stream",
};
const recorder = new Recorder();

/// Makes `recorder` answer with the bytes of `file`.
function say(file) {
  recorder.say(types[path.extname(file)], fs.readFileSync(file));
}

async function record_calls(name, url, answers) {
  const { calls, rounds, make_client } = dialects[name];
  const client = make_client(url);
  const record = {};
  for (const [feature, call] of Object.entries(calls)) {
    await call(client);
    const [made, ...others] = recorder.take();
    if (others.length > 0) throw new Error(`${name}: ${feature}: two requests`);
    record[`${name}: ${feature}`] = made;
  }
  for (const [answer, round] of Object.entries(rounds)) {
    say(answers.find((file) => path.basename(file) === answer));
    await round(client);
    // The first is the question.
    record[`${name}: after ${answer}`] = recorder.take()[1];
  }
  return record;
}

/// Returns what the client of the answer called `name` makes of it.
async function read_answer(name, url, reader) {
  const dialect = dialects[name.split("_")[0]];
  try {
    return await reader(dialect, dialect.make_client(url));
  } catch (error) {
    return { error: dialect.error_of(error) };
  } finally {
    recorder.take();
  }
}

function read_file(file, url) {
  const stream = path.extname(file) !== ".json";
  say(file);
  return read_answer(path.basename(file), url, (dialect, client) =>
    dialect.read(client, stream),
  );
}

function read_other(name, { ask, status, headers, body }, url) {
  recorder.say(types[".json"], JSON.stringify(body), status, headers);
  return read_answer(name, url, (dialect, client) =>
    ask === "text" ? dialect.read(client, false) : dialect.readers[ask](client),
  );
}

async function record_all(answers, others) {
  const url = await recorder.start();
  const record = { requests: {}, answers: {} };
  for (const name in dialects)
    Object.assign(record.requests, await record_calls(name, url, answers));
  for (const file of answers)
    record.answers[path.basename(file)] = await read_file(file, url);
  for (const [name, answer] of Object.entries(others))
    record.answers[name] = await read_other(name, answer, url);
  recorder.stop();
  return record;
}

/// One entry a line, so that a change is seen as one.
function as_lines(record) {
  const part = (entries) =>
    Object.entries(entries)
      .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      .join(",\n");
  return `{"requests": {\n${part(record.requests)}\n},
"answers": {\n${part(record.answers)}\n}}\n`;
}

const [, , ...words] = process.argv;
const write = words[0] === "--write" && words.shift();
const [folder, ...answers] = words;
const in_folder = (name) => path.join(folder, name);
const others = JSON.parse(fs.readFileSync(in_folder("other_answers.json")));
const file = in_folder("recorded.json");
const now = as_lines(await record_all(answers, others));
if (write) {
  fs.writeFileSync(file, now);
} else {
  const then = new Set(fs.readFileSync(file, "utf8").split("\n"));
  const other = now.split("\n").filter((line) => !then.has(line));
  for (const line of other) console.log(`not as recorded: ${line}`);
  const same = now === fs.readFileSync(file, "utf8");
  console.log(`${then.size} lines on record, ${same ? "" : "not "}as they were`);
  process.exitCode = same ? 0 : 1;
}

# SPDX-License-Identifier: Apache-2.0
"""What providers say in three dialects: a word of a streamed answer; an error
after it, or a tool call that max_tokens cuts; and refusals."""

import json

SSE = "text/event-stream"


def event(name, **data):
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n"


def line(data):
    return f"data: {json.dumps(data)}\n\n"


class Anthropic:
    KIND = SSE
    WORD = event("message_start", message={
        "id": "m", "type": "message", "role": "assistant", "model": "m",
        "content": [], "stop_reason": None, "stop_sequence": None,
        "usage": {"input_tokens": 3, "output_tokens": 1}}) + event(
            "content_block_start", index=0,
            content_block={"type": "text", "text": ""}) + event(
                "content_block_delta", index=0,
                delta={"type": "text_delta", "text": "word "})
    ERROR = event("error", error={"type": "api_error", "message": "no more"})
    CUT = event("content_block_stop", index=0) + event(
        "content_block_start", index=1, content_block={
            "type": "tool_use", "id": "t", "name": "weather", "input": {}}
    ) + event("content_block_delta", index=1, delta={
        "type": "input_json_delta", "partial_json": '{"city": "Zür'}
    ) + event("content_block_stop", index=1) + event(
        "message_delta", usage={"output_tokens": 9},
        delta={"stop_reason": "max_tokens", "stop_sequence": None}
    ) + event("message_stop")
    REFUSALS = {
        "the key": (401, "authentication_error", "invalid x-api-key"),
        "for money": (400, "invalid_request_error",
                      "Your credit balance is too low to access the API."),
        "the model": (404, "not_found_error", "model: m"),
    }

    @staticmethod
    def error(kind, message):
        return {"type": "error", "error": {"type": kind, "message": message}}


def openai_chunk(delta, reason=None):
    return line({"id": "c", "object": "chat.completion.chunk", "created": 1,
                 "model": "m", "choices": [
                     {"index": 0, "delta": delta, "finish_reason": reason}]})


class OpenAI:
    KIND = SSE
    WORD = openai_chunk({"content": "word "})
    CUT = openai_chunk({"tool_calls": [
        {"index": 0, "id": "t", "type": "function",
         "function": {"name": "weather", "arguments": '{"city": "Zür'}}]}
    ) + openai_chunk({}, "length") + "data: [DONE]\n\n"
    ERROR = line({"error": {"message": "no more", "type": "server_error"}})
    REFUSALS = {
        "the key": (401, "invalid_api_key", "Incorrect API key provided."),
        "for money": (429, "insufficient_quota",
                      "You exceeded your current quota."),
        "the model": (404, "model_not_found", "The model does not exist."),
    }

    @staticmethod
    def error(code, message):
        return {"error": {"message": message, "type": "invalid_request_error",
                          "param": None, "code": code}}


class Ollama:
    KIND = "application/x-ndjson"
    WORD = json.dumps({"model": "m", "created_at": "2026-01-01T00:00:00Z",
                       "message": {"role": "assistant", "content": "word "},
                       "done": False}) + "\n"
    ERROR = json.dumps({"error": "no more"}) + "\n"
    REFUSALS = {
        "the key": (401, "", "unauthorized"),
        "for money": (402, "", "payment required"),
        "the model": (404, "", "model 'm' not found"),
    }

    @staticmethod
    def error(_, message):
        return {"error": message}


DIALECTS = {"/v1/messages": Anthropic, "/v1/chat/completions": OpenAI,
            "/api/chat": Ollama}

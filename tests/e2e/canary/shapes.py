# SPDX-License-Identifier: Apache-2.0
"""How a provider may repeat a key that it got: answers as raw bytes.

No shape has the key in the words of an answer: those are the user's own.
"""

import base64
import json

from scanner import body_of


def http(status="200 OK", body=b"", headers=(), kind="application/json"):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}",
             f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(*chunks, kind="text/event-stream", extension="", trailers=()):
    """Returns a chunked 200."""
    out = (f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n"
           "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n").encode()
    for chunk in chunks:
        out += b"%x%s\r\n%s\r\n" % (len(chunk), extension.encode(), chunk)
    out += b"0\r\n" + "".join(f"{x}\r\n" for x in trailers).encode()
    return out + b"\r\n"


def openai_reply(model="m", finish="stop", tool=None, usage=None):
    message = {"role": "assistant", "content": "fine"}
    if tool:
        message["tool_calls"] = [tool]
    return {"model": model, "usage": usage or {"prompt_tokens": 1},
            "choices": [{"index": 0, "message": message,
                         "finish_reason": finish}],
            "data": [{"id": model}]}


def openai_stream(model="m", finish="stop", tool=None, before=b""):
    def event(delta, reason=None):
        return b"data: " + json.dumps(
            {"model": model, "choices": [{"index": 0, "delta": delta,
                                          "finish_reason": reason}]}
        ).encode() + b"\n\n"
    delta = {"content": "fine"}
    if tool:
        delta["tool_calls"] = [dict(tool, index=0)]
    return before + event(delta) + event({}, finish) + b"data: [DONE]\n\n"


def tool(name="t", id="c"):
    return {"id": id, "type": "function",
            "function": {"name": name, "arguments": "{}"}}


def anthropic_reply(model="m", stop="end_turn"):
    return {"type": "message", "role": "assistant", "model": model,
            "content": [{"type": "text", "text": "fine"}],
            "stop_reason": stop, "usage": {"input_tokens": 1}}


def ollama_reply(model="m", done="stop"):
    return {"model": model, "done": True, "done_reason": done,
            "message": {"role": "assistant", "content": "fine"},
            "models": [{"name": model}]}


def error(**members):
    return {"error": members}


def shapes(key):
    """Yields name, provider and answer."""
    body = body_of(key).decode()
    b64 = base64.b64encode(key.encode()).decode()
    # A part whose window holds letters and digits as error tokens have them.
    part = body[4:20]

    def openai(name, answer):
        return name, "openai", answer

    # -- bodies of errors ---------------------------------------------------
    yield openai("error message", http(
        "401 No", error(message=f"Incorrect API key provided: {key}.",
                        code="invalid_api_key")))
    yield openai("error message, first eight and last four", http(
        "401 No", error(message=f"{key[:8]}***{key[-4:]}",
                        code=f"{body[:8]}-{body[-4:]}")))
    yield openai("error type", http("401 No", error(type=body)))
    yield openai("error code", http("400 No", error(code=part)))
    yield openai("error code in pieces of seven", http(
        "400 No", error(code=f"{body[:7]}.{body[7:14]}")))
    yield openai("error param", http("400 No", error(param=key, code="x")))
    yield openai("names of members", http("400 No", {"error": {key: key}}))
    yield openai("error as text", http("401 No", {"error": key}))
    yield openai("body that is no JSON", http("401 No", key.encode(),
                                              kind="text/plain"))
    yield openai("page", http("200 OK", f"<p>{key}</p>".encode(),
                              kind="text/html"))
    yield "anthropic error", "anthropic", http(
        "401 No", {"type": "error", "request_id": body,
                   "error": {"type": body, "message": key}})
    yield "ollama error", "local-ollama", http("400 No", {"error": key})

    # -- heads --------------------------------------------------------------
    for name, value in (("the key", key), ("base64", b64.rstrip("=")),
                        ("hex", key.encode().hex()),
                        ("a window", f"req_{body[3:11]}")):
        yield openai(f"request id: {name}", http(
            "401 No", {}, [f"x-request-id: {value}"]))
        yield f"request id of a good answer: {name}", "anthropic", http(
            "200 OK", anthropic_reply(), [f"request-id: {value}"])
    yield openai("reason phrase", http(f"401 {key}", {}))
    yield openai("WWW-Authenticate", http(
        "401 No", {}, [f'WWW-Authenticate: Bearer realm="https://{key}/"']))
    yield openai("Location", http("302 Found", {}, [f"Location: /{key}"]))
    yield openai("Set-Cookie and names of headers", http(
        "500 No", {}, [f"Set-Cookie: a={key}", f"X-{key}: 1"]))
    yield openai("Retry-After", http("429 No", {}, [f"Retry-After: {key}"]))
    yield openai("Content-Type", http("200 OK", {}, kind=f"text/{key}"))
    yield openai("Content-Encoding", http(
        "200 OK", {}, [f"Content-Encoding: {key}"]))
    yield openai("interim answer", (
        f"HTTP/1.1 103 {key}\r\nLink: <{key}>\r\n\r\n").encode()
        + http("401 No", {}))
    yield openai("status line", f"HTTP/1.1 {key}\r\n\r\n".encode())
    yield openai("no HTTP at all", f"{key}\r\n{key}\r\n".encode())
    yield openai("behind the answer", http("200 OK", openai_reply())
                 + key.encode())

    # -- framing and streams ------------------------------------------------
    yield openai("chunk extension", chunked(
        openai_stream(), extension=f";k={key}"))
    yield openai("trailer", chunked(openai_stream(),
                                    trailers=[f"x-request-id: {key}"]))
    yield openai("comment", chunked(
        openai_stream(before=f": {key}\n\n".encode())))
    yield openai("event, id and retry", chunked(openai_stream(
        before=f"event: {key}\nid: {key}\nretry: {key}\ndata: {key}\n\n"
        .encode())))
    yield openai("error inside a stream", chunked(
        b"event: error\ndata: " + json.dumps(
            error(message=key, type=body, code=part)).encode() + b"\n\n"))
    yield openai("stream that breaks off", chunked(
        b'data: {"error": "' + key.encode()))
    yield "lines of an error", "local-ollama", chunked(
        json.dumps({"error": key}).encode() + b"\n",
        kind="application/x-ndjson")

    # -- names in good answers ----------------------------------------------
    for name, value in (("the key", key), ("base64", b64),
                        ("percent", "".join(f"%{ord(c):02x}" for c in key)),
                        ("a window", f"model-{body[5:13]}")):
        yield openai(f"model: {name}", http(body=openai_reply(value)))
    yield openai("model of a stream", chunked(openai_stream(key)))
    yield "model", "anthropic", http(body=anthropic_reply(key))
    yield "models", "local-ollama", http(body=ollama_reply(key, key))
    yield openai("stop reason", http(body=openai_reply(finish=key)))
    yield "stop reason", "anthropic", http(body=anthropic_reply(stop=key))
    yield openai("tool name", http(body=openai_reply(tool=tool(name=key))))
    yield openai("tool id", http(body=openai_reply(tool=tool(id=body))))
    yield openai("tool name of a stream",
                 chunked(openai_stream(tool=tool(name=b64))))
    yield openai("usage", http(body=openai_reply(
        usage={"prompt_tokens": key, "completion_tokens": -1})))

# SPDX-License-Identifier: Apache-2.0
"""The LLM that ada brings: the stand-in, or a real one on a real key."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass

from cli import NOTHING, Stdin
from programs import Failed

VARIABLES = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY"}
OLLAMA = "http://127.0.0.1:11434"
KEY_BYTES_MAX = 4096
# Names the pipe that the key waits in.
_HELD = "BYOLLM_DEMO_KEY_FD"


@dataclass(frozen=True)
class OwnLLM:
    """What `byollm config set` is told."""

    provider: str
    model: str
    base_url: str = ""
    #: Where the command reads the key.
    key: Stdin = NOTHING
    has_key: bool = True
    is_real: bool = False


def throwaway_key() -> bytes:
    """Returns a key that opens nothing."""
    return b"demo-" + secrets.token_hex(16).encode()


def standin_llm(url: str) -> OwnLLM:
    """Returns ada's LLM if she brings none that is real."""
    return OwnLLM("anthropic", "standin-own", url, throwaway_key())


def real_llm(provider: str, model: str, base_url: str,
             pipe: int | None) -> OwnLLM:
    """Returns a real LLM; raises `Failed` if it lacks a key."""
    if provider == "ollama":
        return OwnLLM("local-ollama", model, base_url or OLLAMA,
                      has_key=False, is_real=True)
    if pipe is None and not os.isatty(0):
        raise Failed(f"set {VARIABLES[provider]} to your key; it is read once")
    return OwnLLM(provider, model, base_url, pipe, is_real=True)


def take_key(provider: str | None) -> int | None:
    """Takes the provider's key out of the environment, and returns the pipe
    that it is in; None if there is none.

    Python cannot wipe a text, nor the memory that the environment came in.
    So the key goes into a pipe, unseen, and the program starts anew without
    it; `byollm config set` reads the pipe. Nor has any process that we start
    a key in its environment.
    """
    held = os.environ.pop(_HELD, "")
    key = os.environb.get(VARIABLES.get(provider or "", "").encode(), b"")
    for variable in VARIABLES.values():
        os.environ.pop(variable, None)
    if held:
        pipe = int(held)
        os.set_inheritable(pipe, False)
        return pipe
    if not key:
        return None
    if len(key) > KEY_BYTES_MAX:
        raise Failed("that is too long to be a key")
    pipe, into = os.pipe()
    os.write(into, key)
    os.close(into)
    os.set_inheritable(pipe, True)
    os.environ[_HELD] = str(pipe)
    os.execv(sys.executable, sys.orig_argv)

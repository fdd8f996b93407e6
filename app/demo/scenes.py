# SPDX-License-Identifier: Apache-2.0
"""The chat turns of the demonstration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping


@dataclass(frozen=True)
class Ask:
    """The user says something, and their LLM's answer streams."""

    title: str
    user: str
    says: str
    wishes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """The user's turn runs a function of the extension `notes`."""

    title: str
    user: str
    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    #: The error that is due instead of a result.
    refused: str = ""


NARRATED = {"purpose": "chain_narrator"}
NOTE = {"text": "A fox was in the yard last night. It left before the dog "
                "woke up, and nobody else saw it.", "max_words": 12}

SCENES: tuple[Ask | Run, ...] = (
    Ask("ada brings her own LLM; the answer streams", "ada",
        "Say hello in one sentence."),
    Ask("bob brings none: the platform's LLM answers", "bob",
        "Say hello in one sentence."),
    Ask("ada again, for a purpose the admin tuned", "ada",
        "Narrate one step of a chain.", NARRATED),
    Ask("bob, same purpose, but he asks for temperature 0.9", "bob",
        "Narrate one step of a chain.", {**NARRATED, "temperature": 0.9}),
    Ask("bob asks for 100,000 tokens; the admin's ceiling is 4,000", "bob",
        "Write as much as you like.", {"max_tokens": 100_000}),
    Ask("cleo has a local Ollama, without any key", "cleo",
        "Who pays for this answer?"),
    Run("ada runs a function of an extension, which asks her own LLM", "ada",
        "summarize", NOTE),
    Run("bob runs the same function, which asks the platform's", "bob",
        "summarize", NOTE),
    Run("bob's arguments do not fit, so the function does not run", "bob",
        "summarize", {"text": 7}, refused="validation_rejected"),
    Run("bob runs what destroys, and has not confirmed it", "bob", "forget",
        refused="confirmation_required"),
)

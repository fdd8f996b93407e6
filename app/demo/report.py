# SPDX-License-Identifier: Apache-2.0
"""What the ledger says of a turn: nothing here is of our own knowledge."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from programs import Failed
from terminal import dim, printable

Row = Mapping[str, Any]


def tell_answer(rows: Sequence[Row]) -> None:
    """Prints who answered, with which parameters, on whose bill."""
    intent, outcome = _last(rows, "intent"), _last(rows, "outcome")
    whose = "the user's own LLM" if intent.get("asked") == "user" else (
        "the platform's LLM")
    _tell("answered", f"{_of(intent, 'provider')}, model "
          f"{_of(outcome, 'model')}, {whose}")
    _tell("set by", str(intent.get("parameters", "provider defaults")))
    _tell("bill", f"{_of(outcome, 'billing')}, cost "
          f"{_of(outcome, 'cost_micro')} micro-units, tokens "
          f"{_of(outcome, 'input_uncached')} in, {_of(outcome, 'output')} out")
    if "function" in outcome:
        _tell("function", _function(outcome))


def tell_refusal(rows: Sequence[Row], due: str) -> None:
    """Prints why a function did not run; raises `Failed` if an LLM was asked,
    or if it was refused for another reason than the one that is `due`."""
    refusal = _last(rows, "refusal")
    if len(rows) != 1 or due not in (refusal.get("status"),
                                     refusal.get("error")):
        raise Failed(f"the ledger does not say {due}, and only that")
    where = f" at {refusal['parameter']}" if "parameter" in refusal else ""
    _tell("refused", f"{due}{where}, before any LLM was asked")
    _tell("function", _function(refusal))


def _last(rows: Sequence[Row], kind: str) -> Row:
    for row in reversed(rows):
        if row["type"] == kind:
            fields: Row = row["fields"]
            return fields
    raise Failed(f"the ledger has no {kind} of this turn")


def _function(row: Row) -> str:
    return (f"{_of(row, 'function')} of {_of(row, 'extension')}, "
            f"{_of(row, 'action')}")


def _of(row: Row, name: str) -> str:
    return str(row.get(name, "?"))


def _tell(name: str, value: str) -> None:
    print(f"   {dim(f'{name:<10}')}{printable(value)}", flush=True)

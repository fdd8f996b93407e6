# SPDX-License-Identifier: Apache-2.0
"""./run: plays chat turns through byollmd, then serves on."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import time

from invite import invite
from own_llm import OwnLLM, real_llm, take_key
from places import EXTENSION, ROOT, Places
from play import play
from programs import Failed, kill_all
from prompt import chat, has_terminal
from stage import Stage, stage
from terminal import bold

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def port(text: str) -> int:
    """Returns a port; raises ValueError, which argparse tells."""
    if not 0 < int(text) < 65536:
        raise ValueError
    return int(text)


def options() -> argparse.ArgumentParser:
    """Returns the command line."""
    parser = argparse.ArgumentParser(
        prog="./run", description="Starts byollmd and plays chat turns through "
        "it: a user's own LLM, the platform's, the cascade, an extension, the "
        "ledger. Then it serves on, until Ctrl-C.",
        epilog="Without --provider everything runs against a stand-in LLM. "
        "Exit codes: 0 done, 1 failed (stderr says why), 2 wrong usage.")
    parser.add_argument("--once", action="store_true",
                        help="end after the chat turns")
    parser.add_argument("--fast", action="store_true", help="let the stand-in "
                        "LLM answer without pauses between words")
    parser.add_argument("--data-dir", metavar="DIR",
                        default=str(ROOT / ".state" / "demo"),
                        help="store, keys and ledger (default: .state/demo)")
    parser.add_argument("--port", type=port, default=0, metavar="PORT",
                        help="byollmd's, on 127.0.0.1 (default: one that is "
                        "free)")
    parser.add_argument("--provider",
                        choices=("anthropic", "openai", "ollama"),
                        help="ada's LLM for real: its key is in "
                        "ANTHROPIC_API_KEY or OPENAI_API_KEY, or asked for; "
                        "Ollama has none")
    parser.add_argument("--model", default="", help="its model")
    parser.add_argument("--base-url", metavar="URL", default="",
                        help="where it is, if not at the usual place")
    parser.add_argument("--build-dir", metavar="DIR",
                        default=str(ROOT / ".build" / "release"),
                        help="where the programs are (default: .build/release)")
    return parser


def print_opening(on: Stage) -> None:
    """Says what is real here."""
    own = on.own
    ada = f"REAL: {own.provider} {own.model}, on your key"
    if own.is_real and not own.has_key:
        ada = f"REAL: {own.provider} {own.model}, which takes no key"
    if not own.is_real:
        ada = "the stand-in, in Anthropic's dialect, with her own key"
    print(f"""{bold("BYOLLM demonstration")}
  byollmd         {on.url} and {on.places.socket}
  its file        {on.places.config}
  stand-in LLM    {on.standin}: our own little program over real HTTP; \
no model thinks in it
  platform's LLM  that stand-in, in OpenAI's dialect
  ada's own LLM   {ada}
  extension       notes ({EXTENSION}), in a process of its own""", flush=True)


async def show_ledger(on: Stage, since: int) -> None:
    """Prints the rows since a moment, and whether the whole verifies."""
    print("\n" + bold("The ledger's rows of these turns"))
    await on.cli.show("ledger", "list", "--since", str(since))
    await on.cli.show("ledger", "verify")


async def perform(given: argparse.Namespace, own: OwnLLM | None) -> None:
    """Raises `Failed`, or CancelledError if a signal came too early."""
    async with stage(Places(given.data_dir, given.build_dir), own,
                     port=given.port, fast=given.fast) as on:
        print_opening(on)
        since = int(time.time() * 1000)
        await play(on)
        await show_ledger(on, since)
        if not given.once:
            await serve(on)


async def serve(on: Stage) -> None:
    """Serves until a signal."""
    invite(on)
    waits = [on.serve()] + ([chat(on)] if has_terminal() else [])
    try:
        await asyncio.gather(*waits)
    except asyncio.CancelledError:
        print("\nstopping; what runs may end first", flush=True)


async def until_signal(work: asyncio.Task[None]) -> int:
    """Cancels `work` at the first signal, and ends what it waits for at the
    second. Returns the exit code."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if work.cancelling():
            kill_all()
        else:
            work.cancel()

    for each in SIGNALS:
        loop.add_signal_handler(each, stop)
    try:
        await work
    except (Failed, OSError) as error:
        return fail(str(error))
    except asyncio.CancelledError:
        return fail("interrupted")
    return 0


def fail(why: str) -> int:
    """Says why, and returns the exit code."""
    sys.stdout.flush()
    print(f"./run: {why}", file=sys.stderr)
    return 1


async def run(given: argparse.Namespace, own: OwnLLM | None) -> int:
    """Runs everything; returns the exit code."""
    return await until_signal(asyncio.create_task(perform(given, own)))


def main() -> int:
    """Runs the command line; returns the exit code."""
    parser = options()
    given = parser.parse_args()
    if bool(given.provider) != bool(given.model):
        parser.error("--provider and --model go together")
    if given.base_url and not given.provider:
        parser.error("--base-url needs --provider")
    try:
        pipe = take_key(given.provider)
        own = real_llm(given.provider, given.model, given.base_url,
                       pipe) if given.provider else None
    except Failed as error:
        return fail(str(error))
    return asyncio.run(run(given, own))


if __name__ == "__main__":
    sys.exit(main())

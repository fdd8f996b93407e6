# SPDX-License-Identifier: Apache-2.0
"""python3 -m byollm run FILE.py: runs an extension's functions."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys

from . import limits, threads
from .errors import LLMError
from .loading import load
from .service import Service, default_socket
from .worker import Worker

TOKEN = "BYOLLM_SERVICE_TOKEN"


def options() -> argparse.ArgumentParser:
    """Returns the command line."""
    parser = argparse.ArgumentParser(prog="python3 -m byollm")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="run the functions of an extension",
                           description="Attaches to byollmd and runs the "
                           "functions of the ChatExtension in FILE, until "
                           "SIGTERM or SIGINT: then those that run are awaited."
                           f" The service token is in ${TOKEN} or in a file.")
    run.add_argument("file", metavar="FILE.py")
    where = run.add_mutually_exclusive_group()
    where.add_argument("--socket", metavar="PATH",
                       help=f"byollmd's socket (default: {default_socket()})")
    where.add_argument("--url", help="byollmd's loopback address, as "
                       "http://127.0.0.1:PORT")
    run.add_argument("--token-file", metavar="FILE")
    run.add_argument("--name", metavar="EXTENSION",
                     help="which, if FILE has more than one")
    run.add_argument("--concurrency", type=int, metavar="N",
                     default=limits.CONCURRENCY_DEFAULT,
                     help="invocations at a time (default: %(default)s)")
    run.add_argument("--debug", action="store_true", help="send tracebacks to "
                     "whoever runs a function that raises")
    return parser


def take_token(path: str | None) -> str:
    """Returns the service token, and takes it out of the environment, which
    the extension's own programs inherit."""
    token = os.environ.pop(TOKEN, "")
    if path is not None:
        with open(path, encoding="ascii") as file:
            token = file.read()
    if not token.strip():
        raise ValueError(f"no service token: set {TOKEN}, or name a file with "
                         "--token-file")
    return token.strip()


async def serve(worker: Worker) -> None:
    """Runs `worker` until a signal drains it."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.drain)
    await worker.run()


def main() -> int:
    """Runs the command line; returns the exit code."""
    given = options().parse_args()
    logging.basicConfig(level=logging.DEBUG if given.debug else logging.INFO,
                        format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        # Before the extension's own code runs.
        token = take_token(given.token_file)
        service = Service(socket=given.socket, url=given.url)
        if given.concurrency < 1:
            raise ValueError("--concurrency is at least 1")
        extension = load(given.file, given.name)
        asyncio.run(serve(Worker(extension, service, token,
                                 concurrency=given.concurrency,
                                 debug=given.debug)))
    except (LLMError, OSError, ValueError) as error:
        print(f"byollm: {error}", file=sys.stderr)
        code = 1
    else:
        code = 0
    threads.leave_hung(code)
    return code


if __name__ == "__main__":
    sys.exit(main())

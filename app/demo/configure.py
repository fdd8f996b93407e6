# SPDX-License-Identifier: Apache-2.0
"""The little platform: what its admin and its users set up, by `byollm`."""

from __future__ import annotations

import json
import re

from cli import Cli
from own_llm import OwnLLM, throwaway_key
from programs import Failed


def config_text(template: str, **values: str) -> str:
    """Returns byollmd's own commented file with some settings of ours."""
    for name, value in values.items():
        # A text of JSON is one of TOML, but for this character.
        text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        template, count = re.subn(rf"(?m)^{name} = .*$",
                                  lambda _: f"{name} = {text}", template)
        if count != 1:
            raise Failed(f"byollmd has no setting {name}")
    return template


async def configure(cli: Cli, standin: str, own: OwnLLM) -> None:
    """The platform's LLM is the stand-in, spoken to in OpenAI's dialect; ada
    brings her own, bob none, cleo a local Ollama (the stand-in, too)."""
    before = await _platform_url(cli)
    await cli.run("origin", "allow", standin)
    await cli.run("origin", "allow", "--platform", standin)
    await cli.run("config", "set", "--platform", "--provider", "openai",
                  "--model", "standin-platform", "--base-url", standin,
                  stdin=throwaway_key())
    # The stand-in tells of no cache, so only input and output have a price.
    await cli.run("price", "set", "openai", "standin-platform", "--from",
                  "1970-01-01", "--input", "2000000", "--output", "8000000")
    await cli.run("purpose", "set", "--global", "--temperature", "0.7")
    await cli.run("purpose", "set", "chain_narrator", "--temperature", "0.4",
                  "--max-tokens", "800")
    await cli.run("purpose", "set", "--ceiling", "--max-tokens", "4000")
    await _bring(cli, "ada", own)
    await _bring(cli, "cleo", OwnLLM("local-ollama", "standin-local", standin,
                                     has_key=False))
    # The last run's stand-in had another port, and nothing points there now.
    if before and before != standin:
        await cli.run("origin", "rm", before)
        await cli.run("origin", "rm", "--platform", before)


async def _platform_url(cli: Cli) -> str:
    try:
        return str((await cli.json("config", "show", "--platform"))["base_url"])
    except Failed as none:
        if '"not_found"' not in str(none):
            raise
        return ""


async def _bring(cli: Cli, user: str, llm: OwnLLM) -> None:
    # Plain http needs the admin's word; here the demonstration gives it.
    if llm.base_url.startswith("http://"):
        await cli.run("origin", "allow", llm.base_url)
    await cli.run("--user", user, "config", "set", "--provider", llm.provider,
                  "--model", llm.model,
                  *(["--base-url", llm.base_url] if llm.base_url else []),
                  *([] if llm.has_key else ["--no-key"]), stdin=llm.key)

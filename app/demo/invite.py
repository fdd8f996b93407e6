# SPDX-License-Identifier: Apache-2.0
"""What to type next: commands that work as they stand, beside us."""

from __future__ import annotations

import json
import sys
from shlex import quote

from cli import TENANT
from places import EXTENSION, PACKAGE
from stage import Stage
from terminal import bold, dim

BLOCKS = """\
# for all that follows, in a directory of yours
export BYOLLM_DATA={data} PATH={bin}:$PATH
umask 077

# a first call: a token for one chat turn of ada's, and her LLM
token=$(byollm --tenant {tenant} --user ada token mint)
curl -sSw '\\n' {url}/v1/llm/messages -H "Authorization: Bearer $token" \
-d {hello}
(cd "$BYOLLM_DATA" && curl -sSw '\\n' --unix-socket byollmd.sock \
http://localhost/v1/llm -H "Authorization: Bearer $token")

# in a browser: a page of yours, and the admin's; each link is for one use
byollm --tenant {tenant} login-link
byollm login-link --admin

# a client of OpenAI's or Anthropic's: a base URL, and a token as its key
[ -s client.token ] || \
byollm --tenant {tenant} --user ada token client > client.token
export OPENAI_BASE_URL={url}/v1 OPENAI_API_KEY="$(cat client.token)"
curl -sSw '\\n' "$OPENAI_BASE_URL/chat/completions" \
-H "Authorization: Bearer $OPENAI_API_KEY" --json {chat}

# an LLM of your own: it asks for the key, without echo
byollm --tenant {tenant} config set --provider anthropic \
--model claude-sonnet-4-5
byollm --tenant {tenant} chat "Say hello in one sentence."

# an extension of your own, and its worker, which goes on until Ctrl-C
sed s/notes/mine/ {extension} > mine.py
[ -s worker.token ] || \
byollm token add mine --scopes extensions --for mine > worker.token
PYTHONPATH={package} {python} -m byollm run mine.py --url {url} \
--token-file worker.token

# in one more terminal (paste the first lines there, too): run its function
[ -s host.token ] || byollm token add host --scopes turns > host.token
curl -sSw '\\n' {url}/v1/turns -H "Authorization: Bearer $(cat host.token)" \
-d {turn}
"""


def invite(on: Stage) -> None:
    """Prints what to paste into another terminal."""
    hello = {"messages": [{"role": "user", "content": "Say hello."}]}
    chat = {"model": "byollm", "messages": hello["messages"]}
    turn = {"tenant": TENANT, "user": "me", "extension": "mine",
            "function": "summarize", "arguments": {"text": "It was a night."}}
    text = BLOCKS.format(
        tenant=TENANT, url=on.url, data=quote(str(on.places.data)),
        bin=quote(str(on.places.byollm.parent)), package=quote(str(PACKAGE)),
        python=quote(sys.executable), extension=quote(str(EXTENSION)),
        hello=quote(json.dumps(hello)), chat=quote(json.dumps(chat)),
        turn=quote(json.dumps(turn)))
    print("\n" + bold("Serving until Ctrl-C. Ready to paste, in another "
                      "terminal:") + "\n")
    for line in text.splitlines():
        print("    " + (dim(line) if line.startswith("#") else line)
              if line else "")
    print(flush=True)

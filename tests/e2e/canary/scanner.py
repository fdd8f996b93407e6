# SPDX-License-Identifier: Apache-2.0
"""A key that is easy to recognise, and what finds any part of it."""

import base64
import os
import secrets

PREFIX = "sk-CANARY-"
WINDOW = 8
# Eight bytes in base64, without the characters that share bits with what
# stands before and behind.
ALIGNMENTS = 3


def make_canary():
    """Returns a key whose body is 32 random hex digits."""
    return PREFIX + secrets.token_hex(16)


def body_of(key):
    return key[len(PREFIX):].encode()


def base64_core(raw, shift, encode):
    """Returns what is the same wherever `raw` begins in a group of three."""
    whole = encode(b"\0" * shift + raw + b"\0" * 2)
    first = (shift * 8 + 5) // 6
    last = ((shift + len(raw)) * 8) // 6
    return whole[first:last]


def forms_of(raw):
    """Yields the name of each form of `raw`, and what it looks like."""
    yield "plain", raw
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    yield "percent", b"".join(b"%%%02x" % c for c in raw)
    yield "PERCENT", b"".join(b"%%%02X" % c for c in raw)
    yield "JSON", b"".join(b"\\u%04x" % c for c in raw)
    for shift in range(ALIGNMENTS):
        yield f"base64+{shift}", base64_core(raw, shift, base64.b64encode)
        yield f"base64url+{shift}", base64_core(raw, shift,
                                                base64.urlsafe_b64encode)


class Scanner:
    """Finds every window of eight of a canary's body in each of its forms."""

    def __init__(self, key):
        body = body_of(key)
        self.needles = {}
        for at in range(len(body) - WINDOW + 1):
            for name, form in forms_of(body[at:at + WINDOW]):
                self.needles.setdefault(form, f"{name} at {at}")

    def find(self, data):
        """Returns what of the key is in `data`; nothing is the aim."""
        if isinstance(data, str):
            data = data.encode()
        return [name for needle, name in self.needles.items() if needle in data]

    def find_in_files(self, directory):
        """Returns {path: found} of every regular file, and how many are."""
        found, seen = {}, 0
        for base, _, names in os.walk(directory):
            for name in names:
                path = os.path.join(base, name)
                if not os.path.isfile(path):
                    continue  # the owner's socket
                seen += 1
                with open(path, "rb") as file:
                    if parts := self.find(file.read()):
                        found[path] = parts
        return found, seen

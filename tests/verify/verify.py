#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second verifier of ledgers, made from docs/ledger.md alone. Usage:
verify.py KEY EXPORT [ANCHORS], or verify.py KEY --proof FILE"""
import hashlib
import pathlib
import re
import sys
from base64 import b64decode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NUM = r"(?:0|[1-9][0-9]{0,18})"
HASH = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
B64 = (r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]="
       r"|[A-Za-z0-9+/][AQgw]==)?")
TEXT = r'(?:[^"\\\x00-\x1f\ud800-\udfff]|\\n)*'
LINE = re.compile(
    rf'(?:{{"byollm_ledger_export":1,"origin":"(?P<origin>{TEXT})"}}'
    rf'|{{"seq":(?P<seq>{NUM})(?:,"public":"(?P<public>{B64})",(?:"payload":"'
    rf'(?P<payload>{B64})"|"payload_hash":"(?P<hash>{HASH})"))?,'
    rf'"leaf":"(?P<leaf>{HASH})"}}'
    rf'|{{"checkpoint":"(?P<note>{TEXT})"}}|{{"end":(?P<end>{NUM})}})\n')
NOTE = re.compile(rf"([^\n]+)\n({NUM})\n({HASH})\n\n"
                  rf"((?:\u2014 [^ +\n]+ {B64}\n){{1,16}})")
ANCHOR = re.compile(rf"(?:^| )([^ \n]+) ({NUM}) ({HASH}) ({B64})\r?\n", re.M)
PROOF = re.compile(rf"c2sp\.org/tlog-proof@v1\nextra ({B64})\nindex ({NUM})\n"
                   rf"((?:{HASH}\n)*)\n(.*)", re.S)

def stop_if(wrong, kind, record):
    return wrong and sys.exit(print(f"{kind} at record {record}") or 1)

def read_file(name):
    return pathlib.Path(name).read_bytes().decode(errors="surrogateescape")

def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def read_note(note, keys):
    match = NOTE.fullmatch(note)
    origin, size, root, lines = match.groups() if match else [""] * 4
    signed = [raw for name, words in re.findall("\u2014 (.+) (.*)\n", lines)
              if (name, (raw := b64decode(words))[:4]) in keys
              and name == origin]
    try:
        for raw in signed:
            Ed25519PublicKey.from_public_bytes(keys[origin, raw[:4]]).verify(
                raw[4:], f"{origin}\n{size}\n{root}\n".encode())
    except InvalidSignature:
        return None
    return (origin, int(size), b64decode(root)) if signed else None

def leaf_of(public, rest, has_payload):
    fine = len(public) > 9 and public[0] == 1 and 1 <= public[1] <= 4
    for fields, low, high in [(public[10:], 1, 128)] + [
            (rest[16:], 128, 256)] * has_payload:
        while fields and fine:
            end = 5 + int.from_bytes(fields[1:5], "big")
            fine = low <= fields[0] < high and len(fields) >= end
            low, fields = fields[0] + 1, fields[end:]
    leaf = sha(b"\0", public, sha(rest) if has_payload else rest)
    framed = (leaf, int.from_bytes(public[2:10], "big"))
    return framed if fine and len(rest) >= 16 else (0, 0)

def root_of(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1", root_of(leaves[:half]), root_of(leaves[half:]))

def climb(leaf, at, size, path):
    if size == 1 or not path:
        return leaf if size == 1 and not path else b""
    half = 1 << (size - 1).bit_length() - 1
    if at < half:
        return sha(b"\1", climb(leaf, at, half, path[:-1]), path[-1])
    return sha(b"\1", path[-1], climb(leaf, at - half, size - half, path[:-1]))

def verify_export(text, keys, anchors):
    leaves, covered, ended, origin = [], 0, False, None
    lines = [match and match.groupdict() for match in
             map(LINE.fullmatch, re.findall("[^\n]*\n|[^\n]+", text))]
    for at, it in enumerate(lines):
        n = len(leaves)
        stop_if(ended or not it or bool(origin) == bool(it["origin"]),
                "edited", n + 1)
        if it["origin"]:
            origin = it["origin"]
            stop_if(origin not in {name for name, _ in keys}, "edited", 1)
        elif it["seq"]:
            late = int(it["seq"]) <= n or any(
                other and other["seq"] == str(n + 1) for other in lines[at:])
            stop_if(it["seq"] != str(n + 1),
                    "reordered" if late else "missing", n + 1)
            leaves.append(b64decode(it["leaf"]))
            if it["public"] is not None:
                leaf, seq = leaf_of(b64decode(it["public"]),
                                    b64decode(it["hash"] or it["payload"]),
                                    it["hash"] is None)
                stop_if(leaf != leaves[n], "edited", n + 1)
                stop_if(seq != n + 1, "reordered", n + 1)
        elif it["note"]:
            note = read_note(it["note"].replace("\\n", "\n"), keys)
            stop_if(not note or note[0] != origin, "edited", covered + 1)
            stop_if(note[1] > n, "truncated", n + 1)
            stop_if(note[1] < n, "reordered", n + 1)
            if note[2] != root_of(leaves):
                stop_if(covered == n > 0, "forked", n)
                stop_if(True, "edited", covered + 1)
            for name, size, root in sorted(anchors):
                stop_if(name == origin and covered < size <= n
                        and root != root_of(leaves[:size]), "forked", size)
            covered = n
        else:
            stop_if(int(it["end"]) > n, "truncated", n + 1)
            stop_if(int(it["end"]) < n, "edited", int(it["end"]) + 1)
            ended = True
    stop_if(not ended, "truncated", len(leaves) + 1)
    stop_if(covered < n, "missing", covered + 1)
    stop_if(any(name == origin and size > n for name, size, _ in anchors),
            "rolled back", n + 1)
    print(f"intact: {n} records")

def verify_proof(text, keys):
    extra, index, path, note = PROOF.fullmatch(text).groups()
    raw, (_, size, root) = b64decode(extra), read_note(note, keys)
    end = 4 + int.from_bytes(raw[:4], "big")
    leaf, seq = leaf_of(raw[4:end], raw[end + 1:], (True, False)[raw[end]])
    path = [b64decode(line) for line in path.split()]
    if seq != int(index) + 1 or climb(leaf, seq - 1, size, path) != root:
        raise ValueError
    return f"proven: record {seq}"

keys = {(name, bytes.fromhex(key_id)): b64decode(key)[1:] for name, key_id, key
        in re.findall(r"(.+?)\+([0-9a-f]{8})\+(.+)\n", read_file(sys.argv[1]))
        if sha(name.encode(), b"\n", b64decode(key))[:4].hex() == key_id}
anchors = [note for file in sys.argv[3:] for words in
           ANCHOR.findall(read_file(file)) if (note := read_note(
               "{0}\n{1}\n{2}\n\n\u2014 {0} {3}\n".format(*words), keys))]
if not keys or not anchors and sys.argv[2] != "--proof" and sys.argv[3:]:
    sys.exit(3)
elif sys.argv[2] != "--proof":
    sys.exit(verify_export(read_file(sys.argv[2]), keys, anchors))
try:
    print(*[verify_proof(proof, keys) for proof in re.split(
        r"(?<=\n)(?=c2sp\.org/)", read_file(sys.argv[-1]))], sep="\n")
except (ValueError, TypeError, AttributeError, IndexError):
    sys.exit(print("refused") or 1)

# SPDX-License-Identifier: Apache-2.0
"""The ways in which a key gets into byollmd over HTTP, byte by byte, and keys
that are found wherever eight of their bytes are."""

import json
import random
import socket

# In any eight bytes of a key there is a whole one: what has none has no key.
MARK = "~|^"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
WINDOW = 8
BODY_BYTES_MAX = 33 << 20


def make_marked_key(size):
    random_of = random.SystemRandom()
    return "".join("".join(random_of.choices(_LETTERS, k=3)) + MARK
                   for _ in range(size // 6))


class Finder:
    """Finds every window of eight of the keys that it is told of."""

    def __init__(self):
        self.windows = {}

    def add(self, key, name):
        raw = key.encode()
        for at in range(len(raw) - WINDOW + 1):
            self.windows[raw[at:at + WINDOW]] = name

    def find(self, content):
        """Returns {name: how many windows are there}."""
        found = {}
        at = content.find(MARK.encode())
        while at >= 0:
            # Those whose first mark this is.
            for begin in range(max(0, at - WINDOW + len(MARK)), at + 1):
                name = self.windows.get(content[begin:begin + WINDOW])
                if name:
                    found[name] = found.get(name, 0) + 1
            at = content.find(MARK.encode(), at + 1)
        return found


class Peer:
    """A connection that sends what it is told to, as it is told to."""

    def __init__(self, place):
        """`place`: a path, or a port of loopback."""
        if isinstance(place, int):
            self.socket = socket.create_connection(("127.0.0.1", place))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(place)
        self.socket.settimeout(60)
        self.buffer = b""

    def send(self, *pieces):
        for piece in pieces:
            self.socket.sendall(piece)

    def status(self):
        """Reads one answer; returns its status."""
        while b"\r\n\r\n" not in self.buffer:
            self._read()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        length = next((int(x.split(b":")[1]) for x in head.split(b"\r\n")
                       if x.lower().startswith(b"content-length")), 0)
        while len(self.buffer) < length:
            self._read()
        self.buffer = self.buffer[length:]
        return int(head.split()[1])

    def _read(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("byollmd hung up")
        self.buffer += data

    def close(self):
        self.socket.close()


def cut(data, size):
    return [data[at:at + size] for at in range(0, len(data), size)]


class Ways:
    """Each method sends a key on a connection and returns the answers'
    statuses. `body(key)` is what a good request has."""

    PATH = "/v1/internal/config/llm"

    def __init__(self, token, body):
        self.token = token
        self.body = body

    def head(self, *fields, method="PUT", path=PATH, token=None):
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost",
                 f"Authorization: Bearer {token or self.token}",
                 "Content-Type: application/json", *fields, "", ""]
        return "\r\n".join(lines).encode()

    def whole(self, data, **how):
        return self.head(f"Content-Length: {len(data)}", **how) + data

    def encoded(self, key, padding=0, **more):
        # Padded on both sides of the key: no end of a buffer is its own.
        fill = " " * padding
        made = json.dumps({**self.body(key), **more}, sort_keys=True)
        return made.replace('"key":', f'{fill}"key":{fill}').encode()

    # -- taken ----------------------------------------------------------------

    def small(self, peer, key):
        peer.send(self.whole(self.encoded(key)))
        return [peer.status()]

    def in_many_reads(self, peer, key):
        peer.send(*cut(self.whole(self.encoded(key)), 5))
        return [peer.status()]

    def long(self, peer, key):
        peer.send(self.whole(self.encoded(key, 70_000)))
        return [peer.status()]

    def long_in_many_reads(self, peer, key):
        peer.send(*cut(self.whole(self.encoded(key, 9_000)), 1_001))
        return [peer.status()]

    def pipelined(self, peer, key):
        one = self.whole(self.encoded(key))
        peer.send(one + one + self.head(method="GET", path="/livez") + one)
        return [peer.status() for _ in range(4)]

    def chunked(self, peer, key):
        parts = cut(self.encoded(key), 9)
        peer.send(self.head("Transfer-Encoding: chunked"),
                  b"".join(b"%x\r\n%s\r\n" % (len(x), x) for x in parts)
                  + b"0\r\n\r\n")
        return [peer.status()]

    def chunked_in_many_reads(self, peer, key):
        parts = cut(self.encoded(key, 5_000), 700)
        peer.send(self.head("Transfer-Encoding: chunked"),
                  *(b"%x\r\n%s\r\n" % (len(x), x) for x in parts),
                  b"0\r\n\r\n")
        return [peer.status()]

    def asked_for(self, peer, key):
        data = self.encoded(key)
        peer.send(self.head(f"Content-Length: {len(data)}",
                            "Expect: 100-continue"))
        first = peer.status()
        peer.send(data)
        return [first, peer.status()]

    def first_of_its_body(self, peer, key):
        # So that the key is what a body begins with.
        data = self.encoded(key)
        member = json.dumps(key).encode()
        rest = data.replace(b', "key": ' + member, b"", 1)
        peer.send(self.whole(b'{"key":' + member + b"," + rest[1:]))
        return [peer.status()]

    # -- refused --------------------------------------------------------------

    def with_an_unknown_field(self, peer, key):
        peer.send(self.whole(self.encoded(key, modle="m")))
        return [peer.status()]

    def with_a_field_of_a_wrong_kind(self, peer, key):
        peer.send(self.whole(self.encoded(key, model=5)))
        return [peer.status()]

    def with_a_key_and_no_key(self, peer, key):
        peer.send(self.whole(self.encoded(key, no_key=True)))
        return [peer.status()]

    def for_a_bad_user(self, peer, key):
        peer.send(self.whole(self.encoded(key, user="no/body")))
        return [peer.status()]

    def for_a_bad_place(self, peer, key):
        peer.send(self.whole(self.encoded(key, base_url="http://10.0.0.1")))
        return [peer.status()]

    def with_a_list_for_a_key(self, peer, key):
        peer.send(self.whole(self.encoded(key).replace(
            json.dumps(key).encode(), json.dumps([key]).encode())))
        return [peer.status()]

    def broken(self, peer, key):
        peer.send(self.whole(self.encoded(key)[:-1]))
        return [peer.status()]

    def by_a_stranger(self, peer, key):
        peer.send(self.whole(self.encoded(key), token="nobody"))
        return [peer.status()]

    def to_a_wrong_path(self, peer, key):
        peer.send(self.whole(self.encoded(key), path="/v1/nothing"))
        return [peer.status()]

    def by_a_wrong_method(self, peer, key):
        peer.send(self.whole(self.encoded(key), method="PATCH"))
        return [peer.status()]

    def to_another_route(self, peer, key):
        peer.send(self.whole(self.encoded(key), method="POST",
                             path="/v1/log"))
        return [peer.status()]

    def without_a_length(self, peer, key):
        # So the body is read as the next request.
        peer.send(self.head() + self.encoded(key) + b"\r\n\r\n")
        return [peer.status(), peer.status()]

    def as_a_chunks_size(self, peer, key):
        peer.send(self.head("Transfer-Encoding: chunked") + key.encode(),
                  b"\r\n")
        return [peer.status()]

    def oversized(self, peer, key):
        data = self.encoded(key)
        peer.send(self.head(f"Content-Length: {BODY_BYTES_MAX + 1}") + data)
        return [peer.status()]

    def as_long_as_may_be(self, peer, key):
        data = self.encoded(key)
        peer.send(self.whole(data + b" " * (BODY_BYTES_MAX - len(data))))
        return [peer.status()]

    # -- torn -----------------------------------------------------------------

    def torn(self, peer, key):
        data = self.encoded(key)
        peer.send(self.whole(data)[:-3])
        return []

    def torn_while_long(self, peer, key):
        data = self.encoded(key, 70_000)
        peer.send(*cut(self.whole(data)[:-50_000], 10_000))
        return []

    def torn_in_a_chunk(self, peer, key):
        data = self.encoded(key)
        peer.send(self.head("Transfer-Encoding: chunked"),
                  b"%x\r\n%s" % (len(data) + 9, data))
        return []

    def torn_in_a_head(self, peer, key):
        peer.send(self.head(f"X-Api-Key: {key}")[:-2])
        return []


TAKEN = {"small": [200], "in_many_reads": [200], "long": [200],
         "long_in_many_reads": [200], "pipelined": [200] * 4,
         "chunked": [200], "chunked_in_many_reads": [200],
         "asked_for": [100, 200], "first_of_its_body": [200]}
REFUSED = {"with_an_unknown_field": [400],
           "with_a_field_of_a_wrong_kind": [400],
           "with_a_key_and_no_key": [400], "for_a_bad_user": [400],
           "for_a_bad_place": [400], "with_a_list_for_a_key": [400],
           "broken": [400], "by_a_stranger": [401], "to_a_wrong_path": [404],
           "by_a_wrong_method": [405], "to_another_route": [401],
           "without_a_length": [400, 400], "as_a_chunks_size": [400],
           "oversized": [413], "as_long_as_may_be": [400]}
TORN = {"torn": [], "torn_while_long": [], "torn_in_a_chunk": [],
        "torn_in_a_head": []}

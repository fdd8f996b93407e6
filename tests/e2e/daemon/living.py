# SPDX-License-Identifier: Apache-2.0
"""A byollmd whose file a test writes again while it runs."""

import json
import os
import select
import signal
import socket
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "service")]

from service import PATIENCE, ServiceCase, Silent, make_key  # noqa: E402, F401


class LivingCase(ServiceCase):
    """`self.settings` is {"table.name": TOML text}."""

    START = {"log.level": '"debug"', "listen.http": '"127.0.0.1:0"'}

    def start_daemon(self):
        self.config = os.path.join(self.root, "byollmd.toml")
        self.settings = {}
        self.write(**self.START)
        return self.start_with(self.config)

    def write(self, **changes):
        """Writes the file with these settings changed."""
        self.settings.update(changes)
        tables = {}
        for name, value in self.settings.items():
            table, _, key = name.partition(".")
            tables.setdefault(table, []).append(f"{key} = {value}\n")
        # At once: byollmd may be reading it.
        with open(self.config + ".new", "w", encoding="utf-8") as file:
            file.write(f'data_directory = "{self.data}"\n')
            for table, lines in tables.items():
                file.write(f"[{table}]\n{''.join(lines)}")
        os.rename(self.config + ".new", self.config)

    @property
    def port(self):
        place = self.daemon.first_line.split("http://")[1].split(";")[0]
        return int(place.rpartition(":")[2])

    def reload(self, says="was read anew", **changes):
        """Has byollmd read its file; returns what it logs of that."""
        if changes:
            self.write(**changes)
        before = len(self.log())
        self.daemon.send_signal(signal.SIGHUP)
        return self.wait_for_log(says, before)

    def wait_for_log(self, text, since=0):
        """Returns what was logged since, once it has `text`."""
        def is_said():
            said = self.log()[since:]
            return text in said and said.endswith("\n")
        self.wait_until(is_said)
        return self.log()[since:]

    def wait_until(self, is_so):
        """Looks again and again; a hang ends it."""
        until = time.monotonic() + PATIENCE
        while not is_so():
            if time.monotonic() > until:
                raise AssertionError(f"never came:\n{self.log()[-3000:]}")
            # What is looked at is another process's file: nothing tells.
            select.select([], [], [], 0.02)

    def ask(self, path, method="GET", body=None, token=None, place=None,
            **fields):
        """One request on a connection of its own; returns status and body."""
        with Connection(place or self.socket) as peer:
            return peer.ask(path, method, body, token, **fields)


class Connection:
    """One HTTP connection, kept alive; to a path, or a port of loopback."""

    def __init__(self, place):
        self.place = place

    def __enter__(self):
        if isinstance(self.place, int):
            self.peer = socket.create_connection(("127.0.0.1", self.place))
        else:
            self.peer = socket.socket(socket.AF_UNIX)
            self.peer.connect(self.place)
        self.peer.settimeout(PATIENCE)
        self.stream = self.peer.makefile("rb")
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.peer.close()

    def send(self, path, method="GET", body=None, token=None, **fields):
        fields = {"Host": "localhost", **fields}
        if token:
            fields["Authorization"] = f"Bearer {token}"
        data = b"" if body is None else (
            body if isinstance(body, bytes) else json.dumps(body).encode())
        if body is not None:
            fields |= {"Content-Type": "application/json",
                       "Content-Length": str(len(data))}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n"
                       for name, value in fields.items())
        self.peer.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode()
                          + data)

    def head(self):
        """Reads a head; returns the status and the fields."""
        line = self.stream.readline()
        if not line:
            raise ConnectionError("byollmd hung up")
        fields = {}
        while (field := self.stream.readline().strip()):
            name, _, value = field.decode().partition(":")
            fields[name.lower()] = value.strip()
        return int(line.split()[1]), fields

    def chunk(self):
        """Reads one chunk; empty at the end."""
        size = int(self.stream.readline(), 16)
        data = self.stream.read(size + 2)[:-2]
        return data.decode()

    def ask(self, path, method="GET", body=None, token=None, **fields):
        self.send(path, method, body, token, **fields)
        status, got = self.head()
        if got.get("transfer-encoding") == "chunked":
            data = "".join(iter(self.chunk, ""))
        else:
            data = self.stream.read(int(got.get("content-length", 0))).decode()
        return status, data


def main():
    unittest.main()

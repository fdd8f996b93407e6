# SPDX-License-Identifier: Apache-2.0
"""Goal: one owner per data directory, and everybody else goes through it.

Method: a real `byollm serve` with commands beside it. That a command works at
all while the directory is locked shows that it went through the socket.
"""

import json
import os
import select
import signal
import socket
import stat
import subprocess
import unittest

from support import Case, PATIENCE, Standin, make_key


def cpu_ticks(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0


class Owner(Case):

    def ask_raw(self, data):
        """Sends bytes to the owner's socket and returns all it answers."""
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(PATIENCE)
            peer.connect(os.path.join(self.data, "owner.sock"))
            try:
                peer.sendall(data)
            except OSError:
                pass  # It may refuse before it has read all.
            got = b""
            while True:
                try:
                    more = peer.recv(65536)
                except ConnectionResetError:
                    break
                if not more:
                    break
                got += more
        return [json.loads(line) for line in got.splitlines()]

    def test_a_second_owner_is_refused(self):
        with self.serving():
            self.refuses("store_owned", "serve")

    def test_commands_go_through_the_owner(self):
        with Standin() as llm, self.serving():
            self.configure(llm.url)
            out, _ = self.byollm("chat", "--turn", "beside", "hello")
            self.assertIn("You said: hello", out)
            self.assertEqual(len(self.rows("beside")), 2)
            self.refuses("not_found", "--user", "other", "config", "show")
        # The same directory, alone.
        self.assertEqual(len(self.rows("beside")), 2)
        self.assertTrue(self.json("ledger", "verify")["intact"])

    def test_trust_that_the_owner_would_not_use_is_refused(self):
        anchors = ("--ca-file", os.path.join(self.root, "ca.pem"))
        with open(anchors[1], "w", encoding="ascii"):
            pass
        self.byollm(*anchors, "purpose", "list")
        with self.serving():
            told = self.refuses("invalid_request", *anchors, "purpose", "list")
            self.assertIn("runtime.ca_file", told)
            self.byollm("purpose", "list")

    def test_the_socket_is_private_and_goes_with_the_owner(self):
        path = os.path.join(self.data, "owner.sock")
        with self.serving():
            self.assertEqual(stat.S_IMODE(os.lstat(path).st_mode), 0o600)
            self.assertEqual(stat.S_IMODE(os.lstat(self.data).st_mode), 0o700)
        self.assertFalse(os.path.exists(path))

    def test_a_dead_owners_socket_is_replaced(self):
        with self.serving() as owner:
            owner.kill()
            owner.wait(PATIENCE)
            self.assertTrue(
                os.path.exists(os.path.join(self.data, "owner.sock")))
            self.byollm("purpose", "list")
            with self.serving():
                self.byollm("purpose", "list")
            # The outer `with` expects a clean end; it was killed on purpose.
            owner.returncode = 0

    def test_the_owner_answers_nonsense_with_a_failure(self):
        deep = b"[" * 100_000
        cases = (
            (b"\n", "invalid_request"), (b"[]\n", "invalid_request"),
            (b"{\n", "invalid_request"), (b"{}\n", "invalid_request"),
            (b"\xff\xfe\n", "invalid_request"),
            (b'{"op":"nothing"}\n', "not_found"),
            (b'{"op":"status","more":1}\n', "invalid_request"),
            (b'{"op":"config.show","tenant":1,"user":"u"}\n',
             "invalid_request"),
            (b'{"op":"chat","tenant":"t","user":"u","extension":"e",'
             b'"messages":[{"role":"king","text":"x"}]}\n', "invalid_request"),
            (b'{"op":"config.set","tenant":"t","user":"u","model":"m",'
             b'"provider":"local-ollama","key":" "}\n', "invalid_key"),
            (b'{"op":"config.set","tenant":"t","user":"u","provider":"openai",'
             b'"model":"m","key":"k","no_key":true}\n', "invalid_key"),
            (b'{"op":' + deep + b"\n", "limit_exceeded"),
            (b" " * (34 << 20), "limit_exceeded"),
        )
        with self.serving():
            for data, code in cases:
                answers = self.ask_raw(data)
                self.assertEqual(len(answers), 1, data[:60])
                self.assertEqual(answers[0]["failure"]["code"], code, data[:60])
            answers = self.ask_raw(b'{"op":"status"}\n')
            self.assertTrue(answers[0]["result"]["ledger_healthy"])

    def test_too_many_connections_are_told(self):
        with self.serving(), socket.socket(socket.AF_UNIX) as last:
            path = os.path.join(self.data, "owner.sock")
            held = []
            for _ in range(64):
                peer = socket.socket(socket.AF_UNIX)
                peer.connect(path)
                held.append(peer)
            answer = self.ask_raw(b'{"op":"status"}\n')
            self.assertEqual(answer[0]["failure"]["code"], "overloaded")
            for peer in held:
                peer.close()
            last.connect(path)

    def start_chat(self, *arguments):
        """Starts a chat and waits until its first byte arrived."""
        # Unbuffered, so that the one byte is all that is taken from the pipe.
        chat = subprocess.Popen(self.command("chat", *arguments), bufsize=0,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        self.assertTrue(chat.stdout.read(1))
        return chat

    def outcome_of(self, turn):
        """Returns the outcome row, as soon as there is one."""
        while True:
            rows = self.rows(turn)
            if rows and rows[-1]["type"] == "outcome":
                return rows[-1]["fields"]

    def test_a_client_that_dies_cancels_its_chat(self):
        with Standin("--token-delay-ms", "200") as llm, self.serving():
            self.configure(llm.url)
            chat = self.start_chat("--turn", "dies", "word " * 200)
            chat.kill()
            chat.communicate()
            outcome = self.outcome_of("dies")
        self.assertEqual(outcome["error"], "cancelled")

    def test_an_interrupted_chat_is_cancelled_and_recorded(self):
        with Standin("--token-delay-ms", "200") as llm:
            self.configure(llm.url)
            for turn in ("alone", "beside"):
                chat = self.start_chat("--turn", turn, "word " * 200)
                chat.send_signal(signal.SIGINT)
                _, err = chat.communicate(timeout=PATIENCE)
                self.assertEqual(chat.returncode, 1)
                self.assertIn(b"cancelled", err)
                self.assertEqual(self.outcome_of(turn)["error"], "cancelled")

    def test_a_reader_that_waits_holds_the_stream_back(self):
        size = 16 << 20
        load = ("--fixed-body-bytes", str(size), "--chunks", "4096")
        with Standin(*load) as llm, self.serving() as owner:
            self.configure(llm.url)
            self.byollm("purpose", "list")
            before = resident_kib(owner.pid)
            chat = self.start_chat("--turn", "slow", "hello")
            for _ in range(20):
                self.byollm("purpose", "list")
            grown = resident_kib(owner.pid) - before
            out, err = chat.communicate(timeout=PATIENCE)
        self.assertEqual(chat.returncode, 0, err)
        # All but the byte that was read already, and a line's end.
        self.assertEqual(len(out), size - 1 + 1)
        self.assertLess(grown, (size >> 10) // 2)

    def test_an_idle_owner_uses_no_cpu(self):
        with Standin() as llm, self.serving() as owner:
            self.configure(llm.url)
            self.byollm("chat", "hello")
            # What the last client left behind is done when this one is.
            self.byollm("purpose", "list")
            before = cpu_ticks(owner.pid)
            select.select([], [], [], 3)
            self.assertLessEqual(cpu_ticks(owner.pid) - before, 1)

    def test_serve_ends_on_both_signals_and_leaves_an_intact_ledger(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.serving() as owner:
                self.byollm("purpose", "set", "--global", "--top-p", "0.5")
                owner.send_signal(number)
                self.assertEqual(owner.wait(PATIENCE), 0)
        self.assertTrue(self.json("ledger", "verify")["intact"])


if __name__ == "__main__":
    unittest.main()

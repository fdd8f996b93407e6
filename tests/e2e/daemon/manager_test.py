# SPDX-License-Identifier: Apache-2.0
"""Goal: a service manager hears when byollmd serves, reads its file anew and
stops, and signs of life only while every loop lives.

Method: this test is the service manager, on a socket with a file and on one
without.
"""

import os
import signal
import socket

from living import PATIENCE, LivingCase, main

PATIENCE_US = 300_000


class Manager(LivingCase):
    NAME = "notify"
    PATIENCE_US = PATIENCE_US

    def start_daemon(self):
        self.manager = self.enterContext(
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        name = self.NAME.format(test=os.getpid())
        place = ("\0" + name[1:] if name.startswith("@")
                 else os.path.join(self.root, name))
        self.manager.bind(place)
        self.manager.settimeout(PATIENCE)
        self.hang = os.path.join(self.root, "hang")
        self.ENVIRONMENT = {
            "NOTIFY_SOCKET": name if name.startswith("@") else place,
            "WATCHDOG_USEC": str(self.PATIENCE_US), "WATCHDOG_PID": "",
            "LD_PRELOAD": os.environ["HANG_SHIM"], "HANG_FILE": self.hang}
        return super().start_daemon()

    def hear(self):
        """Returns the next word as {name: value}."""
        words = self.manager.recv(4096).decode()
        return dict(line.split("=", 1) for line in words.split("\n"))

    def hear_of(self, name):
        """Returns the next word but signs of life; it is of `name`."""
        while "WATCHDOG" in (heard := self.hear()):
            pass
        self.assertIn(name, heard)
        return heard

    def test_its_life_is_told(self):
        heard = self.hear_of("READY")
        # And then the port answers.
        self.assertEqual(self.ask("/livez", place=self.port)[0], 200)
        self.assertEqual(heard["READY"], "1")
        self.assertIn(str(self.port), heard["STATUS"])
        for _ in range(3):
            self.assertEqual(self.hear(), {"WATCHDOG": "1"})
        before = clock_us()
        self.daemon.send_signal(signal.SIGHUP)
        heard = self.hear_of("RELOADING")
        self.assertEqual(heard["RELOADING"], "1")
        self.assertTrue(before <= int(heard["MONOTONIC_USEC"]) <= clock_us())
        self.hear_of("READY")
        # A wrong file ends as well: byollmd serves on.
        self.write(**{"runtime.calls": "-1"})
        self.daemon.send_signal(signal.SIGHUP)
        self.hear_of("RELOADING")
        self.hear_of("READY")
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.hear_of("STOPPING")["STOPPING"], "1")
        self.assertEqual(self.daemon.wait(PATIENCE), 0)


class Abstract(Manager):
    NAME = "@byollm-manager-{test}"


class Hanging(Manager):
    """One loop of several hangs; the others, and the main thread, live."""
    START = {**Manager.START, "runtime.loops": "3"}
    test_its_life_is_told = None

    def tearDown(self):
        # It does not end by itself, as systemd would find, too.
        self.daemon.kill()
        self.daemon.wait()
        self.daemon.returncode = 0
        super().tearDown()

    def test_a_loop_that_hangs_gives_no_sign_of_life(self):
        self.hear_of("READY")
        self.assertEqual(self.hear(), {"WATCHDOG": "1"})
        with open(self.hang, "w", encoding="utf-8"):
            pass
        said = self.wait_for_log("a loop does not answer")
        self.assertRegex(said, r"does not answer loops=[012]\n")
        # What was sent before that, and then nothing for as long as ten signs
        # would take.
        self.manager.setblocking(False)
        with self.assertRaises(BlockingIOError):
            while True:
                self.hear()
        self.manager.settimeout(10 * self.PATIENCE_US / 3 / 1e6)
        with self.assertRaises(TimeoutError):
            self.hear()
        # Told once.
        self.assertEqual(self.log().count("does not answer"), 1)


class Silenced(LivingCase):

    def test_nobody_who_did_not_ask_is_told(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(os.path.join(self.root, "notify"))
            manager.setblocking(False)
            self.reload()
            with self.assertRaises(BlockingIOError):
                manager.recv(4096)


class Credential(LivingCase):
    """The master key comes from the service manager, not from a file."""

    def start_daemon(self):
        folder = os.path.join(self.root, "credentials")
        os.mkdir(folder, 0o700)
        self.key = os.urandom(32).hex()
        with open(os.path.join(folder, "byollm.master_key"), "w",
                  encoding="ascii") as file:
            file.write(self.key + "\n")
        self.ENVIRONMENT = {"CREDENTIALS_DIRECTORY": folder}
        return super().start_daemon()

    def test_it_opens_the_keys(self):
        self.assertNotIn("master.key", os.listdir(self.data))
        self.own_llm("ada")
        status, _ = self.ask("/v1/internal/ai/complete", "POST", {
            "tenant": self.TENANT, "user": "ada", "prompt": "q"},
            self.host_token)
        self.assertEqual(status, 200)


def clock_us():
    import time
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


if __name__ == "__main__":
    main()

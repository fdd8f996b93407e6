# SPDX-License-Identifier: Apache-2.0
"""Goal: on SIGHUP byollmd takes over what can change, says what cannot, keeps
what it had if the file is wrong, and no request notices.

Method: the file is written again while connections, turns and calls are open.
"""

import asyncio
import json
import os
import signal
import threading

from living import PATIENCE, Connection, LivingCase, Silent, main


class Reload(LivingCase):

    def status_for(self, host):
        return self.ask("/livez", place=self.port, Host=host)[0]

    def test_names_change_at_once(self):
        self.assertEqual(self.status_for("llm.example"), 421)
        said = self.reload(**{"listen.hosts": '["llm.example"]'})
        self.assertIn("changed=listen.hosts", said)
        for _ in range(2 * os.cpu_count()):
            # Whichever loop has it.
            self.assertEqual(self.status_for("llm.example"), 200)
        self.reload(**{"listen.hosts": "[]"})
        self.assertEqual(self.status_for("llm.example"), 421)

    def test_links_follow_the_public_url(self):
        link, _ = self.byollm("--user", "ada", "login-link")
        self.assertIn(f"http://127.0.0.1:{self.port}/", link)
        self.reload(**{"listen.public_url": '"https://llm.example"'})
        link, _ = self.byollm("--user", "ada", "login-link")
        self.assertIn("https://llm.example/", link)
        self.assertEqual(self.status_for("llm.example"), 200)

    def test_a_wrong_file_changes_nothing(self):
        self.reload(**{"listen.hosts": '["llm.example"]'})
        wrong = {"runtime.calls": '"many"', "listen.htpp": '"127.0.0.1:1"',
                 "log.access_file": '"no/such/folder"'}
        for name, value in wrong.items():
            self.write(**{"listen.hosts": "[]", "log.level": '"error"',
                          name: value})
            said = self.reload("nothing is changed")
            self.assertIn(name, said)
            if "access" not in name:
                self.assertIn("line ", said)
            self.assertNotIn("was read anew", said)
            del self.settings[name]
            self.assertEqual(self.status_for("llm.example"), 200)
        os.remove(self.config)
        self.assertIn("cannot be read", self.reload("nothing is changed"))
        self.assertEqual(self.status_for("llm.example"), 200)

    def test_what_needs_a_restart_is_named_once(self):
        said = self.reload("needs a restart", **{
            "listen.http": '"127.0.0.1:1"', "runtime.loops": "1",
            "ledger.anchor_file": '"anchor"', "runtime.key_drain": "5"})
        self.assertIn("needs a restart: listen.http, runtime.loops, "
                      "ledger.anchor_file\n", said)
        self.assertEqual(said.count("needs a restart"), 1)
        self.assertIn("changed=runtime.key_drain", said)
        # It stays so until the restart, and ends with what it was.
        self.assertIn("listen.http", self.reload("needs a restart"))
        self.assertEqual(self.status_for("localhost"), 200)
        self.reload(**{"listen.http": '"127.0.0.1:0"', "runtime.loops": "0",
                       "ledger.anchor_file": '""'})
        self.assertEqual(self.log().count("needs a restart"), 2)

    def test_the_log_changes_its_form_and_level(self):
        said = self.reload(**{"log.format": '"json"'})
        line = next(x for x in said.splitlines() if "was read anew" in x)
        self.assertEqual(json.loads(line)["changed"], "log.format")
        said = self.reload("needs a restart", **{
            "log.level": '"warning"', "runtime.loops": "1"})
        self.assertEqual(json.loads(said)["level"], "warning")

    def call(self, token):
        return self.ask("/v1/llm/messages", "POST", self.QUESTION, token)

    QUESTION = {"messages": [{"role": "user", "content": "q"}]}

    def test_bounds_of_calls_change_while_calls_run(self):
        with Silent() as upstream, Connection(self.socket) as slow:
            self.own_llm("ada", url=upstream.url, provider="openai")
            slow.send("/v1/llm/messages", "POST", self.QUESTION,
                      self.mint("ada"))
            self.assertTrue(upstream.asked.wait(PATIENCE))
            free = self.mint("bob")
            self.assertEqual(self.call(free)[0], 200)
            said = self.reload(**{"runtime.calls": "1"})
            self.assertIn("changed=runtime.calls", said)
            status, body = self.call(free)
            self.assertEqual((status, json.loads(body)["error"]["code"]),
                             (429, "overloaded"))
            self.reload(**{"runtime.calls": "0"})
            self.assertEqual(self.call(free)[0], 200)
            # And the one call went on all the time.
            self.assertFalse(upstream.gone.is_set())

    def mint(self, user):
        made = self.ask("/v1/tokens", "POST", {
            "tenant": self.TENANT, "user": user, "extension": "notes"},
            self.host_token)[1]
        return json.loads(made)["token"]

    def test_streams_and_connections_go_on(self):
        with Connection(self.socket) as kept, \
                Connection(self.socket) as worker:
            self.assertEqual(kept.ask("/livez")[0], 200)
            worker.send("/v1/extensions/notes/attach", "POST", {
                "functions": [{"name": "f"}]}, self.worker_token)
            self.assertEqual(worker.head()[0], 200)
            self.assertIn("attached", worker.chunk())
            self.reload(**{"runtime.calls": "3"})
            self.assertEqual(kept.ask("/livez")[0], 200)
            listed = self.ask("/v1/extensions", token=self.host_token)[1]
            self.assertIn("notes", listed)

    def test_a_storm_is_read_one_by_one(self):
        async def calls():
            async with self.client() as host:
                token = (await host.mint(self.TENANT, "bob", "notes")).token
                llm = (await host.context(token)).llm
                return [await llm.create_message("q") for _ in range(20)]
        done = threading.Event()

        def storm():
            while not done.is_set():
                self.daemon.send_signal(signal.SIGHUP)

        storming = threading.Thread(target=storm)
        storming.start()
        try:
            self.assertEqual(len(asyncio.run(calls())), 20)
        finally:
            done.set()
            storming.join()
        # It still listens to the next one, however many are to be read before.
        self.reload("changed=listen.hosts",
                    **{"listen.hosts": '["last.example"]'})
        self.assertEqual(self.status_for("last.example"), 200)
        self.assertNotIn("nothing is changed", self.log())


if __name__ == "__main__":
    main()

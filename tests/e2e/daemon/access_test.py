# SPDX-License-Identifier: Apache-2.0
"""Goal: the access log has one line for each request with what
docs/operations.md says, can be rotated, and holds no token, key, cookie, query,
prompt or answer, whichever route they went through.

Method: a byollmd that writes one; requests to every route with secrets of every
kind in every place, whose every eight bytes are looked for in what was written.
"""

import json
import os
import re
import socket
import struct
from contextlib import closing

from living import (PATIENCE, Connection, LivingCase, Silent, main, make_key)
from keys_in import REFUSED, TAKEN, TORN, Finder, Peer, Ways, make_marked_key
from support import leaks

QUESTION = {"messages": [{"role": "user", "content": "q"}]}


class AccessCase(LivingCase):
    START = {**LivingCase.START, "log.access_file": '"access.log"'}

    def setUp(self):
        super().setUp()
        self.access = os.path.join(self.root, "access.log")

    def raw(self, name="access.log"):
        with open(os.path.join(self.root, name), "rb") as file:
            return file.read()

    def lines(self, name="access.log"):
        return [json.loads(x) for x in self.raw(name).splitlines()]

    def wait_for_lines(self, count):
        """Returns the lines, once there are so many."""
        def are_there():
            return self.raw().count(b"\n") >= count
        self.wait_until(are_there)
        got = self.lines()
        self.assertEqual(len(got), count, got)
        return got

    def mint(self, user):
        made = self.ask("/v1/tokens", "POST", {
            "tenant": self.TENANT, "user": user, "extension": "notes"},
            self.host_token)[1]
        return json.loads(made)["token"]

    def client_token(self, user):
        out, _ = self.byollm("--user", user, "token", "client")
        return out.strip()


class Access(AccessCase):

    def test_a_call_has_its_line(self):
        self.own_llm("ada")
        token = self.mint("ada")
        trace = "0af7651916cd43dd8448eb211c80319c"
        status, body = self.ask(
            "/v1/llm/messages", "POST", QUESTION, token, place=self.port,
            User_Agent="curl/8", traceparent=f"00-{trace}-b7ad6b7169203331-01")
        self.assertEqual(status, 200)
        reply = json.loads(body)
        minted, got = self.wait_for_lines(2)
        self.assertEqual(minted["route"], "/v1/tokens")
        self.assertEqual((minted["service"], minted["listener"]),
                         ("host", "unix"))
        self.assertNotIn("peer", minted)
        self.assertRegex(got.pop("time"),
                         r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertGreaterEqual(got.pop("duration_ms"), got["first_byte_ms"])
        self.assertGreater(got.pop("first_byte_ms"), 0)
        self.assertGreater(got.pop("bytes_in"), len(json.dumps(QUESTION)))
        self.assertGreater(got.pop("bytes_out"), len(body))
        self.assertEqual(got, {
            "method": "POST", "route": "/v1/llm/messages", "status": 200,
            "listener": "tcp", "peer": "127.0.0.1", "tenant": self.TENANT,
            "user": "ada", "extension": "notes", "turn": reply["turn"],
            "call": reply["call"], "provider": "anthropic", "paid_by": "user",
            "trace": trace, "user_agent": "curl/8"})

    def test_clients_and_streams_have_theirs(self):
        token = self.client_token("bob")
        body = {"model": "byollm", "stream": True, **QUESTION}
        self.assertEqual(self.ask("/v1/chat/completions", "POST", body,
                                  token)[0], 200)
        self.assertEqual(self.ask("/v1/chat/completions", "POST",
                                  {"model": 5}, token)[0], 400)
        # Of two connections, which loops of their own may have.
        good, bad = sorted(self.wait_for_lines(2), key=lambda x: x["status"])
        self.assertEqual((good["user"], good["paid_by"], good["status"]),
                         ("bob", "platform", 200))
        self.assertEqual([x["type"] for x in self.rows(good["turn"])],
                         ["intent", "outcome"])
        self.assertEqual((bad["error"], bad["status"]),
                         ("invalid_request", 400))
        self.assertIn("call", bad)
        self.assertNotIn("paid_by", bad)

    def test_who_is_refused_is_told_of(self):
        for path, method, status, route in (
                ("/v1/llm", "GET", 401, "/v1/llm"),
                ("/v1/llm", "PATCH", 405, "/v1/llm"),
                ("/v1/extensions/secret-name/attach", "POST", 401,
                 "/v1/extensions/{}/attach"),
                ("/no/such/secret-name", "GET", 404, None)):
            self.assertEqual(self.ask(path, method)[0], status)
            got = self.lines_until(lambda x: x[-1:] and x[-1]["status"]
                                   == status)[-1]
            self.assertEqual(got.get("route"), route)
            self.assertIn("error", got)
        self.assertNotIn(b"secret-name", self.raw())
        # The server itself refuses this one.
        with closing(Peer(self.port)) as peer:
            peer.send(b"POST /v1/messages HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            self.assertEqual(peer.status(), 421)
        got = self.lines_until(lambda x: x[-1]["status"] == 421)[-1]
        self.assertEqual(got["route"], "/v1/messages")

    def lines_until(self, enough):
        self.wait_until(lambda: enough(self.lines()))
        return self.lines()

    def test_a_client_that_goes_is_told_of(self):
        with Silent() as upstream:
            self.own_llm("ada", url=upstream.url, provider="openai")
            token = self.mint("ada")
            with Connection(self.socket) as peer:
                peer.send("/v1/llm/messages", "POST", QUESTION, token)
                self.assertTrue(upstream.asked.wait(PATIENCE))
            got = self.wait_for_lines(2)[1]
        self.assertEqual((got["status"], got["cut"]), (499, True))
        self.assertNotIn("first_byte_ms", got)
        self.assertEqual(got["provider"], "openai")
        # It is told when the client goes, and the ledger when the call ends.
        self.wait_until(lambda: len(self.rows(got["turn"])) == 2)

    def test_logs_rotate_without_a_loss(self):
        for i in range(3):
            self.ask("/livez")
            self.wait_until(lambda: self.raw().count(b"\n") == 1)
            os.rename(self.access, f"{self.access}.{i}")
            # Until it is told, it goes on in the file it has.
            self.ask("/readyz")
            self.wait_until(
                lambda: self.raw(f"access.log.{i}").count(b"\n") == 2)
            self.reload()
            self.assertEqual(self.raw(), b"")
            self.assertEqual([x["route"] for x in
                              self.lines(f"access.log.{i}")],
                             ["/livez", "/readyz"])
        self.assertEqual(os.stat(self.access).st_mode & 0o777, 0o600)

    def test_it_is_switched_while_it_runs(self):
        self.own_llm("ada")
        token = self.mint("ada")
        self.ask("/v1/llm", token=token)
        # Two loops may write the lines of two connections in either order.
        asked = [x for x in self.wait_for_lines(2) if x["route"] == "/v1/llm"]
        self.assertEqual([x["user"] for x in asked], ["ada"])
        said = self.reload(**{"log.access_users": "false"})
        self.assertIn("changed=log.access_users", said)
        self.ask("/v1/llm", token=token)
        got = self.wait_for_lines(3)[2]
        self.assertNotIn("user", got)
        self.assertEqual(got["tenant"], self.TENANT)
        self.reload(**{"log.access_file": '""'})
        self.ask("/livez")
        self.reload(**{"log.access_file": '"access.log"'})
        self.ask("/readyz")
        self.assertEqual(self.wait_for_lines(4)[3]["route"], "/readyz")

    def test_what_waits_is_written_at_the_end(self):
        for _ in range(50):
            self.ask("/livez")
        self.daemon.terminate()
        self.daemon.wait(PATIENCE)
        self.assertEqual(len(self.lines()), 50)


class Stdout(AccessCase):
    START = {**LivingCase.START, "log.access_file": '"-"',
             "listen.http": '""'}

    def start_with(self, path):
        # Its first line is in the log: stdout is for requests.
        import contextlib
        import subprocess
        from service import BYOLLMD

        @contextlib.contextmanager
        def started():
            with open(os.path.join(self.root, "byollmd.log"), "ab") as log:
                process = subprocess.Popen(
                    [BYOLLMD, "--config", path], text=True,
                    stdout=subprocess.PIPE, stderr=log)
            try:
                self.wait_for_log("serving")
                yield process
            finally:
                process.terminate()
                process.wait(PATIENCE)
                process.stdout.close()
        return self.enterContext(started())

    def test_stdout_has_lines_of_requests_only(self):
        self.ask("/livez")
        got = json.loads(self.daemon.stdout.readline())
        self.assertEqual(got["route"], "/livez")
        self.daemon.terminate()
        self.assertEqual(self.daemon.stdout.read(), "")


class Canary(AccessCase):
    START = {**AccessCase.START, "log.format": '"json"'}

    def setUp(self):
        super().setUp()
        self.byollm("origin", "allow", self.llm.url)
        self.finder = Finder()
        self.secrets = {}

    def secret(self, name):
        """A new secret, in whose every eight bytes it can be found."""
        made = make_marked_key(48)
        self.finder.add(made, name)
        return made

    def check(self, least):
        self.wait_until(lambda: self.raw().count(b"\n") >= least)
        written = self.raw() + self.log().encode()
        self.assertEqual(self.finder.find(written), {})
        for name, secret in self.secrets.items():
            self.assertFalse(leaks(secret, written), name)
        # They would be found, if they were there.
        for secret in self.secrets.values():
            self.assertTrue(leaks(secret, written + secret.encode()))
        found = self.finder.find(written + self.secret("found").encode())
        self.assertEqual(list(found), ["found"])

    def test_keys_in_every_form_stay_out(self):
        panel = self.add_token("panel", "config")
        self.secrets["panel"] = panel[-32:]
        count = 0
        for place in (self.socket, self.port):
            for way, wanted in {**TAKEN, **REFUSED, **TORN}.items():
                key = self.secret(way)
                peer = Peer(place)
                ways = Ways(panel, lambda key: {
                    "tenant": self.TENANT, "user": way, "provider": "openai",
                    "model": "m", "base_url": self.llm.url, "key": key})
                self.assertEqual(getattr(ways, way)(peer, key), wanted, way)
                peer.close()
                count += max(1, len([x for x in wanted if x != 100]))
        self.check(count)

    def test_secrets_through_every_route_stay_out(self):
        tokens = {
            "host": self.host_token, "worker": self.worker_token,
            "panel": self.add_token("panel", "config,audit,tokens"),
            "call": self.mint("bob"), "client": self.client_token("bob")}
        self.secrets |= {x: text[-32:] for x, text in tokens.items()}
        routes = self.routes()
        self.assertGreater(len(routes), 40)
        asked = 0
        for method, path in routes:
            prompt = self.secret(f"prompt {path}")
            for token in (*tokens.values(), self.secret("token")):
                self.try_route(method, path, prompt, token)
                asked += 1
        self.check(asked)

    def try_route(self, method, path, prompt, token):
        """Asks a route with a secret wherever one can stand."""
        agent = f"agent/1 {self.secret('agent')}"
        query = self.secret("query").replace("^", "%5E").replace("|", "%7C")
        body = {"messages": [{"role": "user", "content": prompt}],
                "model": "byollm", "prompt": prompt, "system": prompt,
                "input": prompt, "text": prompt, "ticket": prompt,
                "tenant": self.TENANT, "user": "bob", "extension": "notes",
                "function": "f", "arguments": {"x": prompt}, "max_tokens": 5,
                "key": prompt, "purpose": "chat"}
        with Connection(self.port) as peer:
            peer.send(path.replace("{}", self.secret("path").replace(
                "|", "%7C").replace("^", "%5E")) + "?" + query, method,
                      None if method in ("GET", "DELETE") else body, token,
                      User_Agent=agent, Cookie=f"byollm={token}",
                      x_api_key=self.secret("x-api-key"),
                      anthropic_version="2023-06-01",
                      traceparent=self.secret("traceparent"),
                      Referer=f"http://localhost/?{self.secret('referer')}")
            status, _ = peer.head()
            self.assertGreaterEqual(status, 200)

    def test_answers_stay_out(self):
        token = self.client_token("bob")
        self.secrets["client"] = token[-32:]
        said = self.secret("prompt")
        for stream in (False, True):
            status, got = self.ask("/v1/chat/completions", "POST", {
                "model": "byollm", "stream": stream,
                "messages": [{"role": "user", "content": said}]}, token)
            self.assertEqual(status, 200)
            self.assertIn("choices", got)
        self.check(2)

    @staticmethod
    def routes():
        """All routes, as byollmd has them."""
        path = os.path.join(os.environ["BYOLLM_SOURCE"], "app", "service",
                            "routes.cpp")
        with open(path, encoding="utf-8") as file:
            return re.findall(r'entry\{\w+, "([A-Z]+)", "([^"]+)"', file.read())


class Flood(AccessCase):

    def test_a_reset_in_the_middle_has_one_line(self):
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", self.port)) as peer:
                peer.sendall(b"GET /livez HTTP/1.1\r\nHost: local")
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                struct.pack("ii", 1, 0))
        got = self.wait_for_lines(20)
        self.assertEqual({x["status"] for x in got}, {499})
        self.assertNotIn("method", got[0])


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Goal: a link lets in one person, once; nobody else's page acts for them; a
user reaches nothing of another's, and nothing of the admin's. Method: byollmd
over HTTP, asked as browsers, foreign pages and thieves would.
"""

import json
import unittest

from visitor import PagesCase, Visitor


class Doors(PagesCase):

    def test_a_link_lets_in_once(self):
        link = self.link("ada")
        ticket = link.partition("#ticket=")[2]
        who = self.visitor()
        shown = self.ask(who, "POST", "/v1/login/ticket", {"ticket": ticket})
        self.assertEqual(shown, {"is": "user", "tenant": "default",
                                 "user": "ada"})
        self.assertEqual(who.log_in(link)["user"], "ada")
        self.refused("unauthenticated", self.visitor(), "POST", "/v1/login",
                     {"ticket": ticket})
        again = self.ask(who, "GET", "/v1/session")
        self.assertEqual((again["is"], again["user"]), ("user", "ada"))
        # The ticket went to the log of nobody.
        self.assertNotIn(ticket, self.log())
        self.assertIn("a login link was made", self.log())

    def test_the_cookie_is_the_browsers_alone(self):
        ticket = self.link("ada").partition("#ticket=")[2]
        _, headers, text = self.visitor().send("POST", "/v1/login",
                                               {"ticket": ticket})
        cookie = headers["Set-Cookie"]
        for word in ("HttpOnly", "SameSite=Strict", "Path=/"):
            self.assertIn(word, cookie)
        secret = cookie.partition("=")[2].partition(";")[0]
        self.assertNotIn(secret, text)
        self.assertEqual(headers["Cache-Control"], "no-store")

    def test_who_logs_out_is_out(self):
        who = self.visitor("ada")
        self.ask(who, "DELETE", "/v1/session", status=204)
        self.ask(who, "GET", "/v1/session", status=401)
        self.ask(who, "POST", "/v1/me/config.show", {}, status=401)

    def test_a_restart_logs_everybody_out(self):
        who = self.visitor("ada")
        link = self.link("bob")
        self.daemon.terminate()
        self.daemon.wait(60)
        self.start_daemon()
        base = self.link("ada").partition("/login")[0]
        again = Visitor(base)
        again.cookie, again.csrf = who.cookie, who.csrf
        self.ask(again, "GET", "/v1/session", status=401)
        self.refused("unauthenticated", again, "POST", "/v1/login",
                     {"ticket": link.partition("#ticket=")[2]})

    def test_who_guesses_is_stopped(self):
        good = self.link("ada").partition("#ticket=")[2]
        who = self.visitor()
        for _ in range(100):
            self.refused("unauthenticated", who, "POST", "/v1/login",
                         {"ticket": "wrong"})
        status, headers, text = who.send("POST", "/v1/login",
                                         {"ticket": "wrong"})
        self.assertEqual(status, 429, text)
        self.assertGreater(int(headers["Retry-After"]), 0)
        # Who has a ticket is not kept out by who has none.
        self.ask(self.visitor(), "POST", "/v1/login", {"ticket": good})

    def test_a_foreign_page_does_nothing(self):
        who = self.visitor("ada")
        good = ("POST", "/v1/me/config.show", {})
        self.ask(who, *good, status=404)  # let in: there is no LLM yet
        foreign = [
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Origin": who.base.replace("127.0.0.1", "localhost")},
            {"Origin": "http://127.0.0.1:1"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": None, "Sec-Fetch-Site": None},
            {"x-byollm-csrf": None},
            {"x-byollm-csrf": "wrong"},
            {"x-byollm-csrf": self.visitor("bob").csrf},
        ]
        for headers in foreign:
            with self.subTest(headers):
                self.refused("forbidden", who, *good, **headers)
        # Nor does it read, and no answer invites it.
        for headers in ({"Sec-Fetch-Site": "cross-site", "Origin": None},
                        {"Origin": "http://evil.example"}):
            self.refused("forbidden", who, "GET", "/v1/session", **headers)
        for method, path in (("OPTIONS", "/v1/me/config.show"),
                             ("GET", "/v1/session")):
            _, headers, _ = who.send(method, path)
            self.assertFalse([name for name in headers
                              if name.lower().startswith("access-control")])
        # A name of its own that leads here is not ours.
        status, _, _ = who.send("GET", "/settings/llm", Host="evil.example")
        self.assertEqual(status, 421)

    def test_a_login_from_a_foreign_page_is_none(self):
        ticket = self.link("ada").partition("#ticket=")[2]
        for headers in ({"Origin": "http://evil.example"},
                        {"Sec-Fetch-Site": "cross-site"},
                        {"Origin": None, "Sec-Fetch-Site": None}):
            self.refused("forbidden", self.visitor(), "POST", "/v1/login",
                         {"ticket": ticket}, **headers)
        self.ask(self.visitor(), "POST", "/v1/login", {"ticket": ticket})

    def test_a_cookie_that_came_twice_is_none(self):
        who = self.visitor("ada")
        who.cookie += "; byollm_session=other"
        self.ask(who, "GET", "/v1/session", status=401)

    def test_a_user_reaches_nothing_of_another(self):
        self.own_llm("bob", provider="openai")
        ada, bob = self.visitor("ada"), self.visitor("bob")
        self.assertEqual(self.mine(bob, "config.show")["model"], "bob-model")
        self.mine(ada, "config.show", status=404)
        for more in ({"user": "bob"}, {"tenant": "other"}, {"user": "ada"},
                     {"whose": "platform"}, {"whose": "user"}):
            for operation in ("config.show", "config.rm", "config.test",
                              "config.models"):
                with self.subTest(operation=operation, more=more):
                    self.mine(ada, operation, more, status=400)
        setting = {"provider": "openai", "model": "m",
                   "base_url": self.llm.url}
        for more in ({"user": "bob"}, {"whose": "platform"},
                     {"actor": "admin:root"}, {"op": "config.rm"}):
            self.mine(ada, "config.set", {**setting, **more}, status=400)
        # Said twice by the body itself, too.
        self.ask(ada, "POST", "/v1/me/usage",
                 '{"provider":"a","provider":"b"}', status=400)
        self.assertEqual(self.mine(bob, "config.show")["model"], "bob-model")
        for operation in ("usage", "ledger.list"):
            self.mine(ada, operation, {"user": "bob"}, status=400)
        self.host_call("bob")
        self.host_call("ada")
        for who, name in ((ada, "ada"), (bob, "bob")):
            rows = self.mine(who, "ledger.list", {"limit": 1000})
            self.assertTrue(rows)
            self.assertEqual({row["fields"]["user"] for row in rows}, {name})
            used = self.mine(who, "usage", {})
            self.assertEqual({row["user"] for row in used}, {name})

    def host_call(self, user):
        """One call of `user`, as the platform's host makes it."""
        self.byollm("--user", user, "chat", "hello")

    def test_a_user_is_no_admin(self):
        ada = self.visitor("ada")
        for operation in ("status", "purpose.set", "origin.allow", "usage",
                          "ledger.list", "config.set", "nothing"):
            self.refused("forbidden", ada, "POST", f"/v1/admin/{operation}",
                         {})
        for path in ("/v1/admin/providers", "/v1/admin/ledger/export"):
            self.refused("forbidden", ada, "GET", path)
        for operation in ("status", "token.add", "login.link", "keys.list",
                          "chat", "purpose.set", "resolve"):
            self.refused("not_found", ada, "POST", f"/v1/me/{operation}", {})
        # Nor is its cookie a token.
        for path in ("/v1/audit", "/v1/internal/config/llm", "/v1/llm"):
            self.ask(ada, "GET", path, status=401)

    def test_an_admin_is_nobodys_user(self):
        admin = self.admin()
        self.refused("forbidden", admin, "POST", "/v1/me/config.show", {})
        self.refused("forbidden", admin, "GET", "/v1/me/providers")
        for more in ({"whose": "user"}, {"whose": "second_choice"}):
            self.ask(admin, "POST", "/v1/admin/config.rm", more, status=400)
        self.ask(admin, "POST", "/v1/admin/config.set", {
            "tenant": "default", "user": "ada", "provider": "openai",
            "model": "m"}, status=400)
        for operation in ("token.add", "token.mint", "login.link",
                          "keys.rotate", "chat", "ca.set"):
            self.refused("not_found", admin, "POST",
                         f"/v1/admin/{operation}", {})
        self.ask(admin, "POST", "/v1/admin/purpose.set", {
            "scope": "global", "values": {"temperature": 0.5}})
        rows = self.json("ledger", "list", "--type", "change",
                         "--all-tenants")
        self.assertEqual(rows[-1]["fields"]["actor"], "admin:grace")

    def test_a_host_mints_links_by_its_scope(self):
        def mint(token, body, status):
            who = Visitor(self.base)
            return self.ask(who, "POST", "/v1/internal/sessions", body,
                            status=status, Authorization=f"Bearer {token}")
        ada = {"tenant": "default", "user": "ada"}
        admin = {"admin": True, "name": "grace"}
        tokens, admins, other = (self.add_token(scope, scope) for scope in
                                 ("tokens", "admin", "config"))
        who = Visitor(self.base)
        self.assertEqual(who.log_in(mint(tokens, ada, 201)["url"])["user"],
                         "ada")
        self.assertEqual(who.log_in(mint(admins, admin, 201)["url"])["is"],
                         "admin")
        mint(tokens, admin, 403)
        mint(admins, ada, 403)
        for body in (ada, admin):
            mint(other, body, 403)
            mint("nonsense", body, 401)
        for body in ({"tenant": "default"}, {"user": "ada"}, {},
                     {**ada, "more": 1}, {"tenant": "a b", "user": "ada"}):
            mint(tokens, body, 400)

    def test_pages_and_their_headers(self):
        who = self.visitor()
        for path in ("/login", "/settings/llm", "/admin", "/pages/page.css",
                     "/pages/api.js"):
            status, headers, text = who.send("GET", path)
            self.assertEqual(status, 200, path)
            self.assertIn("default-src 'none'",
                          headers["Content-Security-Policy"])
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertTrue(text)
        for path in ("/pages/", "/pages/none.js", "/pages/../api.js",
                     "/pages/..%2fapi.js", "/pages/a/b"):
            self.assertIn(who.send("GET", path)[0], (400, 404), path)
        self.assertEqual(who.send("POST", "/settings/llm", {})[0], 405)

    def test_bad_bodies_are_told(self):
        ada = self.visitor("ada")
        for body in ("", "[]", "{", "nonsense", '{"a":1}{', "[" * 10_000,
                     '{"unknown": 1}', '{"op": "status"}',
                     json.dumps({str(i): 1 for i in range(100)})):
            status, _, text = ada.send("POST", "/v1/me/config.show", body)
            self.assertIn(status, (400, 404), text)
        for body in ("", "[]", '{"ticket": 5}', '{"ticket": ""}', "{}"):
            self.assertEqual(ada.send("POST", "/v1/login", body)[0], 400)

    def test_without_http_there_are_no_links(self):
        self.daemon.terminate()
        self.daemon.wait(60)
        self.refuses("invalid_config", "login-link")


class BehindAProxy(PagesCase):
    """A proxy with TLS passes on what browsers send to the public name."""

    SETTINGS = ('[listen]\nhttp = "127.0.0.1:0"\n'
                'public_url = "https://llm.example.com"\n')

    def test_the_cookie_is_for_tls_and_this_name_alone(self):
        link = self.link("ada")
        self.assertTrue(link.startswith("https://llm.example.com/login#"))
        port = int(self.daemon.first_line.split(";")[0].rpartition(":")[2])
        who = Visitor("https://llm.example.com", port, Host="llm.example.com")
        ticket = link.partition("#ticket=")[2]
        self.refused("forbidden", who, "POST", "/v1/login",
                     {"ticket": ticket}, Origin=f"http://127.0.0.1:{port}")
        status, headers, text = who.send("POST", "/v1/login",
                                         {"ticket": ticket})
        self.assertEqual(status, 200, text)
        cookie = headers["Set-Cookie"]
        self.assertTrue(cookie.startswith("__Host-byollm_session="))
        self.assertIn("; Secure", cookie)
        who.cookie = cookie.partition(";")[0]
        self.assertEqual(self.ask(who, "GET", "/v1/session")["user"], "ada")
        who.cookie = who.cookie.replace("__Host-", "")
        self.ask(who, "GET", "/v1/session", status=401)


if __name__ == "__main__":
    unittest.main()

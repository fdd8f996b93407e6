# SPDX-License-Identifier: Apache-2.0
"""Goal: `config test` says of each stage what is true, and no more; `config
models` lists what the key may use; both are in the ledger.

Method: providers that fail in one way each, over real HTTP: byollm-standin,
whose keys, models and options stand for what real providers do, and a few bytes
behind a socket for the rest.
"""

import json
import socket
import unittest

from support import Case, Standin, Upstream, http_answer, make_key

STAGES = ["syntax", "address", "tls", "authentication", "model", "answer",
          "tool_use"]
PROVIDERS = ("openai", "anthropic", "local-ollama")
# What the stages before the provider's own say of a stand-in.
THERE = ["passed", "passed", "not_applicable"]
NO, OK, WHO = "not_tried", "passed", "inconclusive"


def private_name():
    """Returns a name that this machine resolves to an address of its own."""
    for name in (socket.gethostname(), "ip6-localhost", "ip6-loopback"):
        try:
            socket.getaddrinfo(name, 443)
        except OSError:
            continue
        return name
    raise unittest.SkipTest("no name here leads to a private address")


class Verdicts(Case):

    def verdicts(self, *more, code=0):
        """Runs the test; returns the seven verdicts and the whole result."""
        out = self.json("config", "test", *more, code=code)
        self.assertEqual([s["stage"] for s in out["stages"]], STAGES)
        for stage in out["stages"]:
            self.assertTrue(stage["text"], stage)
        self.assertEqual(out["ok"], code == 0)
        return [s["verdict"] for s in out["stages"]], out

    def expect(self, wanted, *more):
        """Checks the verdicts behind the way there."""
        got, out = self.verdicts(*more, code=0 if wanted[2] == OK else 1)
        self.assertEqual(got, THERE + wanted, out)
        return out

    def texts(self, out):
        return {s["stage"]: s["text"] for s in out["stages"]}

    def test_all_is_well(self):
        with Standin() as llm:
            for provider in PROVIDERS:
                with self.subTest(provider):
                    self.configure(llm.url, provider, model="model-1")
                    self.expect([OK, OK, OK, OK])
            self.byollm("config", "set", "--provider", "local-ollama",
                        "--model", "m", "--base-url", llm.url, "--no-key")
            self.expect(["not_applicable", OK, OK, OK])

    def test_people_read_a_line_a_stage(self):
        with Standin() as llm:
            self.configure(llm.url, key="standin-bad")
            out, err = self.byollm("config", "test", code=1)
            self.assertRegex(out, r"failed +authentication +the provider "
                                  r"refuses the key \[authentication\]")
            self.assertRegex(out, r"not tried +tool use")
            self.assertIn("ledger list --turn", err)

    def test_a_bad_key(self):
        with Standin() as llm:
            for provider in PROVIDERS:
                with self.subTest(provider):
                    self.configure(llm.url, provider, key="standin-bad")
                    self.expect(["failed", NO, NO, NO])

    def test_a_public_list_of_models_proves_no_key(self):
        with Standin("--models", "public") as llm:
            self.configure(llm.url, key="standin-bad", model="model-1")
            self.assertIn("model-1", self.json("config", "models"))
            self.expect(["failed", NO, NO, NO])
            # Nor does it when the provider forbids for another reason.
            self.configure(llm.url, key="standin-forbidden", model="model-1")
            out = self.expect([WHO, OK, "failed", NO])
            self.assertIn("without calling the key wrong",
                          self.texts(out)["authentication"])

    def test_a_refused_key_is_shown_until_it_works(self):
        with Standin() as llm:
            self.configure(llm.url, key="standin-bad")
            self.assertNotIn("refused", self.json("config", "show"))
            self.refuses("authentication", "chat", "hello")
            shown = self.json("config", "show")
            self.assertEqual(shown["refused"]["code"], "authentication")
            self.assertGreater(shown["refused"]["since_unix_ms"], 0)
            out, _ = self.byollm("config", "show")
            self.assertRegex(out, r"refuses calls on it since \d{4}-\d\d-\d\d "
                                  r"\[authentication\]")
            self.configure(llm.url, key=make_key())
            self.assertNotIn("refused", self.json("config", "show"))

    def test_forbidden_is_not_a_bad_key(self):
        with Standin() as llm:
            for provider in PROVIDERS:
                with self.subTest(provider):
                    self.configure(llm.url, provider, key="standin-forbidden")
                    out = self.expect([WHO, WHO, "failed", NO])
                    self.assertEqual(out["stages"][3]["http_status"], 403)

    def test_a_reasoning_model_without_a_word_passes(self):
        with Standin() as llm:
            for provider in PROVIDERS:
                with self.subTest(provider):
                    self.configure(llm.url, provider,
                                   model="thinks-first")
                    out = self.expect([OK, OK, OK, OK])
                    self.assertIn("no room for a word",
                                  self.texts(out)["answer"])

    def test_a_model_that_takes_no_bound_that_small_passes(self):
        with Standin() as llm:
            self.configure(llm.url, model="floor-16")
            self.expect([OK, OK, OK, OK])

    def test_a_server_without_a_list_of_models_passes(self):
        with Standin("--models", "none") as llm:
            for provider in PROVIDERS:
                with self.subTest(provider):
                    self.configure(llm.url, provider)
                    self.expect([OK, OK, OK, OK])
            self.refuses("model_not_found", "config", "models")

    def test_a_missing_model(self):
        with Standin() as llm:
            self.configure(llm.url, model="missing")
            self.expect([OK, "failed", NO, NO])
            # Its 404 could as well be about the path.
            self.configure(llm.url, "anthropic", model="missing")
            self.expect([WHO, "failed", NO, NO])

    def test_a_model_without_tools_is_usable(self):
        with Standin() as llm:
            self.configure(llm.url, model="no-tools")
            self.expect([OK, OK, OK, "failed"])

    def test_an_account_without_credit_has_a_good_key(self):
        with Standin() as llm:
            self.configure(llm.url, key="standin-unpaid", model="m")
            self.expect([OK, WHO, "failed", NO])

    def test_a_provider_in_trouble_proves_nothing(self):
        for status in ("500 Oops", "503 Busy", "529 Overloaded",
                       "429 Slow down"):
            with self.subTest(status), \
                    Upstream(http_answer(status, "{}")) as llm:
                self.configure(llm.url)
                self.expect([WHO, WHO, WHO, NO])

    def test_what_does_not_speak_the_api(self):
        page = http_answer("200 OK", "<html></html>", "text/html")
        moved = (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n"
                 b"Content-Length: 0\r\n\r\n")
        for answer in (page, moved):
            with self.subTest(answer), Upstream(answer) as llm:
                self.configure(llm.url)
                self.expect([WHO, WHO, "failed", NO])

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.configure(f"http://127.0.0.1:{port}")
        got, out = self.verdicts(code=1)
        self.assertEqual(got, [OK, "failed"] + [NO] * 5)
        self.assertEqual(out["stages"][1]["code"], "connect_failed")

    def test_no_tls_there(self):
        with Upstream(b"220 mail.example ready\r\n", listens=False) as llm:
            self.configure(f"https://127.0.0.1:{llm.port}")
            got, _ = self.verdicts(code=1)
            self.assertEqual(got, [OK, OK, "failed"] + [NO] * 4)

    def test_what_does_not_resolve_and_what_may_not_be_asked_read_alike(self):
        """No map of the host's network comes out of tests."""
        seen, listed = [], []
        for host in ("nowhere.invalid", private_name()):
            url = f"https://{host}"
            self.byollm("config", "set", "--provider", "openai", "--model",
                        "m", "--base-url", url, stdin=make_key())
            got, out = self.verdicts(code=1)
            self.assertEqual(got, [OK, "failed"] + [NO] * 5)
            seen.append(out["stages"])
            listed.append(self.byollm("config", "models", code=1))
        self.assertEqual(seen[0], seen[1])
        self.assertEqual(listed[0], listed[1])
        # They were not the same to us.
        causes = {r["fields"].get("error") for r in self.json("ledger", "list")}
        self.assertLessEqual({"dns_failed", "origin_denied"}, causes)

    def test_the_platform_never_answers_in_the_users_place(self):
        with Standin() as llm:
            self.byollm("origin", "allow", "--platform", llm.url)
            self.byollm("config", "set", "--platform", "--provider", "openai",
                        "--model", "m", "--base-url", llm.url,
                        stdin=make_key())
            self.configure(llm.url, "openai", "standin-bad", "m",
                           "--fallback", "platform")
            self.assertEqual(self.json("chat", "hello")["billing"], "platform")
            out = self.expect(["failed", NO, NO, NO])
            for row in self.rows(out["turn"]):
                self.assertEqual(row["fields"]["billing"], "byollm")

    def test_the_platforms_llm_is_tested_too(self):
        self.refuses("not_found", "config", "test", "--platform")
        with Standin() as llm:
            self.byollm("origin", "allow", "--platform", llm.url)
            self.byollm("config", "set", "--platform", "--provider", "openai",
                        "--model", "model-1", "--base-url", llm.url,
                        stdin=make_key())
            out = self.expect([OK, OK, OK, OK], "--platform")
            # Whoever calls themselves so has no part in it.
            self.configure(llm.url, key="standin-bad")
            self.byollm("--tenant", "platform", "--user", "platform",
                        "origin", "allow", llm.url)
            self.byollm("--tenant", "platform", "--user", "platform", "config",
                        "set", "--provider", "openai", "--model", "m",
                        "--base-url", llm.url, stdin="standin-bad")
            self.expect([OK, OK, OK, OK], "--platform")
            self.assertEqual(self.json("config", "models", "--platform"),
                             ["model-1", "thinks-first"])
        rows = self.json("ledger", "list", "--all-tenants", "--turn",
                         out["turn"])
        self.assertEqual({r["fields"]["billing"] for r in rows}, {"platform"})

    def test_every_request_is_recorded_before_and_after(self):
        with Upstream(http_answer("401 No", "{}")) as llm:
            self.configure(llm.url)
            out = self.expect(["failed", NO, NO, NO])
            rows = self.rows(out["turn"])
            self.assertEqual([r["type"] for r in rows],
                             ["intent", "outcome"] * len(llm.requests))
            self.assertEqual(len(llm.requests), 2)
            self.assertEqual({r["fields"]["source"] for r in rows}, {"test"})
            self.assertEqual([r["fields"]["purpose"] for r in rows
                              if r["type"] == "intent"], ["models", "test"])
            for row in rows:
                self.assertEqual(row["fields"]["attempt"], "1")

    def test_a_list_of_models_is_a_call_with_the_key(self):
        key = make_key()
        body = '{"data":[{"id":"a-model"},{"id":"bad\\u0000name"},{"id":7}]}'
        with Upstream(http_answer("200 OK", body)) as llm:
            self.configure(llm.url, key=key)
            self.assertEqual(self.json("config", "models"), ["a-model"])
            self.assertEqual(self.byollm("config", "models")[0], "a-model\n")
            head, _, rest = llm.requests[0].partition(b"\r\n\r\n")
            self.assertTrue(head.startswith(b"GET /v1/models HTTP/1.1\r\n"))
            self.assertIn(b"authorization: Bearer " + key.encode(), head)
            self.assertNotIn(b"content-length", head.lower())
            self.assertEqual(rest, b"")
        rows = self.json("ledger", "list")
        kinds = [r["type"] for r in rows if r["type"] != "change"]
        self.assertEqual(kinds, ["intent", "outcome"] * 2)
        self.assertEqual(rows[-1]["fields"]["status"], "success")

    def test_nobody_tests_without_end(self):
        with Standin() as llm, self.serving():
            self.configure(llm.url)
            for _ in range(3):
                self.json("config", "test")
                self.json("config", "models")
            out, err = self.byollm("--json", "config", "test", code=1)
            why = json.loads(out + err)
            self.assertEqual(why["code"], "limit_exceeded")
            self.assertLessEqual(why["retry_after_ms"], 60_000)
            self.refuses("try again in", "config", "models")
            # Others may.
            self.byollm("--user", "other", "config", "set", "--provider",
                        "openai", "--model", "m", "--base-url", llm.url,
                        stdin=make_key())
            self.json("--user", "other", "config", "test")

    def test_who_has_no_llm_has_nothing_to_test(self):
        self.refuses("not_found", "config", "test")
        self.refuses("not_found", "config", "models")
        with Standin() as llm:
            # One that is switched off may be looked at before it is used.
            self.configure(llm.url, "openai", None, "m", "--disabled")
            self.assertTrue(self.json("config", "test")["ok"])
            self.refuses("no_provider", "resolve")

    def test_the_platforms_is_off_and_can_be_looked_at(self):
        with Standin() as llm:
            self.byollm("origin", "allow", "--platform", llm.url)
            self.configure(llm.url, "openai", None, "m", "--platform",
                           "--disabled")
            told = self.refuses("no_provider", "chat", "hello")
            self.assertIn("the platform's is switched off", told)
            self.assertTrue(self.json("config", "test", "--platform")["ok"])
            self.assertTrue(self.json("config", "models", "--platform"))
            # All of that was the admin's own: no user's call was made.
            self.assertEqual(
                self.json("ledger", "list", "--type", "intent"), [])
            self.platform(llm, "--enabled")
            self.assertFalse(self.json("resolve")["is_byollm"])

    def platform(self, llm, *more):
        return self.byollm("config", "set", "--platform", "--provider",
                           "openai", "--model", "m", "--base-url", llm.url,
                           "--keep-key", *more)

    def test_what_is_off_stays_off_until_it_is_switched_on(self):
        with Standin() as llm:
            self.byollm("origin", "allow", "--platform", llm.url)
            self.configure(llm.url, "openai", None, "m", "--platform",
                           "--disabled")
            _, err = self.platform(llm)
            self.assertIn("note: it is switched off", err)
            self.refuses("no_provider", "resolve")
            # Who asks for that need not be told.
            _, err = self.platform(llm, "--disabled")
            self.assertNotIn("switched off", err)
            self.configure(llm.url, "openai", None, "m", "--disabled")
            self.configure(llm.url, "openai", None, "m-2")
            now = self.json("config", "show")
            self.assertEqual((now["enabled"], now["model"]), (False, "m-2"))
            self.configure(llm.url, "openai", None, "m-2", "--enabled")
            self.assertTrue(self.json("resolve")["is_byollm"])


if __name__ == "__main__":
    unittest.main()

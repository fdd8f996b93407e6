# SPDX-License-Identifier: Apache-2.0
"""Goal: every error of the system is a typed exception here.

Method: compare the table with messages/errors.cpp and docs/service.md.
"""

import os
import re
import unittest

from support import SOURCE

from byollm import errors
from byollm.errors import BY_CODE, LLMError, error_from_json, make_error

FULL = {"error": {
    "code": "rate_limited", "message": "m", "remedy": "r", "sent": "yes",
    "parameter": "p", "retry_after_ms": 1500, "http_status": 429,
    "provider_code": "pc", "provider_request_id": "pr", "call": "c"}}


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


class Table(unittest.TestCase):

    def test_no_error_of_the_system_is_missing(self):
        codes = set(re.findall(r'error_text\{errc::\w+, "(\w+)"',
                               read("messages/errors.cpp"))) - {"none"}
        self.assertGreater(len(codes), 40)
        self.assertEqual(codes - set(BY_CODE), set())

    def test_no_error_of_the_service_is_missing(self):
        text = read("docs/service.md")
        rows = re.findall(r"^\| \d{3} \| (.*) \|$", text, re.MULTILINE)
        codes = {code for row in rows for code in re.findall(r"`(\w+)`", row)}
        codes |= set(re.findall(r"`(\w+)` \(\d{3}\)", text))
        self.assertGreater(len(codes), 20)
        self.assertEqual(codes - set(BY_CODE), set())

    def test_the_table_has_nothing_else(self):
        known = read("messages/errors.cpp") + read("docs/service.md")
        for code in BY_CODE:
            self.assertRegex(known, rf"\b{code}\b")

    def test_every_class_has_a_code_and_is_public(self):
        classes = {x for x in vars(errors).values()
                   if isinstance(x, type) and issubclass(x, LLMError)}
        self.assertEqual(classes - {LLMError}, set(BY_CODE.values()))
        import byollm
        for one in classes:
            self.assertIn(one.__name__, byollm.__all__)
            self.assertTrue(one.__doc__)


class Values(unittest.TestCase):

    def test_everything_that_was_said_is_there(self):
        error = error_from_json(FULL)
        self.assertIs(type(error), errors.RateLimitedError)
        self.assertIsInstance(error, errors.OverloadedError)
        self.assertEqual(
            (error.code, error.message, error.remedy, error.sent,
             error.parameter, error.retry_after, error.http_status,
             error.provider_code, error.provider_request_id, error.call),
            ("rate_limited", "m", "r", "yes", "p", 1.5, 429, "pc", "pr", "c"))
        self.assertEqual(str(error), "rate_limited (p): m r")

    def test_a_code_from_the_future(self):
        error = error_from_json({"error": {"code": "moon_phase"}})
        self.assertIs(type(error), LLMError)
        self.assertEqual(error.code, "moon_phase")
        self.assertEqual(error.sent, "maybe")

    def test_what_is_no_error(self):
        for what in (None, [], "x", {}, {"error": "x"}, {"error": {}},
                     {"error": {"code": 7}}):
            error = error_from_json(what, 500)
            self.assertEqual(error.code, "protocol")
            self.assertIn("500", str(error))

    def test_fields_of_another_type_are_left_out(self):
        error = error_from_json({"error": {
            "code": "cancelled", "message": 1, "retry_after_ms": "x",
            "http_status": [], "call": {}}})
        self.assertEqual((error.message, error.retry_after, error.http_status,
                          error.call), ("", None, None, None))

    def test_the_languages_own_families(self):
        self.assertIsInstance(make_error("idle_timeout"), TimeoutError)
        self.assertIsInstance(make_error("tls_failed"), ConnectionError)

    def test_a_handlers_type(self):
        error = error_from_json({"error": {"code": "handler_failed",
                                           "type": "KeyError"}})
        self.assertIsInstance(error, errors.HandlerFailedError)
        self.assertEqual(error.type, "KeyError")


if __name__ == "__main__":
    unittest.main()

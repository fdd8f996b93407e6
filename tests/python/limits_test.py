# SPDX-License-Identifier: Apache-2.0
"""Goal: the package bounds what the service bounds, alike: nothing that byollmd
may say is refused here, and what it would refuse is not sent.

Method: read the twins in messages/limits.hpp, and the names that a log line
may not have in app/service/llm_routes.cpp.
"""

import os
import re
import unittest

from support import SOURCE
from byollm import limits
from byollm.log import LOG_NAMES_OF_THE_SERVICE

CONSTANT = re.compile(r"^inline constexpr size_t (\w+) = ([^;]+);",
                      re.MULTILINE)

# Ours, and its twin there.
TWINS = {
    "REQUEST_BYTES_MAX": "request_bytes_max",
    "PROVIDER_ANSWER_BYTES_MAX": "answer_bytes_max",
    "ERROR_BODY_BYTES_MAX": "error_body_bytes_max",
    "HEAD_BYTES_MAX": "http_header_bytes_max",
    "HEADER_FIELDS_MAX": "http_header_fields_max",
    "INTERIM_RESPONSES_MAX": "http_interim_responses_max",
    "LOG_LINE_BYTES_MAX": "log_line_bytes_max",
    "LOG_FIELDS_MAX": "log_fields_max",
    "ERROR_TYPE_CHARS_MAX": "handler_error_type_bytes_max",
}


def service_limits():
    path = os.path.join(SOURCE, "messages", "limits.hpp")
    with open(path, encoding="utf-8") as file:
        found = dict(CONSTANT.findall(file.read()))
    known = {}
    for name, text in found.items():
        text = re.sub(r"(?<=[0-9])(?:ull|u)\b", "", text.replace("'", ""))
        if re.fullmatch(r"[0-9 <*]+", text):
            known[name] = eval(text)  # numbers and shifts only
    return known


class Limits(unittest.TestCase):

    def setUp(self):
        self.service = service_limits()

    def test_twins(self):
        for ours, theirs in TWINS.items():
            self.assertEqual(getattr(limits, ours), self.service[theirs], ours)

    def test_names_of_a_log_line(self):
        path = os.path.join(SOURCE, "app", "service", "llm_routes.cpp")
        with open(path, encoding="utf-8") as file:
            ours = re.search(r"ours\s*= \{([^}]+)\}", file.read())
        self.assertEqual(set(re.findall(r'"(\w+)"', ours[1])),
                         LOG_NAMES_OF_THE_SERVICE)

    def test_whatever_the_service_answers_is_read(self):
        # The text of a reply stands in it twice.
        reply = 2 * self.service["answer_bytes_max"]
        for most in (limits.ANSWER_BYTES_MAX, limits.STREAM_LINE_BYTES_MAX,
                     limits.STREAM_EVENT_BYTES_MAX):
            self.assertGreater(most, reply)
            self.assertGreater(most, self.service["stream_event_bytes_max"])


if __name__ == "__main__":
    unittest.main()

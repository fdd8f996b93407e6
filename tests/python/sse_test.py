# SPDX-License-Identifier: Apache-2.0
"""Goal: the same events, however a stream is split; bounds hold.

Method: one stream with every kind of line, cut at each place and at each two.
"""

import unittest

import support  # noqa: F401
from byollm.errors import LLMError
from byollm.sse import Event, Parser

STREAM = ("\ufeffevent: delta\ndata: 1\n\n"
          ": a comment\r\n"
          "data: a\r\ndata:b\rdata:  \u00e4\r\r"
          "event: nothing\n\n"
          "id: 7\nretry: 1\nunknown\ndata\n\n"
          "event:reply\r\ndata: {\"x\": \"\u2028\"}\r\n\r\n"
          "data: never ended\n").encode()
EVENTS = [Event("delta", "1"), Event("message", "a\nb\n \u00e4"),
          Event("message", ""), Event("reply", '{"x": "\u2028"}')]


def parse(*parts):
    parser = Parser()
    return [event for part in parts for event in parser.feed(part)]


class Splits(unittest.TestCase):

    def test_whole(self):
        self.assertEqual(parse(STREAM), EVENTS)

    def test_every_split_in_two_and_three(self):
        for first in range(len(STREAM) + 1):
            for second in range(first, len(STREAM) + 1):
                self.assertEqual(parse(STREAM[:first], STREAM[first:second],
                                       STREAM[second:]), EVENTS)

    def test_byte_by_byte(self):
        self.assertEqual(parse(*(STREAM[i:i + 1] for i in range(len(STREAM)))),
                         EVENTS)


class Bounds(unittest.TestCase):

    def refused(self, parser, *parts):
        with self.assertRaises(LLMError) as caught:
            for part in parts:
                parser.feed(part)
        self.assertEqual(caught.exception.code, "protocol")

    def test_a_line(self):
        self.assertEqual(Parser(line_max=10).feed(b"data: 1234\n\n"),
                         [Event("message", "1234")])
        self.refused(Parser(line_max=10), b"data: 12345\n\n")
        # Also if its end never comes.
        self.refused(Parser(line_max=10), *[b"x"] * 11)

    def test_an_event(self):
        self.assertEqual(len(Parser(event_max=14).feed(
            b"data: 1\ndata: 2\n\n")), 1)
        self.refused(Parser(event_max=14), b"data: 1\n", b"data: 22\n")
        self.refused(Parser(event_max=14), *[b"data\n"] * 4)

    def test_no_utf8(self):
        self.refused(Parser(), b"data: \xff\n\n")


if __name__ == "__main__":
    unittest.main()

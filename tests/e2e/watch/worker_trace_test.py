# SPDX-License-Identifier: Apache-2.0
"""Goal: what a worker's function asks is part of the trace that its host is in,
without the function's doing. Method: a host, byollmd, a worker, a provider and
a collector over real connections; the spans and the provider's head make one
chain (tracing.py).
"""

import secrets
import unittest

from tracing import PARENT, PROMPT, TraceCase


class Workers(TraceCase):
    """A host runs a function in a trace, and the function asks."""

    def setUp(self):
        super().setUp()
        self.worker("trouble")
        self.trace, self.span = secrets.token_hex(16), secrets.token_hex(8)

    def run_in_the_trace(self, function, count):
        """Returns the result of the turn, and the spans by their names."""
        got = self.turn("ada", "trouble", function, message=PROMPT,
                        traceparent=f"00-{self.trace}-{self.span}-01",
                        tracestate="their=state")
        spans = self.collector.spans(count, trace=self.trace)
        named = {each["name"]: each for each in spans}
        self.assertEqual(len(named), count)
        return got, named

    def check_sent(self, attempt):
        sent = PARENT.match(self.provider.header("traceparent"))
        self.assertEqual(sent.groups(), (self.trace, attempt["spanId"], "01"))
        self.assertEqual(self.provider.header("tracestate"), "their=state")

    def test_one_chain_from_the_host_to_the_provider(self):
        got, named = self.run_in_the_trace("traced", 4)
        turn = named["POST /v1/turns"]
        call = named["POST /v1/llm/messages"]
        attempt = named["chat ada-model"]
        self.assertEqual(turn["parentSpanId"], self.span)
        self.assertEqual(call["parentSpanId"], turn["spanId"])
        self.assertEqual(attempt["parentSpanId"], call["spanId"])
        self.assertEqual(named["POST /v1/invocations/{}"]["parentSpanId"],
                         turn["spanId"])
        self.check_sent(attempt)
        # What the function itself reads of it.
        self.assertEqual(got.result["data"],
                         [f"00-{self.trace}-{turn['spanId']}-01", "their=state"])
        self.assertEqual([x["call"] for x in self.outcomes(got.turn)],
                         [attempt["attributes"]["byollm.call"]])

    def test_a_worker_that_does_not_carry_it_on(self):
        _, named = self.run_in_the_trace("untraced", 3)
        attempt = named["chat ada-model"]
        self.assertEqual(attempt["parentSpanId"],
                         named["POST /v1/turns"]["spanId"])
        self.check_sent(attempt)

    def test_a_turn_without_a_trace_begins_one(self):
        got = self.turn("ada", "trouble", "traced", message=PROMPT)
        begun, _ = got.result["data"]
        trace = PARENT.match(begun).group(1)
        named = {each["name"] for each in self.collector.spans(4, trace=trace)}
        self.assertEqual(len(named), 4)
        self.assertEqual(
            PARENT.match(self.provider.header("traceparent")).group(1), trace)


if __name__ == "__main__":
    unittest.main()

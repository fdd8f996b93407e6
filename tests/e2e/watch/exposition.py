# SPDX-License-Identifier: Apache-2.0
"""Reads Prometheus' text format, version 0.0.4, and takes nothing that breaks
its rules or the conventions for names: stricter than any client must be."""

import math
import re

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
LABEL = re.compile(r'([a-z][a-z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
SAMPLE = re.compile(r"([a-z][a-z0-9_]*)(?:\{(.*)\})? (\S+)\Z")
UNITS = ("_seconds", "_bytes")


class Family:
    def __init__(self, name, text):
        self.name = name
        self.help = text
        self.type = None
        self.samples = {}

    def labels(self):
        """Returns the names of labels, those of histograms' buckets left out."""
        return {name for _, labels in self.samples for name, _ in labels
                if name != "le"}


class Metrics:
    def __init__(self, text):
        self.families = {}
        self.current = None
        if not text.endswith("\n"):
            raise ValueError("the last line has no end")
        for line in text[:-1].split("\n"):
            self._take(line)
        for family in self.families.values():
            check(family)

    def _take(self, line):
        if line.startswith("# HELP "):
            _, _, name, text = line.split(" ", 3)
            if name in self.families:
                raise ValueError(f"{name} comes twice")
            self.current = self.families[name] = Family(name, text)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            if name != self.current.name or self.current.type:
                raise ValueError(line)
            self.current.type = kind
        else:
            self._sample(line)

    def _sample(self, line):
        found = SAMPLE.match(line)
        if not found:
            raise ValueError(f"no sample: {line!r}")
        name, labels, value = found.groups()
        family = self.current
        ends = (("_bucket", "_sum", "_count")
                if family.type == "histogram" else ("",))
        if name not in [family.name + end for end in ends]:
            raise ValueError(f"{name} is not of {family.name}")
        key = (name, read_labels(labels or ""))
        if key in family.samples:
            raise ValueError(f"{line} comes twice")
        family.samples[key] = float(value)

    def series(self):
        return {key for x in self.families.values() for key in x.samples}

    def value(self, name, **labels):
        """Returns the sum of the samples that have these labels."""
        return sum(value for family in self.families.values()
                   for (sample, has), value in family.samples.items()
                   if sample == name and labels.items() <= dict(has).items())


def read_labels(text):
    labels = []
    while text:
        found = LABEL.match(text)
        if not found:
            raise ValueError(f"no label: {text!r}")
        labels.append(found.groups())
        text = text[found.end():]
        if text and not text.startswith(","):
            raise ValueError(f"no comma: {text!r}")
        text = text[1:]
    if len(dict(labels)) != len(labels):
        raise ValueError(f"a label comes twice: {labels}")
    return frozenset(labels)


def check(family):
    name = family.name
    problems = []
    if not NAME.match(name) or not name.startswith("byollm_"):
        problems.append("the name")
    if family.type not in ("counter", "gauge", "histogram"):
        problems.append(f"the type {family.type}")
    if not family.help.strip():
        problems.append("no help")
    if not family.samples:
        problems.append("no sample")
    if (family.type == "counter") != name.endswith("_total"):
        problems.append("counters, and nothing else, end in _total")
    if family.type == "histogram" and not name.endswith(UNITS):
        problems.append("a histogram without a base unit")
    for value in family.samples.values():
        if math.isnan(value) or (family.type == "counter" and value < 0):
            problems.append(f"the value {value}")
    if family.type == "histogram":
        problems += check_buckets(family)
    if problems:
        raise ValueError(f"{name}: {', '.join(problems)}")


def check_buckets(family):
    rows = {}
    for (name, labels), value in family.samples.items():
        bound = dict(labels).get("le")
        key = frozenset(x for x in labels if x[0] != "le")
        row = rows.setdefault(key, {"buckets": []})
        if name.endswith("_bucket"):
            row["buckets"].append((float(bound), value))
        else:
            row[name[len(family.name):]] = value
    for row in rows.values():
        counts = [count for _, count in sorted(row["buckets"])]
        if counts != sorted(counts):
            yield "buckets that do not add up"
        if max(row["buckets"])[0] != math.inf or counts[-1] != row["_count"]:
            yield "no bucket of all"
        if "_sum" not in row:
            yield "no sum"

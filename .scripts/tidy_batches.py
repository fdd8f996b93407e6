# SPDX-License-Identifier: Apache-2.0
"""Which sources clang-tidy can read as one, for the headers that they share.

Most of its time goes into headers: parsing CAF or the standard library, and
matching each check against each declaration in them. Sources of one target,
one after the other in one file, pay for that once. Two that have an internal
name in common are kept apart; what is missed here does not compile as one.
"""

import re

SIZE = 10

# Names at the start of a line, where our format has them; some more do no harm.
NAME = re.compile(
    r"(?:struct|class|enum(?: class)?|union|using) (\w+)"
    r"|[A-Za-z].*?\b(\w+) ?(?:[(\[{=;]|$)"
    r"|# *define (\w+)"
)


def internal_names(text):
    """Returns the names that `text` has to itself."""
    names = set()
    inside = False
    for line in text.splitlines():
        if line.startswith(("namespace {", "inline namespace {")):
            inside = True
        elif line.startswith("} // namespace"):
            inside = False
        elif inside or line.startswith(("static ", "#")):
            if match := NAME.match(line):
                names.update(filter(None, match.groups()))
    return names


def batches(files, kind, jobs):
    """Returns lists of files of one kind (target and flags) that get along;
    no fewer than keep `jobs` busy."""
    size = max(1, min(SIZE, len(files) // (2 * jobs)))
    made = {}
    for file in files:
        names = internal_names(file.read_text(encoding="utf-8"))
        of_kind = made.setdefault(kind(file), [])
        for batch, taken in of_kind:
            if len(batch) < size and not names & taken:
                batch.append(file)
                taken |= names
                break
        else:
            of_kind.append(([file], names))
    return [batch for of_kind in made.values() for batch, _ in of_kind]


def as_one(batch):
    """Returns the text of all files. They are not included: some checks, and
    the analyzer, look at the main file alone."""
    return "\n".join(file.read_text(encoding="utf-8") for file in batch)

# SPDX-License-Identifier: Apache-2.0
"""The memory of another process, as an attacker of the same user reads it."""


def read_memory(pid):
    """Yields the name and content of each readable mapping."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, \
            open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            place, rights, *rest = line.split()
            # Pages of the kernel's cannot be read.
            if not rights.startswith("r") or rest[3:] and rest[3].startswith(
                    ("[vvar", "[vsyscall")):
                continue
            begin, end = (int(x, 16) for x in place.split("-"))
            memory.seek(begin)
            yield " ".join(rest[3:]) or "anonymous", memory.read(end - begin)

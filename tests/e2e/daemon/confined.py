# SPDX-License-Identifier: Apache-2.0
"""confined.py FAMILY,... -- COMMAND...: runs a command that may make sockets of
these address families only, as systemd's RestrictAddressFamilies has it."""

import ctypes
import os
import platform
import socket
import struct
import sys

# The number of socket(2).
NUMBERS = {"x86_64": 41, "aarch64": 198}

# Of a classic BPF program: load a word, jump if equal, return.
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
# Where seccomp has the system call's number, and its first argument.
NUMBER_AT, FIRST_AT = 0, 16
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
EAFNOSUPPORT = 97
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def is_possible():
    return platform.machine() in NUMBERS and sys.byteorder == "little"


def program(families):
    """Returns the filter, instruction by instruction."""
    count = len(families)
    steps = [(LOAD, 0, 0, NUMBER_AT),
             # Another call: to the end.
             (EQUAL, 0, count + 2, NUMBERS[platform.machine()]),
             (LOAD, 0, 0, FIRST_AT)]
    steps += [(EQUAL, count - i, 0, family)
              for i, family in enumerate(families)]
    return [*steps, (RETURN, 0, 0, REFUSE | EAFNOSUPPORT),
            (RETURN, 0, 0, ALLOW)]


def confine(families):
    """Binds this process and all that it starts."""
    steps = program(families)
    code = ctypes.create_string_buffer(
        b"".join(struct.pack("HBBI", *step) for step in steps))
    whole = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    for words in ((PR_SET_NO_NEW_PRIVS, 1, 0),
                  (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, whole)):
        if libc.prctl(*words, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    confine([int(getattr(socket, name)) for name in sys.argv[1].split(",")])
    os.execvp(sys.argv[3], sys.argv[3:])

# SPDX-License-Identifier: Apache-2.0
"""Goal: a key that came over HTTP, in whatever way and whether it was taken or
not, is nowhere in byollmd's memory once that is idle.

Method: keys are sent over the Unix socket and loopback, each in a way of its
own; those that were taken are used. Then this process reads all of byollmd's
memory and looks for every eight bytes of each. That they would be found is shown
by a key that byollmd is made to keep: in the place of a model's name.
"""

import asyncio
import itertools
import os
import sys
import unittest

from service import HERE, ServiceCase
from keys_in import REFUSED, TAKEN, TORN, Finder, Peer, Ways, make_marked_key

sys.path.append(os.path.join(HERE, "..", "secrets"))

from process_memory import read_memory  # noqa: E402

CALLS = 20
# As keys are; and so long that what is let go of is not soon written over.
SIZES = (48, 3_000)


class Memory(ServiceCase):
    SETTINGS = '[listen]\nhttp = "127.0.0.1:0"\n'
    ENVIRONMENT = {"LD_PRELOAD": os.environ["READABLE_SHIM"]}

    def setUp(self):
        super().setUp()
        self.byollm("origin", "allow", self.llm.url)
        self.panel = self.add_token("panel", "config")
        port = int(self.daemon.first_line.split("http://")[1]
                   .split(";")[0].rpartition(":")[2])
        self.places = {"socket": self.socket, "loopback": port}
        self.finder = Finder()

    def body(self, user, **more):
        return lambda key: {"tenant": self.TENANT, "user": user,
                            "provider": "openai", "model": "m",
                            "base_url": self.llm.url, "key": key, **more}

    def connect(self, place):
        peer = Peer(self.places[place])
        self.addCleanup(peer.close)
        return peer

    def send(self, place, way, size, wanted):
        """Sends a new key; returns the connection and whose it is."""
        key = make_marked_key(size)
        user = f"{way}-{place}-{size}"
        self.finder.add(key, user)
        peer = self.connect(place)
        ways = Ways(self.panel, self.body(user))
        self.assertEqual(getattr(ways, way)(peer, key), wanted, user)
        return peer, user

    def call(self, user):
        async def ask():
            async with self.client() as host:
                token = (await host.mint(self.TENANT, user, "notes")).token
                llm = (await host.context(token)).llm
                self.assertTrue(llm.is_byollm)
                for _ in range(CALLS):
                    await llm.create_message("q")
        asyncio.run(ask())

    def look(self):
        """Returns what is in the memory of byollmd, and its size."""
        found, size = {}, 0
        for name, content in read_memory(self.daemon.pid):
            size += len(content)
            for way, count in self.finder.find(content).items():
                found[way, name] = found.get((way, name), 0) + count
        return found, size

    def settle(self):
        """Returns once byollmd has seen the end of what is closed."""
        for place in self.places:
            for _ in range(os.cpu_count() + 1):
                peer = self.connect(place)
                peer.send(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
                self.assertEqual(peer.status(), 200)
                peer.close()

    def test_no_key_stays(self):
        sent = 0
        for place, size in itertools.product(self.places, SIZES):
            for way, wanted in TAKEN.items():
                # Its connection stays open while the memory is read.
                _, user = self.send(place, way, size, wanted)
                self.call(user)
            for way, wanted in {**REFUSED, **TORN}.items():
                self.send(place, way, size, wanted)[0].close()
            sent += len(TAKEN) + len(REFUSED) + len(TORN)
        self.settle()
        found, size = self.look()
        self.assertEqual(found, {})
        self.assertEqual(self.finder.find(self.log().encode()), {})
        print(f"{sent} keys in, {size >> 20} MiB read, found 0 times")

    def test_a_key_that_is_kept_is_found(self):
        key = make_marked_key(48)
        self.finder.add(key, "kept")
        peer = self.connect("socket")
        ways = Ways(self.panel, self.body("ada", model=key))
        self.assertEqual(ways.small(peer, "another-key-of-this-user"), [200])
        found, _ = self.look()
        self.assertGreaterEqual(sum(found.values()), len(key) - 7)


if __name__ == "__main__":
    unittest.main()

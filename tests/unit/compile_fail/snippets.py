# SPDX-License-Identifier: Apache-2.0
"""Goal: what must not happen to keys, receipts and identities does not compile,
for the reason that is meant.

Method: each snippet is compiled as it should be, which must work, and with the
one change that must not; the two differ in nothing else.
"""

import concurrent.futures
import os
import re
import subprocess
import tempfile
import unittest

SOURCE = os.environ["BYOLLM_SOURCE"]
CXX = os.environ["BYOLLM_CXX"]

OPENED = '''
#include "messages/ports/vault.hpp"
using namespace byollm;
void wipe(char*, size_t) noexcept {}
opened_key make() { return {nullptr, 0, wipe}; }
'''

SECRET = '''
#include "app/vault/secret_bytes.hpp"
#include <iostream>
#include <vector>
using namespace byollm;
secret_bytes make();
'''

TARGET = '''
#include "messages/target.hpp"
using namespace byollm;
endpoint<user_owner> to_user();
endpoint<platform_owner> to_platform();
credential<user_owner> of_user();
credential<platform_owner> of_platform();
'''

RECEIPTS = '''
#include "messages/ports/vault.hpp"
using namespace byollm;
llm_target::ptr target();
intent_receipt_ptr receipt();
lease_ticket_ptr ticket();
key_vault& vault();
'''

IDENTITY = '''
#include "messages/turn.hpp"
using namespace byollm;
tenant_id tenant();
user_id user();
app_id app();
turn_id turn();
'''

# What it is about: the shared part, what compiles, what must not.
SNIPPETS = {
    "an opened key is not copied":
        (OPENED, "auto a = make(); opened_key b = std::move(a);",
         "auto a = make(); opened_key b = a;"),
    "an opened key is not assigned":
        (OPENED, "auto a = make(); auto b = std::move(a);",
         "auto a = make(); auto b = make(); b = std::move(a);"),
    "an opened key has no printable form":
        (OPENED + "#include <iostream>\n",
         "std::cout << make().bytes().size();", "std::cout << make();"),
    "an opened key is no string":
        (OPENED, "auto s = make().bytes().size(); (void)s;",
         "std::string s = make(); (void)s;"),
    "opened keys are not copied in bulk":
        (OPENED + "#include <vector>\n",
         "std::vector<opened_key> a; auto b = std::move(a);",
         "std::vector<opened_key> a; auto b = a; b.push_back(make());"),
    "an opened key does not travel in a message":
        (OPENED + "#include <caf/make_message.hpp>\n",
         "auto m = caf::make_message(make().bytes().size()); (void)m;",
         "auto m = caf::make_message(make()); (void)m;"),
    "an opened key is not serialised":
        (OPENED + "#include <caf/binary_serializer.hpp>\n",
         "std::vector<char> to; caf::binary_serializer out{nullptr, to};"
         "auto n = make().bytes().size(); (void)out(n);",
         "std::vector<char> to; caf::binary_serializer out{nullptr, to};"
         "auto n = make(); (void)out(n);"),
    "secret bytes are not copied":
        (SECRET, "auto a = make(); auto b = std::move(a);",
         "auto a = make(); auto b = a;"),
    "secret bytes have no printable form":
        (SECRET, "std::cout << make().bytes().size();", "std::cout << make();"),
    "a master key of the ring is not copied":
        ('#include "app/vault/key_ring.hpp"\nusing namespace byollm;\n'
         "ring_key make();\n",
         "auto a = make(); auto b = std::move(a);",
         "auto a = make(); auto b = a;"),
    "a platform's key does not go to a user's endpoint":
        (TARGET, 'llm_target::bind(to_user(), of_user(), "m");',
         'llm_target::bind(to_user(), of_platform(), "m");'),
    "a user's key does not go to the platform's endpoint":
        (TARGET, 'llm_target::bind(to_platform(), of_platform(), "m");',
         'llm_target::bind(to_platform(), of_user(), "m");'),
    "a target is made by binding only":
        (TARGET, 'auto t = llm_target::bind(to_user(), of_user(), "m");',
         "llm_target t;"),
    "a receipt is made by the ledger only":
        (RECEIPTS, "auto r = receipt(); (void)r->call();",
         'intent_receipt r{"call", 1, 1};'),
    "a ticket is made by the auth gateway only":
        (RECEIPTS, "auto t = ticket(); (void)t->target();",
         "lease_ticket t{target(), receipt()};"),
    "a key is opened by a ticket only":
        (RECEIPTS, "(void)vault().redeem(*ticket());",
         "(void)vault().redeem(*target());"),
    "an identity has no default":
        (IDENTITY, "identity who{tenant(), user(), app()};", "identity who{};"),
    "an identity is whole":
        (IDENTITY, "identity who{tenant(), user(), app()};",
         "identity who{tenant(), user()};"),
    "an identity is no text":
        (IDENTITY, "identity who{tenant(), user(), app()};",
         'identity who{"acme", "ada", "notes"};'),
    "a user is not a tenant":
        (IDENTITY, "identity who{tenant(), user(), app()};",
         "identity who{user(), tenant(), app()};"),
}


WRONG_REASON = re.compile(
    r"snippet\.cpp:[^\n]*error:[^\n]*(No such file|not declared)")


class Snippets(unittest.TestCase):

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="byollm-snippets-")
        self.addCleanup(holder.cleanup)
        self.directory = holder.name

    def compiles(self, name, shared, body):
        file = os.path.join(self.directory, name + "snippet.cpp")
        with open(file, "w", encoding="ascii") as out:
            out.write(f"{shared}\nvoid snippet() {{\n{body}\n}}\n")
        done = subprocess.run(
            [CXX, "-std=c++20", "-fsyntax-only", "-I", SOURCE, file],
            capture_output=True, text=True)
        return done.returncode == 0, done.stderr

    def compile_both(self, number, snippet):
        shared, good, bad = snippet
        return (self.compiles(f"{number}-good-", shared, good),
                self.compiles(f"{number}-bad-", shared, bad))

    def test_each_snippet_compiles_as_it_should_only(self):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(self.compile_both, range(len(SNIPPETS)),
                                    SNIPPETS.values()))
        for about, (good, bad) in zip(SNIPPETS, results):
            with self.subTest(about):
                fine, said = good
                self.assertTrue(fine, said[:2000])
                fine, said = bad
                self.assertFalse(fine, "it compiles")
                # Not a header that is missing, nor a name of ours.
                self.assertIsNone(WRONG_REASON.search(said), said[:2000])
        print(f"{len(SNIPPETS)} snippets refused, their twins compile")


if __name__ == "__main__":
    unittest.main(verbosity=2)

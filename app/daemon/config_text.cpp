// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/config.hpp"

namespace byollm::daemon {

std::string_view config_text() noexcept {
  return R"(# byollmd: every setting with its default. Relative paths are relative to this
# file. What an admin changes while it runs (LLMs, prices, tokens) is in the data
# directory; `byollm` changes that. SIGHUP has this file read again; what of it
# needs a restart is in docs/operations.md, and in the log.

# Where store, keys and ledger lie; made with mode 0700. Required.
data_directory = "data"

[listen]
# The Unix socket; empty: byollmd.sock in the data directory.
socket = ""
# Who may connect to it. A token is asked for all the same. Others than our own
# user need a socket that is not in the data directory, which is private.
socket_mode = "0600"
# Loopback HTTP, "127.0.0.1:8787" for example; empty: none.
http = ""
# Whether that may be an address that other machines reach. Tokens go there in
# the clear: for a network of your own, or a proxy with TLS on another machine.
remote = false
# Prometheus metrics at /metrics, without a token and with nothing else there,
# "127.0.0.1:9464" for example; empty: only where a token is asked for.
metrics = ""
# Names beside "localhost" that requests over HTTP may be addressed to.
hosts = []
# How people reach the pages if a proxy with TLS stands in front, as
# "https://llm.example.com"; empty: at the address above.
public_url = ""

[runtime]
# Threads that do all the work; 0: one per core.
loops = 0
# Calls at a time: of one tenant, and in all; 0: 256 and 4096.
calls_per_tenant = 0
calls = 0
# Seconds that turns under way go on with a key that was replaced.
key_drain = 600
# PEM file with certificate authorities beside the system's.
ca_file = ""

[ledger]
# Second places for its checkpoints: a file on another volume, and the system
# log ("auth" or "authpriv").
anchor_file = ""
anchor_syslog = ""

[trace]
# Where spans go, by OTLP as JSON over HTTP: "http://127.0.0.1:4318" for example;
# empty: there are none.
endpoint = ""
# Of the requests that come without a trace, how many are recorded, 0 to 1. Those
# that come with one are recorded if it says so.
ratio = 1.0

[log]
# To stderr: debug, info, warning or error; as text for people ("human") or one
# JSON object a line ("json").
level = "info"
format = "human"
# A line of JSON for each HTTP request: a file, which SIGHUP opens anew, or "-"
# for stdout; empty: none. And whether the lines name users.
access_file = ""
access_users = true
)";
}

} // namespace byollm::daemon

// SPDX-License-Identifier: Apache-2.0
// Goal: the daemon's file is read as it is explained, and what is wrong in it
// is named with its line. Method: the file it prints, then one change at a
// time.
#include "app/daemon/config.hpp"

#include <catch2/catch.hpp>

namespace byollm::daemon {

namespace {

failure refusal(const std::string& text) {
  auto got = parse_config(text, "/etc/byollmd.toml");
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::invalid_config);
  return got.error();
}

} // namespace

TEST_CASE("the printed file has the defaults", "[daemon]") {
  auto got = parse_config(config_text(), "/etc/byollmd.toml");
  REQUIRE(got);
  CHECK(got->runtime.data_directory == "/etc/data");
  CHECK(got->socket == "/etc/data/byollmd.sock");
  CHECK(got->socket_mode == 0600);
  CHECK_FALSE(got->tcp);
  CHECK_FALSE(got->is_remote);
  CHECK_FALSE(got->metrics);
  CHECK_FALSE(got->collector);
  CHECK(got->trace_ratio == 1);
  CHECK(got->runtime.loops == 0);
  CHECK(got->runtime.key_drain == std::chrono::minutes{10});
  CHECK(got->runtime.anchor_file.empty());
  CHECK(got->least == log_level::info);
  CHECK(got->access == access_options{});
  // And nothing else is needed.
  auto least = parse_config("data_directory = \"d\"", "/etc/byollmd.toml");
  REQUIRE(least);
  CHECK(least->socket == "/etc/d/byollmd.sock");
  CHECK(least->socket_mode == got->socket_mode);
  CHECK(least->least == got->least);
}

TEST_CASE("every setting is read", "[daemon]") {
  auto got = parse_config(R"(
data_directory = "/srv/llm"
[listen]
socket = "/run/llm.sock"
socket_mode = "0660"
http = "[::1]:8787"
remote = true
hosts = ["LLM.local"]
public_url = "https://llm.example.com:8443"
metrics = "127.0.0.1:9464"
[runtime]
loops = 3
calls_per_tenant = 5
calls = 7
key_drain = 0
ca_file = "ca.pem"
[ledger]
anchor_file = "/mnt/anchor"
anchor_syslog = "authpriv"
[trace]
endpoint = "http://127.0.0.1:4318"
ratio = 0.25
[log]
level = "debug"
format = "json"
access_file = "access.log"
access_users = false
)",
                          "/etc/byollmd.toml");
  REQUIRE(got);
  CHECK(got->runtime.data_directory == "/srv/llm");
  CHECK(got->socket == "/run/llm.sock");
  CHECK(got->socket_mode == 0660);
  REQUIRE(got->tcp);
  CHECK(got->tcp->address == "::1");
  CHECK(got->tcp->port == 8787);
  CHECK(got->is_remote);
  CHECK(got->allowed_hosts
        == std::vector<std::string>{"llm.local", "llm.example.com"});
  CHECK(got->site.origin == "https://llm.example.com:8443");
  REQUIRE(got->metrics);
  CHECK(got->metrics->port == 9464);
  REQUIRE(got->collector);
  CHECK(got->collector->str() == "http://127.0.0.1:4318");
  CHECK(got->trace_ratio == 0.25);
  CHECK(got->runtime.loops == 3);
  CHECK(got->runtime.in_flight_per_tenant == 5);
  CHECK(got->runtime.in_flight_total == 7);
  CHECK(got->runtime.key_drain == std::chrono::seconds{0});
  CHECK(got->runtime.ca_pem_file == "/etc/ca.pem");
  CHECK(got->runtime.anchor_file == "/mnt/anchor");
  CHECK(got->runtime.anchor_syslog == "authpriv");
  CHECK(got->least == log_level::debug);
  CHECK(got->format == log_format::json);
  CHECK(got->access == access_options{"/etc/access.log", false});
}

TEST_CASE("what is wrong is named with its line", "[daemon]") {
  const std::string first = "data_directory = \"d\"\n";
  auto named = [&](const std::string& more) {
    auto why = refusal(first + more);
    CHECK(why.detail.find("line ") == 0);
    return why.parameter;
  };
  CHECK(refusal("").parameter == "data_directory");
  CHECK(named("datadir = 1") == "datadir");
  CHECK(named("[listen]\nhttps = \"x\"") == "listen.https");
  CHECK(named("[listen]\nhttp = \"8787\"") == "listen.http");
  CHECK(named("[listen]\nhttp = \"127.0.0.1:99999\"") == "listen.http");
  CHECK(named("[listen]\nhttp = \"localhost:8787\"") == "listen.http");
  CHECK(parse_config(first + "[listen]\nhttp = \"[::1]:8787\"", "/b.toml"));
  CHECK(named("[listen]\nsocket_mode = \"9\"") == "listen.socket_mode");
  CHECK(named("[listen]\nhosts = [5]") == "listen.hosts");
  CHECK(named("[listen]\nmetrics = \"9464\"") == "listen.metrics");
  CHECK(named("[trace]\nendpoint = \"https://h\"") == "trace.endpoint");
  CHECK(named("[trace]\nendpoint = \"h:4318\"") == "trace.endpoint");
  CHECK(named("[trace]\nratio = 1.5") == "trace.ratio");
  CHECK(named("[trace]\nratio = \"1\"") == "trace.ratio");
  CHECK(named("[runtime]\nloops = -1") == "runtime.loops");
  CHECK(named("[runtime]\nloops = \"2\"") == "runtime.loops");
  CHECK(named("[runtime]\nkey_drain = 86401") == "runtime.key_drain");
  CHECK(named("[ledger]\nanchor_syslog = \"mail\"") == "ledger.anchor_syslog");
  CHECK(named("[log]\nlevel = \"loud\"") == "log.level");
  CHECK(named("[log]\naccess_users = 1") == "log.access_users");
  CHECK(named("log = 5") == "log");
  CHECK(refusal(first + "[log]\nlevel = \"loud\"").detail.find("line 3") == 0);
  CHECK(refusal("data_directory =").detail.find("line 1") == 0);
  CHECK_FALSE(read_config("/nowhere/byollmd.toml"));
}

} // namespace byollm::daemon

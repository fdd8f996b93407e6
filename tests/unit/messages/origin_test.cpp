// SPDX-License-Identifier: Apache-2.0
// Goal: a base URL means one origin, and keys may go to public https only.
// Method: what people type, and what attackers type.
#include "messages/origin.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace byollm {

TEST_CASE("a base URL is one origin and a path", "[origin]") {
  struct row {
    std::string text;
    std::string origin;
    std::string path;
  };
  auto line = GENERATE(values<row>({
    {"https://api.openai.com/v1", "https://api.openai.com:443", "/v1"},
    {"https://API.OpenAI.com/v1///", "https://api.openai.com:443", "/v1"},
    {"HTTPS://api.openai.com", "https://api.openai.com:443", ""},
    {"https://api.openai.com.", "https://api.openai.com:443", ""},
    {"http://127.0.0.1:11434/", "http://127.0.0.1:11434", ""},
    {"http://localhost", "http://localhost:80", ""},
    {"https://[2606:4700::1111]:8443/x", "https://[2606:4700::1111]:8443",
     "/x"},
  }));
  auto url = base_url::parse(line.text);
  REQUIRE(url);
  CHECK(url->at().str() == line.origin);
  CHECK(url->path() == line.path);
}

TEST_CASE("the Host header leaves out the scheme's own port", "[origin]") {
  CHECK(base_url::parse("https://a.example")->at().host_header()
        == "a.example");
  CHECK(base_url::parse("https://a.example:8443")->at().host_header()
        == "a.example:8443");
  CHECK(base_url::parse("http://[::1]:80")->at().host_header() == "[::1]");
}

TEST_CASE("what is no base URL is refused and named", "[origin]") {
  auto text = GENERATE(
    as<std::string>{}, "", "api.openai.com", "ftp://x", "file:///etc/passwd",
    "unix:/run/docker.sock", "http+unix://x", "//host", "https://",
    "https://user:pw@host/", "https://host@evil", "https://host:0",
    "https://host:65536", "https://host:", "https://host:0443",
    "https://host:+1", "https://host/?q=1", "https://host/#f",
    "https://host\\evil", "https://ho st", "https://host/a b",
    "https://host/a\r\nX: y", "https://127.1", "https://2130706433",
    "https://0x7f000001", "https://0177.0.0.1", "https://[::1",
    "https://[fe80::1%25eth0]", "https://[127.0.0.1]", "https://-host",
    "https://host-", "https://a..b", "https://" + std::string(64, 'a') + ".b",
    "https://caf\xc3\xa9.example", "https://x/" + std::string(2'048, 'a'));
  auto url = base_url::parse(text);
  REQUIRE_FALSE(url);
  CHECK(url.error().code == errc::invalid_config);
  CHECK(url.error().parameter == "base_url");
}

TEST_CASE("keys go to public https origins only", "[origin]") {
  auto text = GENERATE(
    as<std::string>{}, "http://api.example.com", "https://127.0.0.1",
    "https://[::1]", "https://localhost", "https://LOCALHOST.",
    "https://foo.localhost", "https://10.0.0.1", "https://169.254.169.254",
    "https://[::ffff:10.0.0.1]", "https://[64:ff9b::a9fe:a9fe]",
    "https://api.example.com:22", "https://api.example.com:8443");
  auto may = check_origin(base_url::parse(text)->at(), {});
  REQUIRE_FALSE(may);
  CHECK(may.error().code == errc::origin_denied);
}

TEST_CASE("refused addresses and ports are refused in the same words",
          "[origin]") {
  auto says = [](const char* text) {
    return check_origin(base_url::parse(text)->at(), {}).error().detail;
  };
  CHECK(says("https://10.0.0.1") == says("https://169.254.169.254"));
  CHECK(says("https://10.0.0.1") == says("https://api.example.com:22"));
}

TEST_CASE("an allowed origin is that very origin", "[origin]") {
  std::vector<std::string> allowed{"http://127.0.0.1:11434"};
  auto reach_of = [&](const char* text) {
    return check_origin(base_url::parse(text)->at(), allowed);
  };
  REQUIRE(reach_of("http://127.0.0.1:11434/v1"));
  CHECK(*reach_of("http://127.0.0.1:11434") == reach::allowed);
  CHECK_FALSE(reach_of("http://127.0.0.1:11435"));
  CHECK_FALSE(reach_of("https://127.0.0.1:11434"));
  CHECK_FALSE(reach_of("http://localhost:11434"));
  CHECK(*reach_of("https://api.example.com") == reach::public_only);
}

} // namespace byollm

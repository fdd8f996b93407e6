// SPDX-License-Identifier: Apache-2.0
// Goal: no byte is stored in a key, a model, a URL or a name that could write a
// second header line or hide in one; a pasted line end is cut off, and said.
// Method: a table of bytes through the C++ API, for a user and for the
// platform.
#include "host_fixture.hpp"

#include "messages/limits.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

// What does not belong into a header's value, a host or a path.
std::vector<std::string> bad_bytes() {
  using namespace std::string_literals;
  return {"\r\nX-Evil: 1",
          "\nX-Evil: 1",
          "\rX-Evil: 1",
          "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
          "\r\n folded",
          "\0hidden"s,
          "\x01",
          "\x08",
          "\x1b[2J",
          "\tx",
          " x",
          "\x7f",
          "\x80",
          "\xff",
          "\xc2\xa0x",     // a no-break space
          "\xe2\x80\xa8x", // a line separator
          "\xc4\x8ax",     // its low byte is a line feed
          "\xef\xbb\xbfx", // a byte order mark
          "\xc0\x8ax"};    // an overlong line feed
}

llm_settings settings(std::string key, std::string model = "m",
                      std::string url = "") {
  llm_settings out;
  out.provider = "openai";
  out.model = std::move(model);
  out.base_url = std::move(url);
  out.key = std::move(key);
  return out;
}

// Says how `what` is refused for a user, the platform and its second choice,
// which must agree; nothing of it may be in the refusal's words.
errc refused(const runtime& rt, const llm_settings& what) {
  auto admin = rt.admin();
  std::vector<expected<llm_view>> all
    = {admin.set_user_llm("acme", "eve", what, "eve").get(),
       admin.set_platform_llm(what, "admin").get(),
       admin.set_second_choice(what, "admin").get()};
  for (auto& one : all) {
    if (one)
      return errc::none;
    CHECK(one.error().code == all.front().error().code);
    CHECK(describe(one.error()).find("Evil") == std::string::npos);
    CHECK(describe(one.error()).find("secret") == std::string::npos);
  }
  return all.front().error().code;
}

} // namespace

TEST_CASE("no field takes a byte that does not belong there", "[bytes]") {
  scratch_directory data;
  auto rt = start({.data_directory = data.path()});
  for (const auto& bad : bad_bytes()) {
    INFO("bytes: " << bad);
    CHECK(refused(*rt, settings("secret" + bad + "end")) == errc::invalid_key);
    CHECK(refused(*rt, settings("secret", "m" + bad + "end"))
          == errc::invalid_config);
    for (const auto& url :
         {"https://api." + bad + ".com", "https://api.com/" + bad + "/v1",
          "https://api.com:44" + bad + "3", "https" + bad + "://api.com",
          "https://api.com" + bad})
      CHECK(refused(*rt, settings("secret", "m", url)) == errc::invalid_config);
    auto admin = rt->admin();
    CHECK_FALSE(
      admin.set_user_llm("ac" + bad, "eve", settings("k"), "x").get());
    CHECK_FALSE(
      admin.set_user_llm("acme", "e" + bad, settings("k"), "x").get());
    CHECK_FALSE(rt->open_turn({"acme", "eve", "notes" + bad}).get());
    CHECK_FALSE(
      admin.allow_origin("acme", "https://a." + bad + ".com", true, "x").get());
  }
  CHECK_FALSE(*rt->admin().user_llm("acme", "eve").get());
  CHECK_FALSE(*rt->admin().platform_llm().get());
}

TEST_CASE("lengths are bounded where they are stored", "[bytes]") {
  scratch_directory data;
  auto rt = start({.data_directory = data.path()});
  auto long_key = [](size_t size) { return settings(std::string(size, 'k')); };
  CHECK(refused(*rt, long_key(limits::key_bytes_max + 1)) == errc::invalid_key);
  CHECK(refused(*rt, long_key(16u << 10)) == errc::invalid_key);
  CHECK(refused(*rt, settings("", "m")) == errc::invalid_key);
  CHECK(refused(*rt, settings(" \t\r\n", "m")) == errc::invalid_key);
  CHECK(refused(*rt, settings("k", "")) == errc::invalid_config);
  CHECK(
    refused(*rt, settings("k", std::string(limits::model_bytes_max + 1, 'm')))
    == errc::invalid_config);
  auto host = "https://" + std::string(64, 'h') + ".com";
  CHECK(refused(*rt, settings("k", "m", host)) == errc::invalid_config);
  auto url = "https://h.com/" + std::string(limits::url_bytes_max, 'p');
  CHECK(refused(*rt, settings("k", "m", url)) == errc::invalid_config);
  CHECK(refused(*rt, long_key(limits::key_bytes_max)) == errc::none);
}

TEST_CASE("a pasted line end is cut off with a notice", "[bytes]") {
  scratch_directory data;
  auto rt = start({.data_directory = data.path()});
  auto admin = rt->admin();
  for (auto around : {"\n", "\r\n", " ", "\t", "\r\n\r\n"}) {
    auto pasted = settings(around + std::string{"some-key"} + around);
    for (auto& view : {admin.set_user_llm("acme", "ada", pasted, "ada").get(),
                       admin.set_platform_llm(pasted, "admin").get(),
                       admin.set_second_choice(pasted, "admin").get()}) {
      REQUIRE(view);
      REQUIRE(view->notices.size() == 1);
      CHECK(view->notices.front()
            == "spaces or line ends around the key were removed");
      CHECK(view->has_key);
    }
  }
  auto clean
    = admin.set_user_llm("acme", "ada", settings("some-key"), "a").get();
  REQUIRE(clean);
  CHECK(clean->notices.empty());
}

TEST_CASE("a pasted line end is not sent", "[bytes]") {
  scratch_directory data;
  auto rt = start({.data_directory = data.path()});
  settle_ada(*rt);
  // The stand-in refuses exactly this key, and what is no header.
  auto bad = standin_llm("standin-bad\r\n");
  REQUIRE(rt->admin().set_user_llm("acme", "ada", bad, "ada").get());
  auto said = open_turn(*rt).llm().create_message(say("hello")).get();
  REQUIRE_FALSE(said);
  CHECK(said.error().code == errc::authentication);
}

// SPDX-License-Identifier: Apache-2.0
// Goal: an anchor that fails costs nothing but its health, and gets what it
// missed; the system log gets what it expects. Method: a directory in the
// file's place, and a socket of our own in the log's.
#include "sample.hpp"

#include "app/ledger/checkpoint.hpp"
#include "app/store/anchor_keeper.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace byollm;
using namespace byollm::sample;

namespace {

std::vector<std::unique_ptr<anchor>> one(std::unique_ptr<anchor> place) {
  std::vector<std::unique_ptr<anchor>> result;
  result.push_back(std::move(place));
  return result;
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream from{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{from}, {}};
}

} // namespace

TEST_CASE("a file anchor appends whole lines", "[anchor]") {
  scratch directory;
  auto file = directory / "anchors";
  auto place = make_file_anchor(file);
  CHECK(place->write("one"));
  CHECK(place->write("two"));
  std::ofstream{file, std::ios::app} << "torn";
  CHECK(place->write("three"));
  CHECK(read_file(file) == "one\ntwo\ntorn\nthree\n");
  CHECK((std::filesystem::status(file).permissions()
         & std::filesystem::perms::others_all)
        == std::filesystem::perms::none);
}

TEST_CASE("the newest anchor is found behind whatever others write",
          "[anchor]") {
  std::array<uint8_t, ed25519_seed_bytes> seed = {};
  auto key = *ed25519_key::make(seed);
  auto origin = origin_of("00112233445566778899aabbccddeeff");
  std::vector<note_key> known{{origin, key.public_key()}};
  auto line_of = [&](uint64_t size) {
    return anchor_line(*sign_checkpoint({origin, {size, {}}}, key));
  };
  scratch directory;
  auto file = directory / "anchors";
  auto place = make_file_anchor(file);
  auto newest = [&]() -> uint64_t {
    auto found = place->newest(known);
    REQUIRE(found);
    return *found ? (*found)->head.size : 0;
  };
  CHECK(newest() == 0);
  REQUIRE(place->write(line_of(1)));
  REQUIRE(place->write(line_of(2)));
  SECTION("in lines") {
    // So that the anchor lies across each border between two reads.
    constexpr size_t block = 64 << 10;
    for (size_t more = 0; more <= line_of(2).size() + 2; ++more) {
      std::string noise(2 * block - 1 - more, 'x');
      for (size_t at = 99; at < noise.size(); at += 100)
        noise[at] = '\n';
      std::ofstream{file} << line_of(1) << '\n'
                          << line_of(2) << '\n'
                          << noise << '\n';
      CAPTURE(more);
      CHECK(newest() == 2);
    }
  }
  SECTION("in one line") {
    std::ofstream{file, std::ios::app} << std::string(300'000, 'x');
    CHECK(newest() == 2);
    REQUIRE(place->write(line_of(3)));
    CHECK(newest() == 3);
  }
  SECTION("or is not there") {
    std::ofstream{file} << std::string(300'000, '\n');
    CHECK(newest() == 0);
    std::ofstream{file} << std::string(300'000, 'x');
    CHECK(newest() == 0);
  }
}

TEST_CASE("a keeper writes what a broken anchor missed, in order", "[anchor]") {
  scratch directory;
  auto file = directory / "anchors";
  std::filesystem::create_directory(file);
  std::vector<std::string> logged;
  std::promise<void> failed;
  {
    anchor_keeper keeper{
      one(make_file_anchor(file)),
      [&](log_level level, std::string_view, const log_fields&) {
        if (level == log_level::error)
          failed.set_value();
      }};
    CHECK(keeper.health());
    keeper.add("one");
    failed.get_future().wait();
    CHECK_FALSE(keeper.health());
    std::filesystem::remove(file);
    keeper.add("two");
  }
  CHECK(read_file(file) == "one\ntwo\n");
}

TEST_CASE("a log that is slow holds nobody up but the keeper", "[anchor]") {
  // A hang ends here; no verdict depends on it.
  constexpr auto patience = std::chrono::seconds{60};
  scratch directory;
  auto file = directory / "anchors";
  std::filesystem::create_directory(file);
  std::promise<void> logging, added;
  auto was_added = std::future_status::deferred;
  {
    anchor_keeper keeper{
      one(make_file_anchor(file)),
      [&](log_level level, std::string_view, const log_fields&) {
        if (level != log_level::error)
          return;
        logging.set_value();
        was_added = added.get_future().wait_for(patience);
      }};
    keeper.add("one");
    logging.get_future().wait();
    keeper.add("two");
    CHECK_FALSE(keeper.health());
    added.set_value();
    std::filesystem::remove(file);
  }
  CHECK(was_added == std::future_status::ready);
  CHECK(read_file(file) == "one\ntwo\n");
}

TEST_CASE("the system log gets facility, tag and line", "[anchor]") {
  scratch directory;
  auto path = directory / "log";
  auto place = make_syslog_anchor(syslog_facility::authpriv, path);
  // Nobody listens.
  CHECK_FALSE(place->write("lost"));
  auto fd = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  sockaddr_un at = {};
  at.sun_family = AF_UNIX;
  path.string().copy(at.sun_path, sizeof(at.sun_path) - 1);
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof(at)) == 0);
  CHECK(place->write("byollm/x 1 root signature"));
  std::string text(256, '\0');
  auto n = ::recv(fd, text.data(), text.size(), 0);
  REQUIRE(n > 0);
  text.resize(static_cast<size_t>(n));
  // authpriv is 10, notice is 5.
  CHECK(text == "<85>byollm: byollm/x 1 root signature");
  ::close(fd);
}

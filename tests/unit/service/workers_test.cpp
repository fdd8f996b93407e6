// SPDX-License-Identifier: Apache-2.0
// Goal: an invocation reaches one worker that offers the very function, its
// answer counts from nobody else, and a worker that is gone, slow or leaving
// harms nobody. Method: the table over streams that the test holds.
#include "app/service/workers.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <deque>

namespace byollm::service {

namespace {

class held_stream final : public http::exchange {
public:
  const http::request& asked() const noexcept override {
    return asked_;
  }

  wiped_bytes take_body() noexcept override {
    has_body = false;
    return {};
  }

  void reply(http::answer) override {
    // nop: a worker's stream has none
  }

  void begin_stream(http::answer) override {
    has_begun = true;
  }

  bool write(std::string bytes) override {
    if (!has_begun)
      return false; // as the server's: it is lost
    said += bytes;
    return !is_full;
  }

  void when_writable(std::function<void()> ready) override {
    when_ready = std::move(ready);
  }

  void end_stream() override {
    has_ended = true;
  }

  void abort_stream() override {
    has_ended = true;
  }

  void on_gone(std::function<void()> told) override {
    gone = std::move(told);
  }

  bool is_gone() const noexcept override {
    return false;
  }

  bool was_told(std::string_view what) const {
    return said.find(what) != std::string::npos;
  }

  std::string said;
  bool has_body = true;
  bool has_begun = false;
  bool has_ended = false;
  bool is_full = false;
  std::function<void()> when_ready;
  std::function<void()> gone;

private:
  http::request asked_;
};

using stream_ptr = std::shared_ptr<held_stream>;

rapidjson::Document json(const std::string& text) {
  rapidjson::Document made;
  made.Parse(text.c_str());
  REQUIRE_FALSE(made.HasParseError());
  return made;
}

std::string offer_of(const char* action, int concurrency = 16) {
  return R"({"functions": [{"name": "f", "action_type": ")"
         + std::string{action} + R"("}], "concurrency": )"
         + std::to_string(concurrency) + "}";
}

struct world {
  std::string revoked;
  workers hands{
    [this](const service_token_view& token) { return token.name != revoked; }};
  int last_id = 0;
  std::map<std::string, expected<std::string>> ends;

  stream_ptr attach(const std::string& token,
                    const std::string& offer = offer_of("read")) {
    auto made = std::make_shared<held_stream>();
    auto read = read_offer("notes", json(offer));
    REQUIRE(read);
    REQUIRE(hands.attach("worker-" + std::to_string(++last_id), *read,
                         {token, 2, "notes"}, made));
    return made;
  }

  status invoke(const std::string& id) {
    auto function = hands.find("notes", "f");
    REQUIRE(function);
    return invoke(id, *function);
  }

  status invoke(const std::string& id, const offered_function& function) {
    return hands.invoke({id, "notes", function, "{\"id\":\"" + id + "\"}",
                         [this, id](expected<std::string> end) {
                           ends.emplace(id, std::move(end));
                         }});
  }

  errc end_of(const std::string& id) const {
    auto it = ends.find(id);
    REQUIRE(it != ends.end());
    return it->second ? errc::none : it->second.error().code;
  }
};

} // namespace

TEST_CASE("workers of one extension take turns", "[workers]") {
  world w;
  auto one = w.attach("t");
  auto other = w.attach("t");
  CHECK(one->said.find("event: attached") == 0);
  REQUIRE(w.invoke("a"));
  REQUIRE(w.invoke("b"));
  CHECK(one->was_told("\"a\"") != other->was_told("\"a\""));
  CHECK(one->was_told("\"b\"") != one->was_told("\"a\""));
  REQUIRE(w.hands.finish("a", "t", std::string{"1"}));
  REQUIRE(w.hands.finish("b", "t", std::string{"2"}));
  CHECK(*w.ends.at("a") == "1");
  CHECK(w.hands.running() == 0);
}

TEST_CASE("an answer counts once, and from who was asked", "[workers]") {
  world w;
  w.attach("t");
  REQUIRE(w.invoke("a"));
  CHECK_FALSE(w.hands.finish("a", "another", std::string{"forged"}));
  CHECK_FALSE(w.hands.decline("a", "another", true));
  CHECK(w.ends.empty());
  CHECK(w.hands.finish("a", "t", std::string{"1"}));
  CHECK_FALSE(w.hands.finish("a", "t", std::string{"2"}));
  CHECK(*w.ends.at("a") == "1");
}

TEST_CASE("a function runs only where it is offered as it was checked",
          "[workers]") {
  world w;
  auto checked = w.attach("t", offer_of("destructive"));
  auto function = w.hands.find("notes", "f");
  REQUIRE(function);
  auto other = w.attach("t", offer_of("read"));
  for (int i = 0; i < 4; ++i)
    REQUIRE(w.invoke(std::to_string(i), *function));
  CHECK_FALSE(other->was_told("invoke"));
  checked->gone();
  CHECK(w.end_of("0") == errc::unavailable);
  auto refused = w.invoke("late", *function);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::not_found);
}

TEST_CASE("a worker that is gone takes its own invocations with it",
          "[workers]") {
  world w;
  auto one = w.attach("t");
  auto other = w.attach("t");
  for (int i = 0; i < 4; ++i)
    REQUIRE(w.invoke(std::to_string(i)));
  one->gone();
  CHECK(w.ends.size() == 2);
  for (const auto& [id, _] : w.ends) {
    CHECK(w.end_of(id) == errc::unavailable);
    CHECK(one->was_told("\"" + id + "\""));
  }
  CHECK(w.hands.running() == 2);
  CHECK(w.hands.count() == 1);
}

TEST_CASE("a full worker gets nothing, nor one that does not read",
          "[workers]") {
  world w;
  auto one = w.attach("t", offer_of("read", 2));
  REQUIRE(w.invoke("a"));
  REQUIRE(w.invoke("b"));
  CHECK(w.invoke("c").error().code == errc::overloaded);
  REQUIRE(w.hands.finish("a", "t", std::string{"1"}));
  one->is_full = true;
  REQUIRE(w.invoke("d"));
  REQUIRE(w.hands.finish("b", "t", std::string{"1"}));
  CHECK(w.invoke("e").error().code == errc::overloaded);
  one->is_full = false;
  one->when_ready();
  CHECK(w.invoke("f"));
}

TEST_CASE("what one worker does not take another does", "[workers]") {
  world w;
  auto leaving = w.attach("t");
  auto staying = w.attach("t");
  REQUIRE(w.invoke("a"));
  REQUIRE(leaving->was_told("\"a\""));
  REQUIRE(w.hands.decline("a", "t", true));
  CHECK(staying->was_told("\"a\""));
  CHECK(w.ends.empty());
  for (int i = 0; i < 4; ++i)
    REQUIRE(w.invoke(std::to_string(i)));
  CHECK_FALSE(leaving->was_told("\"0\""));
  REQUIRE(w.hands.decline("a", "t", true));
  CHECK(w.end_of("a") == errc::overloaded);
}

namespace {

// Its copies run something first: a moment in which the table, if it copies,
// is in the middle of something.
class told_of_copies {
public:
  told_of_copies(std::function<void()> copied,
                 std::function<void(expected<std::string>)> done)
      : copied_(std::move(copied)), done_(std::move(done)) {
    // nop
  }

  told_of_copies(const told_of_copies& other)
      : copied_(other.copied_), done_(other.done_) {
    copied_();
  }

  void operator()(expected<std::string> end) const {
    done_(std::move(end));
  }

private:
  std::function<void()> copied_;
  std::function<void(expected<std::string>)> done_;
};

} // namespace

TEST_CASE("a time-out finds an invocation that goes to another worker",
          "[workers]") {
  world w;
  w.attach("t");
  w.attach("t");
  auto has_rung = std::make_shared<bool>(false);
  auto is_handed_on = std::make_shared<bool>(false);
  auto ring = [&w, has_rung, is_handed_on] {
    if (*is_handed_on && !std::exchange(*has_rung, true))
      w.hands.cancel("a", {errc::deadline_exceeded});
  };
  invocation made{"a", "notes", *w.hands.find("notes", "f"), "{}"};
  made.done = told_of_copies{ring, [&w](expected<std::string> end) {
                               w.ends.emplace("a", std::move(end));
                             }};
  REQUIRE(w.hands.invoke(std::move(made)));
  *is_handed_on = true;
  REQUIRE(w.hands.decline("a", "t", true));
  ring();
  CHECK(w.hands.running() == 0);
  CHECK(w.end_of("a") == errc::deadline_exceeded);
}

TEST_CASE("a worker that was busy gets more again as it ends some",
          "[workers]") {
  world w;
  auto one = w.attach("t", offer_of("read", 3));
  REQUIRE(w.invoke("a"));
  REQUIRE(w.invoke("b"));
  // With one on its hands it takes no other.
  REQUIRE(w.hands.decline("b", "t", false));
  CHECK(w.end_of("b") == errc::overloaded);
  CHECK(w.invoke("c").error().code == errc::overloaded);
  REQUIRE(w.hands.finish("a", "t", std::string{"1"}));
  REQUIRE(w.invoke("d"));
  REQUIRE(w.invoke("e"));
  CHECK(w.invoke("f").error().code == errc::overloaded);
  REQUIRE(w.hands.finish("d", "t", std::string{"1"}));
  REQUIRE(w.hands.finish("e", "t", std::string{"1"}));
  for (auto id : {"g", "h", "i"})
    CHECK(w.invoke(id));
  CHECK(w.invoke("j").error().code == errc::overloaded);
}

TEST_CASE("a worker whose token was revoked is detached", "[workers]") {
  world w;
  w.attach("good");
  auto bad = w.attach("bad");
  REQUIRE(w.invoke("a"));
  REQUIRE(w.invoke("b"));
  w.revoked = "bad";
  w.hands.keep_alive();
  CHECK(w.hands.count() == 1);
  CHECK(w.ends.size() == 1);
  CHECK(bad->said.find("\n:\n") == std::string::npos);
}

TEST_CASE("what a worker asked with goes, as long as it stays", "[workers]") {
  world w;
  CHECK_FALSE(w.attach("t")->has_body);
}

TEST_CASE("a worker that is gone leaves its place to others", "[workers]") {
  world w;
  std::vector<stream_ptr> all;
  for (size_t i = 0; i < limits::workers_per_token_max; ++i)
    all.push_back(w.attach("t"));
  auto more = std::make_shared<held_stream>();
  auto refused
    = w.hands.attach("more", *read_offer("notes", json(offer_of("read"))),
                     {"t", 2, "notes"}, more);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::overloaded);
  CHECK_FALSE(more->has_begun);
  w.attach("another");
  all.front()->gone();
  w.attach("t");
  w.hands.stop();
  w.attach("t");
}

TEST_CASE("functions are listed once, whoever offers them", "[workers]") {
  world w;
  w.attach("t");
  w.attach("t");
  w.attach("other");
  auto two = R"({"functions": [{"name": "g"}, {"name": "f"}]})";
  w.attach("t", two)->gone();
  CHECK(w.hands.listing()
        == R"([{"extension":"notes","functions":[{"name":"f",)"
           R"("description":"","action_type":"read","parameters":{}}]}])");
  w.attach("t", two);
  auto all = json(w.hands.listing());
  REQUIRE(all.Size() == 1);
  CHECK(all[0]["functions"].Size() == 2);
}

TEST_CASE("who is not waited for is told, and all end when the daemon does",
          "[workers]") {
  world w;
  auto one = w.attach("t");
  REQUIRE(w.invoke("a"));
  REQUIRE(w.invoke("b"));
  w.hands.cancel("a", {errc::deadline_exceeded});
  CHECK(w.end_of("a") == errc::deadline_exceeded);
  CHECK(one->was_told("event: cancel"));
  CHECK_FALSE(w.hands.finish("a", "t", std::string{"late"}));
  w.hands.stop();
  CHECK(w.end_of("b") == errc::stopping);
  CHECK(one->has_ended);
  CHECK(w.hands.count() == 0);
}

} // namespace byollm::service

// SPDX-License-Identifier: Apache-2.0
// Goal: what durability costs us beyond SQLite itself. Method: the same batches
// of the same bytes into a bare SQLite table and into the store, in one run,
// each commit synced; then verification, a start, and the opening of a sealed
// key.
#include "app/ledger/encode.hpp"
#include "app/store/sqlite.hpp"
#include "app/store/store.hpp"
#include "app/vault/envelope.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>

using namespace byollm;

namespace {

constexpr size_t batch_records = 1'000;
constexpr size_t batches = 200;
constexpr size_t key_openings = 100'000;

template <class Work>
double seconds(Work work) {
  auto start = std::chrono::steady_clock::now();
  work();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return took.count();
}

// A benchmark that cannot run says so and ends.
template <class T>
T must(expected<T> result) {
  if (result)
    return *std::move(result);
  std::fprintf(stderr, "%s\n", describe(result.error()).c_str());
  std::exit(EXIT_FAILURE);
}

call_context_ptr context() {
  return std::make_shared<const call_context>(
    call_context{{*tenant_id::parse("acme"), *user_id::parse("ada"),
                  *app_id::parse("novel-writer")},
                 *turn_id::parse("018f3c2e-0000-7000-8000-000000000000"),
                 {turn_source::chat, "write_chapter", action_type::write}});
}

llm_target::ptr target() {
  user_owner owner{*tenant_id::parse("acme"), *user_id::parse("ada")};
  auto url = must(base_url::parse("https://api.anthropic.com"));
  endpoint<user_owner> to{owner, "anthropic", url, reach::public_only};
  credential<user_owner> with{owner, "anthropic", url.at(), "key-1",
                              1,     1,           nullptr};
  return must(llm_target::bind(to, with, "claude-sonnet"));
}

// Half intents, half outcomes, as a ledger of calls has them.
std::vector<ledger_entry> make_batch(size_t number) {
  static const auto shared = context();
  static const auto asked = target();
  static const auto request = [] {
    auto result = std::make_shared<create_message_request>();
    result->messages = {{role::user, {text_block{std::string(300, 'x')}}}};
    return result;
  }();
  std::vector<ledger_entry> result;
  result.reserve(batch_records);
  for (size_t i = 0; i < batch_records / 2; ++i) {
    char call[40];
    std::snprintf(call, sizeof(call), "018f3c2e-%04zx-7000-8000-%012zx", number,
                  i);
    intent_record intent;
    intent.context = shared;
    intent.call = call;
    intent.target = asked;
    intent.model = "claude-sonnet";
    intent.request = request;
    intent.purpose = "chain_narrator";
    intent.params = {
      {parameter::temperature, rung::purpose, disposition::taken, "0.4", ""}};
    outcome_record outcome;
    outcome.context = shared;
    outcome.call = call;
    outcome.status = call_status::success;
    outcome.usage = {token_usage::source::provider, 10, 0, 0, 20, {}};
    outcome.model = "claude-sonnet-20";
    outcome.provider_request_id = "req_0123456789";
    result.emplace_back(std::move(intent));
    result.emplace_back(std::move(outcome));
  }
  return result;
}

// The bytes that the store keeps per record, without hashes, tree and index.
double bare_sqlite(const std::filesystem::path& directory) {
  auto db = must(database::open(directory / "bare.db"));
  must(db.run("CREATE TABLE t (seq INTEGER PRIMARY KEY, body BLOB)"));
  auto insert = must(db.prepare("INSERT INTO t (body) VALUES (?1)"));
  record_encoder encoder{std::vector<uint8_t>(32, 7)};
  std::vector<std::vector<uint8_t>> bodies;
  for (const auto& entry : make_batch(0)) {
    must(encoder.encode(entry, 1));
    auto& body = bodies.emplace_back(encoder.public_part().begin(),
                                     encoder.public_part().end());
    body.insert(body.end(), encoder.payload().begin(), encoder.payload().end());
  }
  return seconds([&] {
    for (size_t i = 0; i < batches; ++i) {
      auto work = must(transaction::begin(db));
      for (const auto& body : bodies)
        must(insert.bind(1, byte_view{body}).run());
      must(work.commit());
    }
  });
}

// A few batches wait at any time; each acknowledgement lets the next one in.
class appender {
public:
  explicit appender(store& to) : to_(to) {
    for (size_t i = 0; i < batches; ++i)
      batches_.push_back(make_batch(i));
  }

  double run() {
    constexpr size_t window = 4;
    return seconds([this] {
      for (size_t i = 0; i < window; ++i)
        next();
      done_.get_future().wait();
    });
  }

private:
  void next() {
    auto mine = begun_++;
    if (mine >= batches)
      return;
    to_.append(std::move(batches_[mine]), [this](expected<uint64_t> seq) {
      must(std::move(seq));
      next();
      if (++ended_ == batches)
        done_.set_value();
    });
  }

  store& to_;
  std::vector<std::vector<ledger_entry>> batches_;
  std::atomic<size_t> begun_{0};
  std::atomic<size_t> ended_{0};
  std::promise<void> done_;
};

double verify(store& of) {
  std::promise<ledger_verdict> verdict;
  return seconds([&] {
    of.verify([&](expected<ledger_verdict> found) {
      verdict.set_value(must(std::move(found)));
    });
    if (!verdict.get_future().get().intact)
      std::exit(EXIT_FAILURE);
  });
}

double open_keys(const std::filesystem::path& directory) {
  auto ring = must(key_ring::open(directory));
  key_binding binding{"acme", "ada", "anthropic", "https://a:443", "key-1",
                      1,      1};
  auto sealed = must(seal_envelope(ring, std::string(100, 'k'), binding));
  return seconds([&] {
    for (size_t i = 0; i < key_openings; ++i)
      must(open_envelope(ring, sealed, binding));
  });
}

secret_bytes key() {
  return must(secret_bytes::copy_of(std::vector<uint8_t>(32, 7)));
}

} // namespace

int main(int argc, char** argv) {
  // The disk under this directory is what is measured.
  std::string name = (argc > 1 ? std::string{argv[1]} : std::string{"/tmp"})
                     + "/byollm-bench-XXXXXX";
  if (!::mkdtemp(name.data()))
    return EXIT_FAILURE;
  std::filesystem::path directory = name;
  constexpr double records = batch_records * batches;
  auto bare = records / bare_sqlite(directory);
  double appended = 0, verified = 0;
  {
    auto store = must(open_store({directory, {}, 0}, key()));
    appended = records / appender{*store}.run();
    verified = records / verify(*store);
  }
  auto start = seconds([&] { must(open_store({directory, {}, 0}, key())); });
  auto opened = open_keys(directory) / key_openings;
  std::printf("records a commit                 %zu\n", batch_records);
  std::printf("bare SQLite, rows/s              %.0f\n", bare);
  std::printf("ledger, records/s                %.0f\n", appended);
  std::printf("ledger / bare SQLite             %.2f\n", appended / bare);
  std::printf("verification, records/s          %.0f\n", verified);
  std::printf("start with %.0f records, ms   %.1f\n", records, start * 1e3);
  std::printf("opening a sealed key, us         %.2f\n", opened * 1e6);
  std::filesystem::remove_all(directory);
}

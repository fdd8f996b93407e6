// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cascade.hpp"
#include "chat.hpp"
#include "prices.hpp"
#include "reply.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace byollm {

/// Who and what a ledger row is about; shared by the calls of a turn.
struct call_context {
  identity who;
  turn_id turn;
  turn_origin origin = {};
  /// The platform's LLM is meant, whatever this user configured.
  bool platform_only = false;
};

using call_context_ptr = std::shared_ptr<const call_context>;

/// "We are about to ask a provider." Durable before the first byte goes out.
struct intent_record {
  call_context_ptr context = {};
  std::string call = {};
  uint32_t attempt = 1;
  std::string purpose = {};
  llm_target::ptr target = {};
  std::string model = {};
  answerer asked = answerer::user;
  std::string fallback_from = {};
  std::vector<provenance> params = {};
  /// The prices that this attempt is billed at; never stored here.
  std::shared_ptr<const price_list> prices = {};
  /// Fingerprinted under a key by the store; never stored itself.
  std::shared_ptr<const create_message_request> request = {};
  call_kind kind = call_kind::message;
  /// With `embeddings`; fingerprinted in the request's place.
  std::shared_ptr<const embedding_input> embed = {};
  int64_t received_unix_ms = 0;
  int64_t deadline_unix_ms = 0;
};

/// How an attempt ended.
enum class call_status : uint8_t {
  success = 1,
  failed = 2,              ///< The way or the provider failed.
  rejected = 3,            ///< The provider refused the request.
  validation_rejected = 4, ///< The input was refused before any attempt.
  cancelled = 5,
  partial = 6, ///< Bytes reached the caller, the end did not.
  refused = 7, ///< We refused: policy, origin, limits.
  unknown = 8, ///< A crash or a silent provider; nobody knows.
};

BYOLLM_API std::string_view to_string(call_status value) noexcept;

/// "This is what came of it." Durable before the caller has the final reply.
struct outcome_record {
  call_context_ptr context = {};
  std::string call = {};
  uint32_t attempt = 1;
  call_status status = call_status::unknown;
  failure why = {}; ///< `errc::none` on success.
  certainty sent = certainty::no;
  token_usage usage = {};
  stop_reason stop = stop_reason::unknown;
  std::string model = {}; ///< As the provider named it.
  std::string provider_request_id = {};
  billing_class billing = billing_class::byollm;
  cost bill = {};
  int64_t latency_us = 0;
  std::optional<int64_t> first_byte_us = {};
  /// With a stream that got as far; never stored here.
  std::optional<int64_t> first_token_us = {};
  int64_t finished_unix_ms = 0;
  /// Its attempt, if that is still known; never stored here.
  std::shared_ptr<const intent_record> of = {};
};

/// "We said no before any attempt." One row, no intent.
struct refusal_record {
  call_context_ptr context = {};
  std::string call = {};
  std::string purpose = {};
  call_status status = call_status::refused;
  failure why = {};
  int64_t received_unix_ms = 0;
};

/// What changes are about, where a reader needs to tell.
namespace change_subject {
inline constexpr const char* user_llm = "user_llm";
inline constexpr const char* user_llm_removed = "user_llm_removed";
inline constexpr const char* platform = "platform";
inline constexpr const char* master_key = "master_key";
inline constexpr const char* service_token = "service_token";
inline constexpr const char* client_token = "client_token";
inline constexpr const char* signing_secret = "signing_secret";
} // namespace change_subject

/// "Somebody changed a setting." `subject` names what, never a value of a key.
struct change_record {
  std::string actor = {}; ///< Who: "cli", "host", a user.
  std::string tenant = {};
  std::string user = {};
  std::string subject = {};
  std::string summary = {};
  int64_t changed_unix_ms = 0;
};

/// One record of the ledger, shared and immutable: an entry is a pointer, so
/// that batches of them are cheap to make and to hand on.
class ledger_entry {
public:
  template <class Record>
  ledger_entry(std::shared_ptr<const Record> what) : what_(std::move(what)) {
    // nop
  }

  template <class Record>
  ledger_entry(Record what)
      : what_(std::make_shared<const Record>(std::move(what))) {
    // nop
  }

  /// Returns null if it is a record of another type.
  template <class Record>
  const Record* as() const noexcept {
    auto* found = std::get_if<std::shared_ptr<const Record>>(&what_);
    return found ? found->get() : nullptr;
  }

  /// Calls `with` with the record itself.
  template <class Visitor>
  decltype(auto) visit(Visitor&& with) const {
    return std::visit(
      [&](const auto& record) -> decltype(auto) { return with(*record); },
      what_);
  }

  /// 0 intent, 1 outcome, 2 refusal, 3 change.
  size_t type() const noexcept {
    return what_.index();
  }

private:
  std::variant<
    std::shared_ptr<const intent_record>, std::shared_ptr<const outcome_record>,
    std::shared_ptr<const refusal_record>, std::shared_ptr<const change_record>>
    what_;
};

/// One row as people and tools read it: the decoded public part.
struct ledger_row {
  uint64_t seq = 0;
  std::string type = {}; ///< "intent", "outcome", "refusal", "change"
  /// Field name and value, in record order.
  std::vector<std::pair<std::string, std::string>> fields = {};
  std::string leaf_hash_hex = {};
};

/// Which records are meant. What is empty or 0 says nothing. Provider, purpose
/// and status are those of a record's attempt: both its records have them.
struct ledger_filter {
  std::string tenant = {};
  std::string user = {};
  std::string extension = {};
  std::string turn = {};
  std::string call = {};
  std::string purpose = {};
  std::string provider = {};
  std::string status = {}; ///< As `to_string(call_status)` says it.
  std::string type = {};   ///< As in `ledger_row`.
  /// The record's own time, in [from, to).
  int64_t from_unix_ms = 0;
  int64_t to_unix_ms = 0;
  /// Newest rows first if set; otherwise from `from_seq` upwards.
  bool newest_first = false;
  uint64_t from_seq = 1;
  /// The last record to look at; 0: the last that is there when it is asked.
  uint64_t to_seq = 0;
  size_t limit = 100;
};

/// A piece of an export in the form that proves (docs/ledger.md).
struct ledger_chunk {
  /// Lines, each with its newline.
  std::string lines = {};
  /// What to ask for next; 0 after the last piece.
  uint64_t next_seq = 0;
  /// The records that the export covers; the same in every piece.
  uint64_t records = 0;
};

/// Counts of the outcomes of one day (UTC, "2026-11-25") that have the same
/// billing class, provider and purpose.
struct ledger_stats_row {
  std::string day = {};
  std::string billing = {};
  std::string provider = {};
  std::string purpose = {};
  uint64_t attempts = 0;
  uint64_t succeeded = 0;
  /// Attempts of whose tokens nothing is known; the sums are of the others.
  uint64_t usage_unknown = 0;
  uint64_t input_uncached = 0;
  uint64_t cache_read = 0;
  uint64_t cache_write = 0;
  uint64_t output = 0;
  uint64_t reasoning = 0;
};

/// What is wrong with a ledger (docs/ledger.md, "Verification").
enum class ledger_flaw : uint8_t {
  none = 0,
  edited = 1,
  missing = 2,
  reordered = 3,
  truncated = 4,
  rolled_back = 5, ///< Something outside is newer.
  forked = 6,      ///< Two signed histories contradict each other.
};

/// Returns "edited", "rolled back" and so on; "intact" for none.
BYOLLM_API std::string_view to_string(ledger_flaw value) noexcept;

/// What a verification found.
struct ledger_verdict {
  bool intact = false;
  uint64_t records = 0;
  std::string root_hex = {};
  /// The first record that is wrong, and how; 0, none and empty if intact.
  uint64_t first_bad_seq = 0;
  ledger_flaw flaw = ledger_flaw::none;
  /// The flaw's name and words to it.
  std::string problem = {};
  /// Signed checkpoints and anchors that agreed.
  uint64_t checkpoints = 0;
  uint64_t anchors = 0;
};

} // namespace byollm

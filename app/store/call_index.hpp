// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/sqlite.hpp"
#include "messages/ledger.hpp"

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace byollm {

/// What makes an attempt unique.
struct attempt_key {
  std::string_view tenant;
  std::string_view call;
  uint64_t attempt = 1;
};

/// An intent that has no outcome yet.
struct open_intent {
  uint64_t seq = 0;
  billing_class billing = billing_class::byollm;
  /// Its line of usage (app/store/bill_table.hpp); 0 if it has none yet.
  int64_t line = 0;
};

/// The intents that have no outcome yet. Changes can be taken back until they
/// are kept.
class open_intents {
public:
  /// Returns the number of an open intent of the same attempt, which is open no
  /// more.
  std::optional<uint64_t> opened(const open_intent& intent,
                                 const attempt_key& which);

  /// Returns the attempt's intent, if one was open.
  std::optional<open_intent> closed(const attempt_key& which);

  void keep();
  void take_back();

  /// Returns the first open intent's number, or `otherwise` if none is open.
  uint64_t first(uint64_t otherwise) const noexcept;

  size_t size() const noexcept {
    return seqs_.size();
  }

  /// Returns the numbers of `tenant`'s open intents that name `call`; of any
  /// tenant's if that is empty.
  std::vector<uint64_t> of_call(std::string_view tenant,
                                std::string_view call) const;

private:
  struct text_hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  struct place {
    open_intent intent;
    uint64_t attempt;
    std::string tenant;
  };

  using by_call
    = std::unordered_multimap<std::string, place, text_hash, std::equal_to<>>;

  /// What undoes a change: an intent to put back, or one to forget.
  struct undo {
    by_call::node_type closed = {};
    const by_call::value_type* opened = nullptr;
  };

  by_call by_call_;
  std::set<uint64_t> seqs_;
  std::vector<undo> log_;
};

/// A call id as the index holds it: the 16 bytes of a UUID in its usual form,
/// the text of anything else.
class call_key {
public:
  explicit call_key(std::string_view call);

  void bind_to(statement& query, int index) const;

private:
  std::string_view text_;
  std::optional<std::array<uint8_t, 16>> uuid_;
};

/// Indexes the records of a call that are not billed: refusals, and what
/// version 2 of the schema knew of outcomes. An intent is in memory until its
/// outcome gets a row of `bill`; after a crash recovery gives it one. Nothing
/// is proven from the index.
class call_index {
public:
  static expected<call_index> open(database& db, open_intents open = {});

  // -- inside the caller's transaction ----------------------------------------

  status intent(const open_intent& intent, const attempt_key& which);

  /// Ends the attempt's intent and returns it, if one was open.
  std::optional<open_intent> close(const attempt_key& which) {
    return open_.closed(which);
  }

  status refusal(uint64_t seq, std::string_view tenant, std::string_view call);

  // -- after it ---------------------------------------------------------------

  /// The transaction was committed.
  void keep() {
    open_.keep();
  }

  /// It was rolled back.
  void take_back() {
    open_.take_back();
  }

  const open_intents& open() const noexcept {
    return open_;
  }

private:
  status insert(std::string_view tenant, std::string_view call, uint64_t seq);

  open_intents open_;
  statement insert_;
};

} // namespace byollm

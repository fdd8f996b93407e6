// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/store.hpp"
#include "messages/ports/vault.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace byollm {

/// The part of the AUTH GATEWAY that changes the master keys. A rotation adds a
/// key and then wraps the stored ones batch by batch; between two batches the
/// store does other work. What a crash leaves behind, the next start goes on
/// with.
class key_rotation {
public:
  struct parts {
    /// Shared with the store, which may outlive the actor. Null, or no rows:
    /// nothing is rotated.
    std::shared_ptr<master_key_vault> keys = {};
    wrap_store* rows = nullptr;
    std::function<int64_t()> unix_ms = {};
    log_fn log = {};
  };

  explicit key_rotation(auth_gateway_actor::pointer self) : self_(self) {
    // nop
  }

  /// Goes on with what an earlier process left, if it did.
  void start(parts of);

  caf::result<answer<rewrap_progress>>
  rotate(const shared<master_key_change>& wanted);

  caf::result<answer<unit>> retire(const shared<master_key_change>& wanted);

  caf::result<answer<master_key_list>> show();

  /// Answers everybody who waits.
  void settle();

private:
  using wrap_counts = std::map<uint32_t, uint64_t>;
  using progress_promise = caf::typed_response_promise<answer<rewrap_progress>>;

  template <class T, class GoOn>
  std::function<void(T)> back(GoOn go_on);

  void look(bool may_add);
  void begin(const expected<wrap_counts>& counted);
  void add();
  void wrap(config_place after);
  void wrapped(const expected<rewrap_batch>& batch);
  void finish(const expected<wrap_counts>& counted);
  void tell(const answer<rewrap_progress>& what);
  void stop(failure why);
  master_key_list list_of(const wrap_counts& counted) const;
  uint64_t under_older(const wrap_counts& counted) const;
  change_record record(const std::string& actor, std::string summary) const;

  auth_gateway_actor::pointer self_;
  parts parts_;
  bool is_running_ = false;
  /// Whoever asks now may still get a new key.
  bool may_add_ = false;
  /// Who asked for a new key, until there is one.
  std::string actor_;
  rewrap_progress progress_;
  /// How the last rotation ended.
  status ended_ = unit{};
  /// Unreadable by the last whole pass.
  uint64_t known_unreadable_ = 0;
  std::vector<progress_promise> waiting_;
};

} // namespace byollm

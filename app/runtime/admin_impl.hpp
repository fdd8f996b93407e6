// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/runtime/core.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace byollm {

/// Behind `admin_accessor`.
struct admin_accessor::impl {
  std::weak_ptr<runtime_core> core;
  reader who = {};

  /// The core, held so that it cannot stop meanwhile; `core` is null if it has.
  struct held_core {
    core_ptr core;
    std::unique_lock<std::mutex> guard;
  };

  held_core lock() const;

  pending<unit> change_user(const std::string& tenant, const std::string& user,
                            std::optional<bool> admin_disabled,
                            std::string actor) const;

  pending<unit> change_platform(platform_change wanted) const;

  pending<unit> change_trust(trust_change wanted) const;
  /// Sets one of the platform's LLMs and shows it as it is then.
  pending<llm_view> set_platform_part(platform_change::part which,
                                      llm_settings settings,
                                      std::string actor) const;

  pending<std::optional<llm_view>>
  platform_part(platform_change::part which) const;

  template <class T, class Convert>
  pending<T> read_platform(Convert convert) const;

  template <class T, class... Args>
  pending<T> ask_gateway(Args... args) const;
};

llm_view to_view(const llm_summary& from);

/// Settings as entered, made safe to pass on.
struct taken_change {
  llm_change llm;
  std::vector<std::string> notices;
};

/// Moves the key out of `settings` into locked memory and wipes it there; trims
/// a pasted line end with a notice. Errors: those of `lock_entered_key`.
expected<taken_change> take_change(llm_settings settings);

} // namespace byollm

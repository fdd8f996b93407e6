// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/host.hpp"
#include "messages/ports/store.hpp"

namespace byollm {

/// Our default `config_source`: the embedded store.
class stored_configs final : public config_source {
public:
  /// `from` must outlive this.
  explicit stored_configs(config_store& from) : from_(from) {
    // nop
  }

  void lookup(const tenant_id& tenant, const user_id& user,
              std::function<void(user_lookup)> done) override;

private:
  config_store& from_;
};

} // namespace byollm

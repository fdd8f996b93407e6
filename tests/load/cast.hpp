// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/chat.hpp"
#include "messages/errors.hpp"
#include "messages/ids.hpp"
#include "tests/load/scenario.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace byollm::load {

/// What is behind a user's turns.
enum class user_kind : uint8_t {
  platform,    ///< No LLM of their own.
  own,         ///< An LLM of their own.
  bad_key,     ///< An LLM of their own that refuses their key.
  unreachable, ///< An LLM of their own that does not listen.
};

/// Whether a turn of such a user may end so.
bool may_end(user_kind kind, errc with) noexcept;

struct user {
  tenant_id tenant;
  user_id id;
  user_kind kind = user_kind::platform;
};

/// Everybody in the scenario; the same for the same seed.
std::vector<user> make_users(const scenario& from);

/// What a driver does next: its own sequence, decided by seed and number.
class script {
public:
  script(const scenario& from, size_t driver);

  struct step {
    create_message_request request = {};
    bool stream = false;
    bool cancel = false;
  };

  step next();

private:
  bool happens(share with);

  const scenario& from_;
  std::mt19937_64 random_;
};

} // namespace byollm::load

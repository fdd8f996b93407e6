// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/exchange.hpp"
#include "messages/errors.hpp"
#include "messages/reply.hpp"

#include <functional>
#include <memory>
#include <string>

namespace byollm::service {

/// How what became of one call is told to whoever asked. One thread at a time.
class voice {
public:
  virtual ~voice() = default;

  /// The whole answer.
  virtual http::answer whole(const message_reply& got) = 0;

  virtual http::answer error(const failure& why) = 0;

  // -- a stream: its head, then bytes -----------------------------------------

  virtual http::answer head() = 0;
  virtual std::string piece(const delta& what) = 0;
  virtual std::string end(const message_reply& got) = 0;

  /// The end of a stream that broke.
  virtual std::string broken(const failure& why) = 0;
};

using voice_ptr = std::shared_ptr<voice>;

/// Makes a body of an answer.
using render_fn = std::function<std::string(const message_reply&)>;

/// Returns a voice that speaks as docs/service.md says.
voice_ptr own_voice(render_fn whole);

} // namespace byollm::service

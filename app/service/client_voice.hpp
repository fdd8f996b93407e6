// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/clients/dialect.hpp"
#include "app/clients/headers.hpp"
#include "app/service/voice.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace byollm::service {

/// Returns the answer that tells a failure in a client's dialect; `id` names
/// the request.
http::answer error_in(const clients::dialect& in, const failure& why,
                      std::string_view id);

/// The same for what the HTTP server refuses by itself.
http::answer refused_in(const clients::dialect& in, int status,
                        std::string_view why, std::string_view id);

/// Speaks a client's dialect.
class client_voice final : public voice {
public:
  /// `whole` makes the body of an answer that is no message.
  client_voice(const clients::dialect& in, clients::call_facts facts,
               std::vector<loss> losses, render_fn whole = {});

  /// Tells who is asked, before anything is told.
  void asks(clients::call_view of);

  http::answer whole(const message_reply& got) override;
  http::answer error(const failure& why) override;
  http::answer head() override;
  std::string piece(const delta& what) override;
  std::string end(const message_reply& got) override;
  std::string broken(const failure& why) override;

private:
  clients::header_list facts_of(const message_reply& got) const;

  const clients::dialect& in_;
  clients::call_facts facts_;
  const std::vector<loss> losses_;
  const render_fn render_;
  clients::call_view asked_;
  std::unique_ptr<clients::stream_writer> stream_;
};

} // namespace byollm::service

// SPDX-License-Identifier: Apache-2.0
#include "app/service/render.hpp"
#include "app/service/voice.hpp"

namespace byollm::service {

namespace {

class plain_voice final : public voice {
public:
  explicit plain_voice(render_fn whole) : render_(std::move(whole)) {
    // nop
  }

  http::answer whole(const message_reply& got) override {
    return {200, render_(got)};
  }

  http::answer error(const failure& why) override {
    return answer_of(why);
  }

  http::answer head() override {
    return {200, {}, "text/event-stream", {}};
  }

  std::string piece(const delta& what) override {
    if (what.what == delta::kind::keep_alive)
      return ": keep-alive\n\n";
    return event("delta", render(what));
  }

  std::string end(const message_reply& got) override {
    return event("reply", render(got));
  }

  std::string broken(const failure& why) override {
    return event("error", render_error(why));
  }

private:
  render_fn render_;
};

} // namespace

voice_ptr own_voice(render_fn whole) {
  return std::make_shared<plain_voice>(std::move(whole));
}

} // namespace byollm::service

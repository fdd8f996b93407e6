// SPDX-License-Identifier: Apache-2.0
#include "app/clients/anthropic/parts.hpp"

namespace byollm::clients {

namespace {

class translator final : public dialect {
public:
  expected<asked_message> read(const source& from) const override {
    return anthropic::read(from);
  }

  std::string render(const message_reply& got,
                     const call_facts& facts) const override {
    return anthropic::render(got, facts);
  }

  std::unique_ptr<stream_writer>
  stream(const call_facts& facts) const override {
    return anthropic::make_stream(facts);
  }

  void note_unsaid(const message_reply& got,
                   std::vector<loss>& losses) const override {
    anthropic::note_unsaid(got, losses);
  }

  told_failure render(const failure& why, std::string_view id) const override {
    return anthropic::render(why, id);
  }

  told_failure render_refusal(int status, std::string_view why,
                              std::string_view id) const override {
    return anthropic::render_refusal(status, why, id);
  }

  std::string
  render_models(const std::vector<std::string>& names) const override {
    return anthropic::render_models(names);
  }

  std::string render_model(std::string_view name) const override {
    return anthropic::render_model(name);
  }
};

} // namespace

const dialect& anthropic_dialect() noexcept {
  static const translator instance;
  return instance;
}

} // namespace byollm::clients

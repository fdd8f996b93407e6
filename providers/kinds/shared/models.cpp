// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/shared/models.hpp"

#include "messages/limits.hpp"
#include "providers/stream/framed_decoder.hpp"
#include "providers/stream/provider_error.hpp"

namespace byollm::kinds {

namespace {

class models_decoder final : public framed_decoder {
public:
  models_decoder(std::string_view list, std::string_view name)
      : framed_decoder(framing::sse, false, {}), list_(list), name_(name) {
    // nop
  }

private:
  status read_whole(const json::value& root) override {
    auto* list = json::find(root, list_);
    if (!list || !list->is_array())
      return broken_answer(errc::protocol, "the answer has no list of models");
    auto& reply = build().reply();
    size_t bytes = 0;
    for (auto& entry : json::elements(list)) {
      auto name = json::text_of(json::find(entry, name_));
      if (!is_safe_name(name))
        continue;
      bytes += name.size();
      if (reply.models.size() == limits::models_max
          || bytes > limits::models_bytes_max)
        break;
      reply.models.emplace_back(name);
    }
    // Nothing was generated: that is known, not unknown.
    reply.usage = {
      .from = token_usage::source::provider, .input_uncached = 0, .output = 0};
    return unit{};
  }

  status read_piece(std::string_view, std::string_view) override {
    return broken_answer(errc::protocol, "a list of models is no stream");
  }

  std::string_view list_;
  std::string_view name_;
};

} // namespace

std::unique_ptr<answer_decoder> make_models_decoder(std::string_view list,
                                                    std::string_view name) {
  return std::make_unique<models_decoder>(list, name);
}

} // namespace byollm::kinds

// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/shared/count.hpp"

#include "providers/stream/framed_decoder.hpp"
#include "providers/stream/provider_error.hpp"

namespace byollm::kinds {

namespace {

class count_decoder final : public framed_decoder {
public:
  explicit count_decoder(std::string_view name)
      : framed_decoder(framing::sse, false, {}), name_(name) {
    // nop
  }

private:
  status read_whole(const json::value& root) override {
    auto count = json::count_of(json::find(root, name_));
    if (!count)
      return broken_answer(errc::protocol, "the answer has no count");
    build().reply().counted_tokens = count;
    // Nothing was generated: that is known, not unknown.
    build().reply().usage = {
      .from = token_usage::source::provider, .input_uncached = 0, .output = 0};
    return unit{};
  }

  status read_piece(std::string_view, std::string_view) override {
    return broken_answer(errc::protocol, "a count is no stream");
  }

  std::string_view name_;
};

} // namespace

std::unique_ptr<answer_decoder> make_count_decoder(std::string_view name) {
  return std::make_unique<count_decoder>(name);
}

} // namespace byollm::kinds

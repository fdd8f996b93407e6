// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/shared/embeddings.hpp"

#include "providers/kinds/shared/vector_text.hpp"
#include "providers/stream/framed_decoder.hpp"
#include "providers/stream/provider_error.hpp"

namespace byollm::kinds {

namespace {

failure broken(std::string_view detail) {
  return broken_answer(errc::protocol, detail);
}

class vectors_decoder final : public framed_decoder {
public:
  vectors_decoder(const vectors_form& form, const embedding_input& asked)
      : framed_decoder(framing::sse, false,
                       {form.vector.empty() ? form.list : form.vector,
                        json::raw_member::kind::arrays}),
        form_(form),
        texts_(asked.texts.size()),
        dimensions_(asked.dimensions) {
    // nop
  }

private:
  status read_whole(const json::value& root) override {
    set_model(json::text_of(json::find(root, "model")));
    read_usage(root);
    auto* list = json::find(root, form_.list);
    auto read = form_.vector.empty() ? read_nested(list) : read_objects(list);
    return read ? check_lengths() : read;
  }

  status read_piece(std::string_view, std::string_view) override {
    return broken("vectors are no stream");
  }

  void read_usage(const json::value& root) {
    auto* in
      = form_.usage_in.empty() ? &root : json::find(root, form_.usage_in);
    auto& usage = build().reply().usage;
    usage.input_uncached = json::count_of(json::find(in, form_.tokens));
    if (!usage.input_uncached)
      return;
    // Nothing was generated: that is known, not unknown.
    usage.output = 0;
    usage.from = token_usage::source::provider;
  }

  status read_nested(const json::value* list) {
    auto vectors = vectors_of(json::text_of(list), texts_);
    if (!vectors)
      return broken("the answer's vectors do not read");
    build().reply().vectors = *std::move(vectors);
    return unit{};
  }

  status read_objects(const json::value* list) {
    auto& vectors = build().reply().vectors;
    vectors.resize(texts_);
    size_t count = 0;
    for (auto& entry : json::elements(list)) {
      auto index = json::count_of(json::find(entry, "index")).value_or(count);
      if (index >= texts_ || !vectors[index].empty())
        return broken("the answer has a vector for no text");
      auto vector = vector_of(json::text_of(json::find(entry, form_.vector)));
      if (!vector)
        return broken("a vector does not read");
      vectors[index] = *std::move(vector);
      ++count;
    }
    return unit{};
  }

  status check_lengths() {
    const auto& vectors = build().reply().vectors;
    if (vectors.size() != texts_)
      return broken("there is not one vector for each text");
    auto length = dimensions_ ? *dimensions_ : vectors.front().size();
    for (const auto& vector : vectors)
      if (vector.empty() || vector.size() != length)
        return broken(dimensions_
                        ? "a vector has not the dimensions that were asked for"
                        : "a vector is missing or of another length");
    return unit{};
  }

  vectors_form form_;
  size_t texts_;
  std::optional<uint32_t> dimensions_;
};

} // namespace

void append_texts(json::writer& to, const embedding_input& input) {
  to.begin_array();
  for (const auto& text : input.texts)
    to.string(text);
  to.end_array();
}

void append_dimensions(json::writer& to, const embedding_input& input) {
  if (input.dimensions)
    to.key("dimensions").number(int64_t{*input.dimensions});
}

std::unique_ptr<answer_decoder>
make_vectors_decoder(const vectors_form& form, const embedding_input& asked) {
  return std::make_unique<vectors_decoder>(form, asked);
}

} // namespace byollm::kinds

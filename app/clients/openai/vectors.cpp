// SPDX-License-Identifier: Apache-2.0
#include "app/clients/openai/parts.hpp"
#include "app/clients/wishes.hpp"

#include "app/owner/vector_text.hpp"

#include <algorithm>
#include <limits>

namespace byollm::clients::openai {

namespace {

void read_input(members& in, embedding_input& to) {
  auto found = in.find("input");
  auto is_of_numbers
    = found && found->IsArray() && !found->Empty() && !(*found)[0].IsString();
  if (!found || is_of_numbers)
    return in.refuse("input", "it is a text or a list of texts; tokens are "
                              "not taken");
  to.texts = in.texts("input").value_or(std::vector<std::string>{});
}

void read_form(members& in, embedding_input& to) {
  auto format = in.text_or("encoding_format", "float");
  if (format == "base64")
    to.format = vector_format::base64;
  else if (format != "float")
    in.refuse("encoding_format", "it is float or base64");
  if (auto given = in.integer("dimensions"))
    to.dimensions = static_cast<uint32_t>(
      std::clamp<int64_t>(*given, 0, std::numeric_limits<uint32_t>::max()));
}

} // namespace

expected<asked_vectors> read_vectors(const source& from) {
  members in{from.body};
  asked_vectors made;
  auto& to = made.request;
  read_input(in, to.input);
  read_form(in, to.input);
  to.model = read_model(in);
  if (auto user = in.text("user"))
    to.metadata.emplace("user_id", *std::move(user));
  std::string purpose;
  if (auto found = in.object("metadata")) {
    members one{*found, "metadata"};
    purpose = one.text_or("purpose", "");
    note_rest(one, made.losses);
    in.take_problem(one);
  }
  to.purpose = purpose_of(from, std::move(purpose));
  note_rest(in, made.losses);
  if (in.problem())
    return *in.problem();
  return made;
}

std::string render_vectors(const message_reply& got, bool in_base64) {
  std::string out;
  json::writer to{out};
  to.begin_object().member("object", "list").key("data").begin_array();
  int64_t index = 0;
  for (const auto& vector : got.vectors) {
    to.begin_object().member("object", "embedding");
    to.key("index").number(index++).key("embedding");
    if (in_base64)
      to.string(base64_of(vector));
    else
      to.checked(numbers_of(vector));
    to.end_object();
  }
  to.end_array().member("model", got.model);
  if (auto tokens = got.usage.input_uncached) {
    to.key("usage").begin_object();
    for (auto name : {"prompt_tokens", "total_tokens"})
      to.key(name).number(static_cast<int64_t>(*tokens));
    to.end_object();
  }
  to.end_object();
  return out;
}

} // namespace byollm::clients::openai

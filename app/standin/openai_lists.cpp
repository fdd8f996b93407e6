// SPDX-License-Identifier: Apache-2.0
#include "app/standin/openai.hpp"

namespace byollm::standin {

namespace {

void write_model(std::string_view id, json_writer& out) {
  out.open()
    .add("id", id)
    .add("object", "model")
    .add("created", uint64_t{1767225600})
    .add("owned_by", "byollm")
    .close();
}

} // namespace

http_answer openai_models(const http_request& request) {
  http_answer result;
  if (!openai::check_key(request, result))
    return result;
  json_writer out;
  constexpr std::string_view list = "/v1/models";
  if (request.path.size() > list.size() + 1) {
    write_model(request.path.substr(list.size() + 1), out);
  } else {
    out.open().add("object", "list").open_list("data");
    for (auto name : listed_models)
      write_model(name, out);
    out.close_list().close();
  }
  result.body = out.str();
  return result;
}

} // namespace byollm::standin

// SPDX-License-Identifier: Apache-2.0
#include "app/service/run_operation.hpp"

#include "app/owner/json.hpp"
#include "app/owner/operations.hpp"
#include "app/service/render.hpp"

#include <chrono>

namespace byollm::service {

namespace {

errc code_of(std::string_view name) {
  for (int i = 1; i < 256; ++i)
    if (to_string(static_cast<errc>(i)) == name)
      return static_cast<errc>(i);
  return errc::unavailable;
}

} // namespace

std::string begin_operation(std::string_view op) {
  auto head = owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    owner::put(to, "op", op);
    to.EndObject();
  });
  head.pop_back();
  return head;
}

void add(std::string& to, std::string_view name, std::string_view value) {
  to += ',';
  to += owner::json_text(
    [&](owner::json_writer& json) { owner::put(json, name); });
  to += ':';
  to += owner::json_text(
    [&](owner::json_writer& json) { owner::put(json, value); });
}

wiped_bytes with_body(const std::string& head, const visit_ptr& v) {
  auto asked = v->at->take_request();
  wiped_bytes out{head.begin(), head.end()};
  auto body = view(asked.body);
  auto begin = body.find('{');
  auto members = begin == std::string_view::npos ? std::string_view{"}"}
                                                 : body.substr(begin + 1);
  if (auto first = members.find_first_not_of(" \t\r\n");
      first != std::string_view::npos && members[first] != '}')
    out.push_back(',');
  append(out, members);
  return out;
}

// `{"result":X}` to X, `{"failure":F}` to what F says.
expected<std::string> end_of(const std::string& line) {
  constexpr std::string_view good = "{\"result\":";
  if (line.starts_with(good))
    return line.substr(good.size(), line.size() - good.size() - 1);
  rapidjson::Document parsed;
  parsed.Parse(line.data(), line.size());
  failure why{errc::unavailable};
  if (parsed.HasParseError() || !parsed.IsObject()
      || !parsed.HasMember("failure"))
    return why;
  const auto& told = parsed["failure"];
  auto text = [&](const char* name) {
    auto found = told.FindMember(name);
    return found != told.MemberEnd() && found->value.IsString()
             ? std::string{found->value.GetString()}
             : std::string{};
  };
  why.code = code_of(text("code"));
  why.detail = text("detail");
  why.parameter = text("parameter");
  if (auto after = told.FindMember("retry_after_ms"); after != told.MemberEnd())
    why.retry_after = std::chrono::milliseconds{after->value.GetUint64()};
  return why;
}

void run_operation(parts& of, const visit_ptr& v, wiped_bytes request,
         render_fn render_it) {
  owner::start_operation(
    of.of, std::move(request),
    [v, render_it = std::move(render_it)](const std::string& line, bool last) {
      if (!last)
        return flow::more;
      auto ended = end_of(line);
      if (ended)
        v->at->reply({200, render_it(*std::move(ended))});
      else
        v->at->reply(answer_of(ended.error()));
      return flow::more;
    });
}

void run_operation(parts& of, const visit_ptr& v, std::string request,
         render_fn render_it) {
  request += '}';
  run_operation(of, v, wiped_bytes{request.begin(), request.end()}, std::move(render_it));
}

} // namespace byollm::service

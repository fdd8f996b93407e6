// SPDX-License-Identifier: Apache-2.0
#include "app/service/run_operation.hpp"

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

wiped_bytes with_body(const std::string& head, const visit_ptr& v) {
  return join(head, view(v->at->take_body()));
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

bool take_seat(parts& of, visit& v) {
  auto place = of.people.enter(v.session.who);
  if (!place) {
    v.at->reply(answer_of(place.error()));
    return false;
  }
  v.seat = *std::move(place);
  return true;
}

owner::asked_by asked_by(const visit& v) noexcept {
  return v.seat ? owner::asked_by::page : owner::asked_by::host;
}

void cancel_if_gone(const owner::operation_ptr& running,
                    const http::exchange_ptr& at) {
  // What runs holds the exchange until its end.
  at->on_gone([weak = std::weak_ptr{running}] {
    if (auto held = weak.lock())
      held->cancel();
  });
}

void run_operation(parts& of, const visit_ptr& v, wiped_bytes request,
                   result_fn render_it) {
  auto running = owner::start_operation(
    of.of, std::move(request),
    [v, render_it = std::move(render_it)](const std::string& line, bool last) {
      if (!last)
        return flow::more;
      // Before the answer: who has that may ask again.
      v->seat.reset();
      auto ended = end_of(line);
      if (ended)
        v->at->reply({200, render_it(*std::move(ended))});
      else
        v->at->reply(answer_of(ended.error()));
      return flow::more;
    },
    asked_by(*v));
  cancel_if_gone(running, v->at);
}

void run_operation(parts& of, const visit_ptr& v, std::string request,
                   result_fn render_it) {
  request += '}';
  run_operation(of, v, wiped_bytes{request.begin(), request.end()},
                std::move(render_it));
}

} // namespace byollm::service

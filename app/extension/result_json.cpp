// SPDX-License-Identifier: Apache-2.0
#include "app/extension/result_json.hpp"

#include "messages/limits.hpp"
#include "providers/json/document.hpp"
#include "providers/json/text.hpp"
#include "providers/json/writer.hpp"

namespace byollm {

expected<std::string> result_json(const function_result& of) {
  auto no_json = [](const char* what) {
    return failure{errc::handler_failed, what, "result"};
  };
  auto is = of.data_json.empty() ? json::verdict::good
                                 : json::check(of.data_json, false);
  if (is == json::verdict::too_large
      || of.text.size() + of.data_json.size() > limits::answer_bytes_max)
    return failure{errc::limit_exceeded,
                   "a result has at most 64 MiB, and is not too deep",
                   "result"};
  if (is != json::verdict::good)
    return no_json("the function's data are not JSON");
  if (!json::is_utf8(of.text))
    return no_json("the function's text is not UTF-8");
  std::string out;
  json::writer to{out};
  to.begin_object().member("ok", of.ok);
  if (!of.data_json.empty())
    to.key("data").checked(of.data_json);
  if (!of.text.empty())
    to.member("text", of.text);
  to.end_object();
  return out;
}

} // namespace byollm

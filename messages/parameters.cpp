// SPDX-License-Identifier: Apache-2.0
#include "messages/parameters.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace byollm {

namespace {

std::string number(double value) {
  char buf[32];
  auto [end, ec] = std::to_chars(buf, buf + sizeof(buf), value);
  return ec == std::errc{} ? std::string(buf, end) : std::string{"null"};
}

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20) {
      out += "\\u00";
      out += hex[c >> 4];
      out += hex[c & 15];
    } else {
      out += static_cast<char>(c);
    }
  }
  out += '"';
}

failure out_of_range(parameter which, const char* range) {
  return {errc::invalid_request,
          std::string{to_string(which)} + " must be " + range,
          std::string{to_string(which)}};
}

bool within(const std::optional<double>& value, double low, double high) {
  return !value || (std::isfinite(*value) && *value >= low && *value <= high);
}

bool stops_are_valid(const parameters& values) {
  if (!values.stop_sequences)
    return true;
  const auto& stops = *values.stop_sequences;
  return stops.size() <= limits::stop_sequences_max
         && std::all_of(stops.begin(), stops.end(), [](const auto& stop) {
              return !stop.empty()
                     && stop.size() <= limits::stop_sequence_bytes_max;
            });
}

} // namespace

bool parameters::has(parameter which) const noexcept {
  switch (which) {
  case parameter::temperature:
    return temperature.has_value();
  case parameter::top_p:
    return top_p.has_value();
  case parameter::max_tokens:
    return max_tokens.has_value();
  case parameter::presence_penalty:
    return presence_penalty.has_value();
  case parameter::frequency_penalty:
    return frequency_penalty.has_value();
  case parameter::stop_sequences:
    return stop_sequences.has_value();
  }
  return false;
}

std::string value_json(const parameters& from, parameter which) {
  if (!from.has(which))
    return "null";
  switch (which) {
  case parameter::temperature:
    return number(*from.temperature);
  case parameter::top_p:
    return number(*from.top_p);
  case parameter::max_tokens:
    return std::to_string(*from.max_tokens);
  case parameter::presence_penalty:
    return number(*from.presence_penalty);
  case parameter::frequency_penalty:
    return number(*from.frequency_penalty);
  case parameter::stop_sequences:
    break;
  }
  std::string out = "[";
  for (const auto& stop : *from.stop_sequences) {
    if (out.size() > 1)
      out += ',';
    append_quoted(out, stop);
  }
  return out + "]";
}

status check_ranges(const parameters& values) {
  if (!within(values.temperature, 0, 2))
    return out_of_range(parameter::temperature, "0 to 2");
  if (!within(values.top_p, 0, 1) || values.top_p == 0.0)
    return out_of_range(parameter::top_p, "above 0 and at most 1");
  if (values.max_tokens
      && (*values.max_tokens < 1
          || *values.max_tokens > limits::max_tokens_max))
    return out_of_range(parameter::max_tokens, "1 to 10,000,000");
  if (!within(values.presence_penalty, -2, 2))
    return out_of_range(parameter::presence_penalty, "-2 to 2");
  if (!within(values.frequency_penalty, -2, 2))
    return out_of_range(parameter::frequency_penalty, "-2 to 2");
  if (!stops_are_valid(values))
    return out_of_range(parameter::stop_sequences,
                        "at most 16 texts of 1 to 1,024 bytes");
  return unit{};
}

} // namespace byollm

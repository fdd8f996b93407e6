// SPDX-License-Identifier: Apache-2.0
// The forms of `ledger export`; all stream to stdout.
#include "app/cli/ledger_options.hpp"
#include "app/cli/link.hpp"
#include "app/cli/print.hpp"

#include <algorithm>
#include <array>
#include <iostream>

namespace byollm::cli {

namespace {

constexpr std::array<const char*, 44> columns = {"tenant",
                                                 "user",
                                                 "extension",
                                                 "turn",
                                                 "source",
                                                 "action",
                                                 "call",
                                                 "attempt",
                                                 "asked",
                                                 "billing",
                                                 "provider",
                                                 "origin",
                                                 "model",
                                                 "key_id",
                                                 "key_version",
                                                 "row_version",
                                                 "fallback_from",
                                                 "parameters",
                                                 "received_unix_ms",
                                                 "deadline_unix_ms",
                                                 "status",
                                                 "error",
                                                 "sent",
                                                 "http_status",
                                                 "provider_code",
                                                 "provider_request_id",
                                                 "usage_from",
                                                 "input_uncached",
                                                 "cache_read",
                                                 "cache_write",
                                                 "output",
                                                 "reasoning",
                                                 "stop",
                                                 "latency_us",
                                                 "first_byte_us",
                                                 "finished_unix_ms",
                                                 "cost_micro",
                                                 "actor",
                                                 "subject",
                                                 "changed_unix_ms",
                                                 "function",
                                                 "purpose",
                                                 "detail",
                                                 "summary"};

bool is_number(std::string_view text) {
  if (text.starts_with('-'))
    text.remove_prefix(1);
  return !text.empty()
         && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A cell by RFC 4180. A spreadsheet would run a text that begins like a
// formula, so such a one gets an apostrophe.
std::string cell(std::string text) {
  constexpr std::string_view formula = "=+-@\t\r";
  if (!text.empty() && formula.find(text[0]) != std::string_view::npos
      && !is_number(text))
    text.insert(text.begin(), '\'');
  if (text.find_first_of(",\"\r\n") == std::string::npos)
    return text;
  std::string quoted = "\"";
  for (auto c : text) {
    if (c == '"')
      quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string raw_text(const rapidjson::Value& in, const char* name) {
  auto found = in.FindMember(name);
  if (found == in.MemberEnd() || !found->value.IsString())
    return "";
  return {found->value.GetString(), found->value.GetStringLength()};
}

// What has no column of its own, so that nothing is dropped.
std::string more_of(const rapidjson::Value& fields) {
  std::string result;
  for (const auto& field : fields.GetObject()) {
    auto is_same = [&](const char* known) {
      return std::string_view{known} == field.name.GetString();
    };
    if (std::ranges::any_of(columns, is_same))
      continue;
    result.append(result.empty() ? "" : "; ");
    result.append(field.name.GetString())
      .append("=")
      .append(field.value.GetString());
  }
  return result;
}

void print_csv_head(std::ostream& to) {
  to << "seq,type";
  for (auto column : columns)
    to << ',' << column;
  to << ",more,leaf_hash\r\n";
}

void print_csv(std::ostream& to, const rapidjson::Value& row) {
  const auto& fields = row["fields"];
  to << number_of(row, "seq") << ',' << cell(raw_text(row, "type"));
  for (auto column : columns)
    to << ',' << cell(raw_text(fields, column));
  to << ',' << cell(more_of(fields)) << ',' << raw_text(row, "leaf_hash")
     << "\r\n";
}

void print_json_line(std::ostream& to, const rapidjson::Value& row) {
  rapidjson::StringBuffer text;
  owner::json_writer writer{text};
  row.Accept(writer);
  to << text.GetString() << '\n';
}

} // namespace

int export_ledger(const options& opts, const ledger_choice& choice,
                  const std::string& format) {
  request what{"ledger.export"};
  what.text("format", format == "proof" ? "proof" : "rows");
  choice.put(opts, what);
  auto& out = std::cout;
  if (format == "csv")
    print_csv_head(out);
  auto end = run(opts, what, [&](const rapidjson::Value& piece) {
    if (piece.IsObject())
      out << raw_text(piece, "lines");
    else
      for (const auto& row : piece.GetArray())
        format == "csv" ? print_csv(out, row) : print_json_line(out, row);
  });
  if (!end.ok)
    return report(opts, end);
  if (!out.flush())
    return report(opts, failure{errc::store_unavailable,
                                "the export could not be written"});
  return exit_ok;
}

} // namespace byollm::cli

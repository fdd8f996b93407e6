// SPDX-License-Identifier: Apache-2.0
#include "app/cli/demo/report.hpp"

#include "app/cli/demo/platform.hpp"
#include "app/cli/print.hpp"
#include "app/owner/json.hpp"
#include "app/process/terminal.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>

namespace byollm::demo {

namespace {

constexpr size_t rows_per_turn_max = 50;

expected<std::vector<ledger_row>> rows_of(const runtime& rt,
                                          const std::string& turn) {
  return rt.admin()
    .ledger_list(tenant, turn, 1, rows_per_turn_max, false)
    .get();
}

const ledger_row* last_of(const std::vector<ledger_row>& rows,
                          std::string_view type) {
  auto found = std::find_if(rows.rbegin(), rows.rend(),
                            [&](const auto& row) { return row.type == type; });
  return found == rows.rend() ? nullptr : &*found;
}

std::string field_of(const ledger_row& row, std::string_view name) {
  for (const auto& [key, value] : row.fields)
    if (key == name)
      return printable(value);
  return "?";
}

std::string style(const char* code, const std::string& text) {
  if (!stdout_is_terminal())
    return text;
  return std::string{"\x1b["} + code + "m" + text + "\x1b[0m";
}

std::string answered(const ledger_row& intent, const ledger_row& outcome) {
  auto own = field_of(intent, "asked") == "user";
  return field_of(intent, "provider") + ", model " + field_of(outcome, "model")
         + (own ? ", the user's own LLM" : ", the platform's LLM");
}

std::string bill(const ledger_row& outcome) {
  return field_of(outcome, "billing") + ", cost "
         + field_of(outcome, "cost_micro") + " micro-units, tokens "
         + field_of(outcome, "input_uncached") + " in, "
         + field_of(outcome, "output") + " out";
}

void print_fact(const std::string& name, const std::string& value) {
  std::cout << "   " << dim(name) << value << '\n';
}

} // namespace

std::string bold(const std::string& text) {
  return style("1", text);
}

std::string dim(const std::string& text) {
  return style("2", text);
}

status print_turn(const runtime& rt, const std::string& turn) {
  auto rows = rows_of(rt, turn);
  if (!rows)
    return rows.error();
  auto intent = last_of(*rows, "intent");
  auto outcome = last_of(*rows, "outcome");
  if (!intent || !outcome)
    return failure{errc::not_found, "the turn's rows are not in the ledger"};
  auto params = field_of(*intent, "parameters");
  print_fact("answered  ", answered(*intent, *outcome));
  print_fact("set by    ", params == "?" ? "provider defaults" : params);
  print_fact("bill      ", bill(*outcome));
  return unit{};
}

status print_ledger(const runtime& rt, const std::vector<std::string>& turns) {
  std::vector<ledger_row> all;
  for (const auto& turn : turns) {
    auto rows = rows_of(rt, turn);
    if (!rows)
      return rows.error();
    std::move(rows->begin(), rows->end(), std::back_inserter(all));
  }
  rapidjson::Document json;
  json.Parse(owner::render(all));
  cli::print_rows(std::cout, json);
  auto verdict = rt.admin().ledger_verify().get();
  if (!verdict)
    return verdict.error();
  json.Parse(owner::render(*verdict));
  std::cout << "verified: ";
  if (!cli::print_verdict(std::cout, json))
    return failure{errc::store_corrupt, verdict->problem};
  return unit{};
}

} // namespace byollm::demo

// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/faults/table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace byollm::test {

namespace {

std::string code(std::string_view text) {
  return "`" + std::string{text} + "`";
}

// -- one observation ----------------------------------------------------------

std::string caller_in_words(const told& what) {
  if (what.why.code != errc::none)
    return code(to_string(what.why.code));
  return what.is_byollm ? "the own LLM's answer" : "the platform's answer";
}

/// What consent makes of it.
std::string consent_in_words(const told& without, const told& with) {
  auto caller = caller_in_words(with);
  return caller == caller_in_words(without) ? "the same" : caller;
}

/// What the provider said in one attempt, as far as it is kept.
std::string provider_in_words(const attempt_row& row) {
  if (row.sent != "yes")
    return "no answer";
  auto made = row.http_status.empty() ? "200" : row.http_status;
  if (!row.provider_code.empty())
    made += " " + code(row.provider_code);
  if (row.stop == "refusal")
    made += " " + code(row.stop);
  return made;
}

std::string ledger_in_words(const attempt_row& row) {
  auto made = code(row.status);
  // With an answer it is clear.
  if (row.sent != "yes")
    made += ", sent " + code(row.sent);
  return made;
}

/// "2 × this, then that" of the attempts at the user's LLM.
template <class Render>
std::string in_order(const observation& saw, Render render, bool counted) {
  std::vector<std::pair<std::string, int>> runs;
  for (const auto& row : saw.rows) {
    if (row.asked != "user")
      continue;
    auto words = render(row);
    if (runs.empty() || runs.back().first != words)
      runs.emplace_back(words, 0);
    ++runs.back().second;
  }
  std::string made;
  for (const auto& [words, times] : runs) {
    made += made.empty() ? "" : ", then ";
    made += (counted && times > 1 ? std::to_string(times) + " × " : "") + words;
  }
  return made;
}

// -- cells that are alike -----------------------------------------------------

/// One thing that was observed, by dialect and form.
struct sample {
  tongue in;
  bool stream;
  std::string words;
};

bool all_alike(const std::vector<sample>& some) {
  return std::ranges::all_of(
    some, [&](const auto& one) { return one.words == some.front().words; });
}

template <class Keep>
std::vector<sample> those(const std::vector<sample>& some, Keep keep) {
  std::vector<sample> made;
  std::ranges::copy_if(some, std::back_inserter(made), keep);
  return made;
}

std::string joined(std::string made, std::string_view label,
                   const std::string& words) {
  made += made.empty() ? "" : "; ";
  return made.append(label).append(": ").append(words);
}

std::string by_form(const std::vector<sample>& some) {
  if (some.empty())
    return "-";
  if (all_alike(some))
    return some.front().words;
  std::string made;
  for (auto stream : {false, true})
    if (auto part
        = those(some, [&](const auto& one) { return one.stream == stream; });
        !part.empty())
      made = joined(std::move(made), stream ? "stream" : "whole",
                    part.front().words);
  return made;
}

std::string by_dialect(const std::vector<sample>& some) {
  constexpr std::array names = {"Anthropic", "OpenAI", "Ollama"};
  std::vector<std::pair<std::string, std::string>> groups;
  for (auto in : wire::all_tongues) {
    auto part = those(some, [&](const auto& one) { return one.in == in; });
    if (part.empty())
      continue;
    auto words = by_form(part);
    std::string name = names[static_cast<size_t>(in)];
    auto same = std::ranges::find(groups, words,
                                  &std::pair<std::string, std::string>::second);
    if (same != groups.end())
      same->first += ", " + name;
    else
      groups.emplace_back(name, words);
  }
  std::string made;
  for (const auto& [label, words] : groups)
    made = joined(std::move(made), label, words);
  return made;
}

/// Says once what is alike everywhere, by form if only the form matters, and
/// otherwise by dialect.
std::string merged(const std::vector<sample>& some) {
  for (auto stream : {false, true})
    if (!all_alike(
          those(some, [&](const auto& one) { return one.stream == stream; })))
      return by_dialect(some);
  return by_form(some);
}

// -- rows ---------------------------------------------------------------------

/// What was observed of one fault, column by column.
struct row_samples {
  std::vector<sample> providers;
  std::vector<sample> callers;
  std::vector<sample> consents;
  std::vector<sample> ledgers;
};

/// Cells come in pairs: without consent, with consent.
row_samples samples_of(const matrix& from, const std::string& fault) {
  row_samples made;
  for (size_t i = 0; i + 1 < from.cells.size(); i += 2) {
    const auto& without = from.cells[i];
    const auto& saw = without.saw;
    const auto& with = from.cells[i + 1].saw;
    if (without.fault != fault || !saw.caller || !with.caller)
      continue;
    auto add = [&](std::vector<sample>& to, std::string words) {
      to.push_back({without.call.in, without.in.stream, std::move(words)});
    };
    add(made.providers, in_order(saw, provider_in_words, false));
    add(made.callers, caller_in_words(*saw.caller));
    add(made.consents, consent_in_words(*saw.caller, *with.caller));
    add(made.ledgers, in_order(saw, ledger_in_words, true));
  }
  return made;
}

std::string row_of(const matrix& from, const std::string& fault) {
  auto all = samples_of(from, fault);
  auto made = "| " + fault + " |";
  for (auto in : wire::all_tongues)
    made += " "
            + by_form(those(all.providers,
                            [&](const auto& one) { return one.in == in; }))
            + " |";
  for (const auto* column : {&all.callers, &all.consents, &all.ledgers})
    made += " " + merged(*column) + " |";
  return made + "\n";
}

} // namespace

std::string fault_table(const matrix& from) {
  std::string made
    = "| fault of the user's LLM | Anthropic | OpenAI | Ollama | the caller "
      "gets | with consent | in the ledger |\n|---|---|---|---|---|---|---|\n";
  for (const auto& fault : all_faults())
    made += row_of(from, fault.name);
  return made;
}

} // namespace byollm::test

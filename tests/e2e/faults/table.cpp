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

std::string error_in_words(const failure& why) {
  auto made = code(to_string(why.code));
  if (why.http_status != 0)
    made += " " + std::to_string(why.http_status);
  if (!why.provider_code.empty())
    made += " " + code(why.provider_code);
  return made;
}

std::string caller_in_words(const told& what) {
  if (what.why.code != errc::none)
    return error_in_words(what.why);
  if (!what.is_byollm)
    return "the platform answers";
  return what.stop == stop_reason::end_turn
           ? "an answer"
           : "an answer, stop " + code(to_string(what.stop));
}

std::string row_in_words(const attempt_row& row) {
  auto made = code(row.status);
  // With an answer it is clear.
  if (row.sent != "yes")
    made += ", sent " + code(row.sent);
  return made;
}

/// "2 × `failed`, then `success`" of those rows.
std::string rows_in_words(const std::vector<attempt_row>& rows,
                          const char* asked) {
  std::vector<std::pair<std::string, int>> runs;
  for (const auto& row : rows) {
    if (row.asked != asked)
      continue;
    auto words = row_in_words(row);
    if (runs.empty() || runs.back().first != words)
      runs.emplace_back(words, 0);
    ++runs.back().second;
  }
  std::string made;
  for (const auto& [words, times] : runs) {
    made += made.empty() ? "" : ", then ";
    made += (times > 1 ? std::to_string(times) + " × " : "") + words;
  }
  return made;
}

/// What consent changes.
std::string consent_in_words(const observation& without,
                             const observation& with) {
  auto platform = rows_in_words(with.rows, "platform");
  auto caller = caller_in_words(*with.caller);
  if (platform.empty())
    return caller == caller_in_words(*without.caller) ? "nothing" : caller;
  return caller;
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
  std::string made;
  for (auto in : wire::all_tongues)
    if (auto part = those(some, [&](const auto& one) { return one.in == in; });
        !part.empty())
      made = joined(std::move(made), names[static_cast<size_t>(in)],
                    by_form(part));
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
  std::vector<sample> callers;
  std::vector<sample> ledgers;
  std::vector<sample> consents;
};

/// Cells come in pairs: without consent, with consent.
row_samples samples_of(const matrix& from, const std::string& fault) {
  row_samples made;
  for (size_t i = 0; i + 1 < from.cells.size(); i += 2) {
    const auto& without = from.cells[i];
    const auto& with = from.cells[i + 1];
    if (without.fault != fault || !without.saw.caller || !with.saw.caller)
      continue;
    auto add = [&](std::vector<sample>& to, std::string words) {
      to.push_back({without.call.in, without.in.stream, std::move(words)});
    };
    add(made.callers, caller_in_words(*without.saw.caller));
    add(made.ledgers, rows_in_words(without.saw.rows, "user"));
    add(made.consents, consent_in_words(without.saw, with.saw));
  }
  return made;
}

std::string row_of(const matrix& from, const std::string& fault) {
  auto all = samples_of(from, fault);
  auto made = "| " + fault + " |";
  for (auto in : wire::all_tongues)
    made += " "
            + by_form(
              those(all.callers, [&](const auto& one) { return one.in == in; }))
            + " |";
  return made + " " + merged(all.ledgers) + " | " + merged(all.consents)
         + " |\n";
}

} // namespace

std::string fault_table(const matrix& from) {
  std::string made
    = "| fault of the user's LLM | Anthropic | OpenAI | Ollama "
      "| in the ledger | consent changes |\n|---|---|---|---|---|---|\n";
  for (const auto& fault : all_faults())
    made += row_of(from, fault.name);
  return made;
}

} // namespace byollm::test

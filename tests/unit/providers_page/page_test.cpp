// SPDX-License-Identifier: Apache-2.0
// Goal: docs/providers.md says what happens to a caller's wish in each dialect.
// Method: each wish is encoded with and without; what the body has more, or the
// loss that is reported, is the page's cell. The tables of parameters are the
// traits themselves.
#include "providers/catalog.hpp"
#include "providers/dialect.hpp"
#include "tests/support/generated_part.hpp"
#include "tests/unit/providers_page/answers.hpp"
#include "tests/unit/providers_page/difference.hpp"
#include "tests/unit/providers_page/wishes.hpp"

#include <catch2/catch.hpp>

#include <sstream>

namespace byollm::test {

namespace {

constexpr auto page = BYOLLM_DOCS "/providers.md";
constexpr std::string_view dialects[] = {"anthropic", "openai", "local-ollama"};

expected<wire_request> encode(std::string_view dialect, const wish& what,
                              bool with) {
  auto url = base_url::parse("https://llm.example.com");
  return find_dialect(dialect)->encode(
    {*url, what.model, with ? what.with : what.without,
     with ? what.params_with : what.params_without, false});
}

std::string shown(const added_value& added) {
  if (added.value.empty())
    return "no `" + added.pointer + "`";
  constexpr size_t most = 48;
  auto value = added.value.size() > most ? added.value.substr(0, most) + "..."
                                         : added.value;
  return "`" + added.pointer + "` = `" + value + "`";
}

std::string cell_of(std::string_view dialect, const wish& what) {
  if (!what.only.empty() && what.only != dialect)
    return "";
  auto without = encode(dialect, what, false);
  REQUIRE(without);
  auto with = encode(dialect, what, true);
  if (!with)
    return "**refused** (`" + std::string{to_string(with.error().code)}
           + "`): " + with.error().detail;
  std::string cell;
  auto add = [&](const std::string& text) {
    cell.append(cell.empty() ? "" : "; ").append(text);
  };
  for (const auto& added : difference(without->body, with->body))
    add(shown(added));
  for (const auto& each : with->losses)
    add("**lost** (`" + std::string{to_string(each.what)} + "`): " + each.why);
  return cell;
}

std::string row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const auto& cell : cells)
    line.append(" ").append(cell).append(cell.empty() ? "|" : " |");
  return line + "\n";
}

std::string requests_table() {
  auto table = row({"Wish", "Anthropic", "OpenAI", "Ollama"})
               + row({"---", "---", "---", "---"});
  for (const auto& what : all_wishes()) {
    std::vector<std::string> cells{what.name};
    for (auto dialect : dialects) {
      cells.push_back(cell_of(dialect, what));
      INFO(what.name << " in " << dialect);
      // Nothing is dropped in silence.
      CHECK((!cells.back().empty()
             || (!what.only.empty() && what.only != dialect)));
    }
    table += row(cells);
  }
  return table;
}

std::string call_of(const wire_request& wire) {
  return (wire.method == http_method::get ? "`GET " : "`POST ") + wire.target
         + "`";
}

std::string call_of(const expected<wire_request>& wire) {
  return wire ? call_of(*wire)
              : "**refused** (`" + std::string{to_string(wire.error().code)}
                  + "`): " + wire.error().detail;
}

std::string calls_table() {
  auto table = row({"Call", "Anthropic", "OpenAI", "Ollama"})
               + row({"---", "---", "---", "---"});
  auto url = *base_url::parse("https://llm.example.com");
  auto say = all_wishes().front();
  embedding_input texts;
  texts.texts = {"a"};
  auto add = [&](const std::string& name, auto encode_one) {
    std::vector<std::string> cells{name};
    for (auto dialect : dialects)
      cells.push_back(encode_one(*find_dialect(dialect)));
    table += row(cells);
  };
  add("an answer", [&](const dialect& in) {
    return call_of(in.encode({url, "m", say.with, {}, false}));
  });
  add("models",
      [&](const dialect& in) { return call_of(in.encode_models(url)); });
  add("a count of tokens", [&](const dialect& in) {
    return call_of(in.encode_count({url, "m", say.with, {}}));
  });
  add("vectors", [&](const dialect& in) {
    return call_of(in.encode_embeddings({url, "m", texts, {}}));
  });
  return table;
}

std::string answers_table() {
  auto table = row({"Answer", "Anthropic", "OpenAI", "Ollama"})
               + row({"---", "---", "---", "---"});
  for (const auto& part : all_answer_parts()) {
    std::vector<std::string> cells{std::string{part.name}};
    for (size_t i = 0; i < std::size(dialects); ++i)
      cells.push_back(seen_of(dialects[i], part.streams[i]));
    table += row(cells);
  }
  return table;
}

std::string fate_of(const parameter_rule& rule) {
  std::ostringstream out;
  switch (rule.does) {
  case parameter_rule::action::drop:
    out << "dropped";
    break;
  case parameter_rule::action::require:
    out << "required; " << *rule.default_value << " if nobody sets it";
    break;
  case parameter_rule::action::clamp:
    out << "at most " << rule.at_most;
    break;
  case parameter_rule::action::rename:
    out << "sent as `" << rule.wire_name << "`";
    break;
  }
  return out.str();
}

// What a rule depends on beside the model.
std::string conditions_of(const parameter_rule& rule) {
  std::string out;
  if (rule.with_thinking)
    out += " told to think";
  if (!rule.since_version.empty())
    out += " from version " + rule.since_version;
  if (rule.beside)
    out.append(" beside `").append(to_string(*rule.beside)).append("`");
  return out;
}

// Rules that differ in the model alone are one row.
struct rules_row {
  std::string models;
  std::string conditions;
  std::vector<std::string> rest;
};

void add_rule(std::vector<rules_row>& rows, const parameter_rule& rule) {
  auto model = rule.model_prefix.empty() ? std::string{"all models"}
                                         : "`" + rule.model_prefix + "*`";
  rules_row made{model,
                 conditions_of(rule),
                 {"`" + std::string{to_string(rule.which)} + "`", fate_of(rule),
                  rule.reason}};
  for (auto& row : rows)
    if (row.conditions == made.conditions && row.rest == made.rest) {
      row.models += ", " + model;
      return;
    }
  rows.push_back(std::move(made));
}

std::string parameters_table() {
  auto table = row({"Provider", "Parameter", "What happens", "For", "Why"})
               + row({"---", "---", "---", "---", "---"});
  for (auto dialect : dialects) {
    std::vector<rules_row> rows;
    for (const auto& rule : find_dialect(dialect)->traits().rules)
      add_rule(rows, rule);
    for (const auto& each : rows)
      table += row({std::string{dialect}, each.rest[0], each.rest[1],
                    each.models + each.conditions, each.rest[2]});
  }
  return table;
}

} // namespace

TEST_CASE("the page tells what becomes of each wish", "[providers_page]") {
  CHECK(check_generated_part(page, "features",
                             calls_table() + "\n" + requests_table())
        == "");
}

TEST_CASE("the page tells what comes of each answer", "[providers_page]") {
  CHECK(check_generated_part(page, "answers", answers_table()) == "");
}

TEST_CASE("the page tells what becomes of each parameter", "[providers_page]") {
  CHECK(check_generated_part(page, "parameters", parameters_table()) == "");
}

} // namespace byollm::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/generated_part.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

namespace byollm::test {

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream from{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{from}, {}};
}

bool write(const fs::path& file, const std::string& text) {
  std::ofstream to{file, std::ios::binary | std::ios::trunc};
  to << text << std::flush;
  return to.good();
}

bool is_to_be_written() {
  auto told = std::getenv("BYOLLM_WRITE_DOCS");
  return told && std::string_view{told} == "1";
}

std::string_view without_blank_ends(std::string_view text) {
  auto first = text.find_first_not_of('\n');
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of('\n') - first + 1);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream from{text};
  for (std::string line; std::getline(from, line);)
    result.push_back(line);
  return result;
}

std::string first_difference(const std::string& page,
                             const std::string& wanted) {
  auto is = lines_of(page);
  auto shall = lines_of(wanted);
  auto [at, other]
    = std::mismatch(is.begin(), is.end(), shall.begin(), shall.end());
  auto or_end = [](auto line, const auto& all) {
    return line == all.end() ? std::string{"(its end)"} : *line;
  };
  return "line " + std::to_string(at - is.begin() + 1) + "\n  says:   "
         + or_end(at, is) + "\n  should: " + or_end(other, shall);
}

} // namespace

std::string with_generated_part(const std::string& page, std::string_view name,
                                std::string_view text) {
  auto begin_mark = "<!-- generated: " + std::string{name} + " -->\n";
  auto begin = page.find(begin_mark);
  if (begin == std::string::npos)
    return {};
  begin += begin_mark.size();
  auto end = page.find("<!-- /generated -->", begin);
  // A part that is not closed would swallow the next one.
  if (end == std::string::npos || page.find("<!-- generated: ", begin) < end)
    return {};
  std::string part{without_blank_ends(text)};
  if (!part.empty())
    part = "\n" + part + "\n\n";
  return page.substr(0, begin) + part + page.substr(end);
}

std::string check_generated_part(const fs::path& page, std::string_view name,
                                 std::string_view text) {
  auto is = read(page);
  auto shall = with_generated_part(is, name, text);
  auto where = page.filename().string();
  if (shall.empty())
    return where + " has no part <!-- generated: " + std::string{name}
           + " --> ... <!-- /generated -->";
  if (is == shall)
    return {};
  if (is_to_be_written())
    return write(page, shall) ? "" : where + " cannot be written";
  return where
         + " is not what this test observed: " + first_difference(is, shall)
         + "\nIf that is right, run this test once with BYOLLM_WRITE_DOCS=1 "
           "in its environment, and commit the page.";
}

} // namespace byollm::test

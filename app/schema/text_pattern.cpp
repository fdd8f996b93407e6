// SPDX-License-Identifier: Apache-2.0
#include "app/schema/text_pattern.hpp"

#include <re2/re2.h>

namespace byollm {

namespace {

re2::StringPiece piece_of(std::string_view text) noexcept {
  return {text.data(), text.size()};
}

std::shared_ptr<const re2::RE2> compile(std::string_view pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(limits::schema_pattern_bytes_max);
  return std::make_shared<const re2::RE2>(piece_of(pattern), options);
}

failure refused(std::string detail) {
  return {errc::invalid_request, std::move(detail), "parameters"};
}

failure too_large() {
  return refused("the patterns of a schema have at most 16,384 states, and one "
                 "of them about 4,000, repetitions written out");
}

// RE2 takes a repetition that it cannot count to for plain text.
bool counts_too_far(std::string_view pattern) noexcept {
  size_t digits = 0;
  auto is_counting = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    auto c = pattern[i];
    auto is_digit = c >= '0' && c <= '9';
    digits = is_digit ? digits + 1 : 0;
    if (is_counting && digits > 4)
      return true;
    is_counting = c == '{' || (is_counting && (is_digit || c == ','));
    if (c == '\\')
      ++i;
  }
  return false;
}

// What a look costs by itself.
constexpr uint64_t call_steps = 16;

// A state may be there at each character, though mostly few are.
uint64_t steps_of(std::string_view text, size_t states) noexcept {
  return (text.size() + call_steps) * (states / 8 + 1);
}

} // namespace

expected<text_pattern> text_pattern::parse(std::string_view pattern,
                                           size_t& states_left) {
  if (counts_too_far(pattern))
    return refused("a repetition in a pattern counts to at most 1,000");
  auto made = compile(pattern);
  if (made->error_code() == re2::RE2::ErrorPatternTooLarge)
    return too_large();
  if (!made->ok())
    return refused("the pattern " + std::string{pattern}
                   + " is none that is known here: " + made->error()
                   + " (look-around and back-references are not)");
  auto states = static_cast<size_t>(made->ProgramSize());
  if (states > states_left)
    return too_large();
  states_left -= states;
  return text_pattern{pattern, states};
}

// What RE2 learns of texts stays with the compiled pattern, up to its bound. A
// schema stays as long as its worker does, and there may be many: so a pattern
// is compiled for a check and goes with it.
bool text_pattern::is_in(std::string_view text, schema_work& work) const {
  auto& made = work.patterns[this];
  if (!made) {
    if (!work.spend(4 * states_))
      return false;
    made = compile(text_);
  }
  return work.spend(steps_of(text, states_))
         && made->Match(piece_of(text), 0, text.size(), re2::RE2::UNANCHORED,
                        nullptr, 0);
}

} // namespace byollm

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/schema/json_number.hpp"
#include "app/schema/text_pattern.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace byollm {

struct schema_rules;

/// Rules that live with the schema they are of; null: any value is good.
using rules_ptr = const schema_rules*;

/// A member that a schema names.
struct member_rules {
  rules_ptr is = nullptr;
  /// Named under "properties", not only where it is required.
  bool is_described = false;
  /// Where the object has it: these too, and these rules hold for all of it.
  std::vector<uint32_t> needs = {};
  rules_ptr then = nullptr;
};

/// One schema, read. References lead to what they name, so rules are shared,
/// and never lead back to themselves.
struct schema_rules {
  enum type : uint8_t {
    null = 1,
    boolean = 2,
    object = 4,
    array = 8,
    string = 16,
    number = 32,
    integer = 64,
    any = 127
  };

  uint8_t types = any;
  /// Texts of `append_same`; of the second in order.
  std::optional<std::string> constant = {};
  std::optional<std::vector<std::string>> choices = {};

  std::optional<json_number> minimum = {};
  std::optional<json_number> maximum = {};
  std::optional<json_number> over = {};
  std::optional<json_number> under = {};
  std::optional<json_number> multiple_of = {};

  uint64_t length_min = 0;
  uint64_t length_max = UINT64_MAX;
  std::optional<text_pattern> pattern = {};

  uint64_t items_min = 0;
  uint64_t items_max = UINT64_MAX;
  bool are_items_unique = false;
  /// The first ones, each with its own rules, and the rest.
  std::vector<rules_ptr> first_items = {};
  rules_ptr items = nullptr;
  bool has_more_items = true;

  uint64_t members_min = 0;
  uint64_t members_max = UINT64_MAX;
  /// By name, an index into `members`.
  std::map<std::string, uint32_t, std::less<>> names = {};
  std::vector<member_rules> members = {};
  std::vector<std::pair<std::string, uint32_t>> required = {};
  /// Members that others depend on.
  std::vector<uint32_t> sources = {};
  std::vector<std::pair<text_pattern, rules_ptr>> by_pattern = {};
  rules_ptr others = nullptr;
  bool has_others = true;

  std::vector<rules_ptr> all_of = {};
  std::vector<rules_ptr> any_of = {};
  std::vector<rules_ptr> one_of = {};
  std::optional<rules_ptr> none_of = {};

  bool looks_at_members() const noexcept {
    return !names.empty() || !by_pattern.empty() || others || !has_others;
  }
};

} // namespace byollm

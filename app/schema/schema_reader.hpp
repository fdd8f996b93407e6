// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/schema/schema_rules.hpp"
#include "messages/expected.hpp"

#include <rapidjson/document.h>

#include <deque>
#include <set>
#include <string_view>
#include <unordered_map>

namespace byollm {

/// Reads the schemas in one JSON text, each once, also if many references lead
/// to it.
class schema_reader {
public:
  /// Ownership: `root` and `made` must outlive it.
  schema_reader(const rapidjson::Value& root, std::deque<schema_rules>& made)
      : root_(root), made_(made) {
    // nop
  }

  /// Adds the rules of a schema, and of those that it leads to, to `made`.
  /// Errors: `invalid_request` with `parameters`, also for a reference that
  /// leaves the text, leads nowhere or back to itself, and for a pattern that
  /// is none.
  status read(rules_ptr& to, const rapidjson::Value& schema);

private:
  struct known {
    rules_ptr rules;
    /// How deep what is in it lies in it.
    size_t height;
  };

  using value = rapidjson::Value;

  status read_new(rules_ptr& to, const value& schema);
  status follow(rules_ptr& to, const value& reference);
  status read_rules(schema_rules& to, const value& schema);
  status read_text(schema_rules& to, const value& schema);
  status read_array(schema_rules& to, const value& schema);
  status read_object(schema_rules& to, const value& schema);
  status read_dependencies(schema_rules& to, const value& schema);
  status read_others(schema_rules& to, const value& schema);
  status read_unused(const value& schema);

  status read_if(rules_ptr& to, const value& schema, std::string_view keyword);
  status read_list(std::vector<rules_ptr>& to, const value& schema,
                   std::string_view keyword);

  const value& root_;
  std::deque<schema_rules>& made_;
  std::unordered_map<const value*, known> known_;
  std::set<const value*> under_way_;
  /// The deepest that was reached since the schema under way began.
  size_t reached_ = 0;
  size_t states_left_ = limits::schema_pattern_states_max;
};

} // namespace byollm

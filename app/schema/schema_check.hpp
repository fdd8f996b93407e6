// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/schema/schema_rules.hpp"
#include "app/schema/schema_work.hpp"

#include <rapidjson/document.h>

#include <string>
#include <string_view>

namespace byollm {

/// One value held against rules. Ends early when `work` is over, and what it
/// says then means nothing.
class schema_check {
public:
  explicit schema_check(schema_work& work) : work_(work) {
    // nop
  }

  bool fits(rules_ptr rules, const rapidjson::Value& value);

  /// The keyword that was broken first.
  const std::string& rule() const noexcept {
    return rule_;
  }

  /// Where: a JSON Pointer.
  const std::string& place() const noexcept {
    return place_;
  }

private:
  bool fits_itself(const schema_rules& rules, const rapidjson::Value& value);
  bool fits_number(const schema_rules& rules, const rapidjson::Value& value);
  bool fits_text(const schema_rules& rules, const rapidjson::Value& value);
  bool fits_array(const schema_rules& rules, const rapidjson::Value& value);
  bool fits_object(const schema_rules& rules, const rapidjson::Value& value);
  bool fits_values(const schema_rules& rules, const rapidjson::Value& value);
  bool fits_others(const schema_rules& rules, const rapidjson::Value& value);

  bool has_no_twins(const rapidjson::Value& array);
  bool fits_member(const schema_rules& rules, std::string_view name,
                   const rapidjson::Value& value, std::vector<bool>& seen);
  bool has_required(const schema_rules& rules, const std::vector<bool>& seen);
  bool has_needed(const schema_rules& rules, const rapidjson::Value& value,
                  const std::vector<bool>& seen);
  bool fits_quietly(rules_ptr rules, const rapidjson::Value& value);

  bool broken(std::string_view rule);
  bool inside(bool is_good, std::string_view member);

  schema_work& work_;
  /// How many choices are being tried, of which each may be wrong.
  size_t quiet_ = 0;
  std::string rule_;
  std::string place_;
};

} // namespace byollm

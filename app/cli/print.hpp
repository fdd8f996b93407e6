// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapidjson/document.h>

#include <ostream>
#include <string>
#include <string_view>

namespace byollm::cli {

// -- reading answers ----------------------------------------------------------

/// Returns a text member, printable; "" if there is none.
std::string text_of(const rapidjson::Value& in, const char* name);

bool flag_of(const rapidjson::Value& in, const char* name);

uint64_t number_of(const rapidjson::Value& in, const char* name);

/// Returns a value as JSON, on one line and printable.
std::string json_of(const rapidjson::Value& value);

// -- writing them for people --------------------------------------------------

void print_json(std::ostream& to, const rapidjson::Value& value);

/// An LLM's stored settings.
void print_settings(std::ostream& to, const rapidjson::Value& view);

/// One line per parameter: value, the rung that set it, what became of it.
void print_params(std::ostream& to, const rapidjson::Value& params,
                  std::string_view indent);

/// "temperature=0.4 (purpose), ..." of those that somebody set.
std::string params_line(const rapidjson::Value& params);

/// Ledger rows, oldest first.
void print_rows(std::ostream& to, const rapidjson::Value& rows);

/// Every field of ledger rows, one a line.
void print_whole_rows(std::ostream& to, const rapidjson::Value& rows);

/// What `ledger stats` counted.
void print_stats(std::ostream& to, const rapidjson::Value& rows);

/// Usage rows and their sum.
void print_usage(std::ostream& to, const rapidjson::Value& rows);

/// Returns whether the ledger is intact.
bool print_verdict(std::ostream& to, const rapidjson::Value& verdict);

} // namespace byollm::cli

// SPDX-License-Identifier: Apache-2.0
#include "app/clients/members.hpp"

#include <algorithm>

namespace byollm::clients {

namespace {

// Clients send back what they got, empty members and all.
bool says_something(const rapidjson::Value& value) noexcept {
  return !value.IsNull() && !(value.IsArray() && value.Empty())
         && !(value.IsObject() && value.ObjectEmpty());
}

} // namespace

std::string_view view_of(const rapidjson::Value& text) noexcept {
  return {text.GetString(), text.GetStringLength()};
}

const rapidjson::Value* members::find(std::string_view name) {
  known_.push_back(name);
  for (const auto& [key, value] : in_.GetObject())
    if (view_of(key) == name)
      return value.IsNull() ? nullptr : &value;
  return nullptr;
}

const rapidjson::Value* members::object(std::string_view name) {
  auto found = find(name);
  if (!found || found->IsObject())
    return found;
  refuse(name, "it is an object");
  return nullptr;
}

const rapidjson::Value* members::array(std::string_view name) {
  auto found = find(name);
  if (!found || found->IsArray())
    return found;
  refuse(name, "it is a list");
  return nullptr;
}

std::optional<std::string> members::text(std::string_view name) {
  auto found = find(name);
  if (!found)
    return std::nullopt;
  if (found->IsString())
    return std::string{view_of(*found)};
  refuse(name, "it is a text");
  return std::nullopt;
}

std::string members::text_or(std::string_view name,
                             std::string_view otherwise) {
  auto found = text(name);
  return found ? *std::move(found) : std::string{otherwise};
}

std::string members::needed(std::string_view name) {
  auto found = text(name);
  if (!found)
    refuse(name, "it is a text that must be there");
  return found ? *std::move(found) : std::string{};
}

bool members::flag(std::string_view name, bool otherwise) {
  auto found = find(name);
  if (!found)
    return otherwise;
  if (!found->IsBool())
    refuse(name, "it is true or false");
  return found->IsTrue();
}

std::optional<double> members::number(std::string_view name) {
  auto found = find(name);
  if (!found)
    return std::nullopt;
  if (found->IsNumber())
    return found->GetDouble();
  refuse(name, "it is a number");
  return std::nullopt;
}

std::optional<int64_t> members::integer(std::string_view name) {
  auto found = find(name);
  if (!found)
    return std::nullopt;
  if (found->IsInt64())
    return found->GetInt64();
  refuse(name, "it is a whole number");
  return std::nullopt;
}

std::optional<std::vector<std::string>> members::texts(std::string_view name) {
  auto found = find(name);
  if (!found)
    return std::nullopt;
  if (found->IsString())
    return std::vector{std::string{view_of(*found)}};
  std::vector<std::string> made;
  if (found->IsArray())
    for (const auto& one : found->GetArray())
      if (one.IsString())
        made.emplace_back(view_of(one));
  if (!found->IsArray() || made.size() != found->Size())
    refuse(name, "it is a text or a list of texts");
  return made;
}

void members::refuse(std::string_view name, std::string detail) {
  refuse({errc::invalid_request, std::move(detail), place_of(name)});
}

void members::refuse(failure why) {
  if (!first_)
    first_ = std::move(why);
}

void members::take_problem(const members& of) {
  if (of.first_)
    refuse(*of.first_);
}

std::string members::place_of(std::string_view name) const {
  return at_.empty() ? std::string{name} : at_ + '.' + std::string{name};
}

bool members::is_known(std::string_view name) const {
  return std::ranges::find(known_, name) != known_.end();
}

std::string members::rest() const {
  for (const auto& [key, value] : in_.GetObject())
    if (!is_known(view_of(key)) && says_something(value))
      return std::string{view_of(key)};
  return {};
}

} // namespace byollm::clients

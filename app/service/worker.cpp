// SPDX-License-Identifier: Apache-2.0
#include "app/service/worker.hpp"

#include "app/owner/fields.hpp"
#include "messages/ids.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm::service {

namespace {

using owner::fields;

action_type action_of(std::string_view name) {
  if (name == "write")
    return action_type::write;
  return name == "destructive" ? action_type::destructive : action_type::read;
}

expected<offered_function> read_function(const rapidjson::Value& from) {
  if (!from.IsObject())
    return failure{errc::invalid_request, "a function is an object",
                   "functions"};
  fields in{from};
  offered_function made;
  made.name = in.text("name");
  made.description = in.text_or("description", "");
  made.action
    = action_of(in.choice("action_type", {"read", "write", "destructive"}));
  auto schema = in.find("parameters");
  if (!is_valid_id(made.name))
    in.refuse("name", "a function's name has 1 to 128 bytes of "
                      "[A-Za-z0-9._:@-]");
  if (auto problem = in.problem())
    return *problem;
  if (made.description.size() > limits::function_description_bytes_max)
    return failure{errc::limit_exceeded,
                   "a function's description has at most 8 KiB", "description"};
  static const rapidjson::Value any{rapidjson::kObjectType};
  auto compiled = argument_schema::compile(schema ? *schema : any);
  if (!compiled)
    return compiled.error();
  made.parameters = *std::move(compiled);
  return made;
}

size_t bytes_of(const offered_function& function) {
  return sizeof(offered_function) + function.name.size()
         + function.description.size() + function.parameters->bytes();
}

// Stops at the function that is too much.
expected<std::shared_ptr<const offered_functions>>
read_functions(const rapidjson::Value& from, size_t& bytes) {
  auto made = std::make_shared<offered_functions>();
  for (const auto& entry : from.GetArray()) {
    auto function = read_function(entry);
    if (!function)
      return function.error();
    bytes += bytes_of(*function);
    if (bytes > limits::offer_bytes_max)
      return failure{errc::limit_exceeded,
                     "the functions of a worker take at most 4 MiB",
                     "functions"};
    auto name = function->name;
    if (!made->emplace(name, *std::move(function)).second)
      return failure{errc::invalid_request, "two functions are called " + name,
                     "functions"};
  }
  return std::shared_ptr<const offered_functions>{std::move(made)};
}

} // namespace

bool is_same(const offered_function& one, const offered_function& other) {
  return one.name == other.name && one.action == other.action
         && one.parameters->text() == other.parameters->text();
}

expected<worker_offer> read_offer(std::string extension,
                                  const rapidjson::Value& body) {
  fields in{body};
  worker_offer made;
  made.extension = std::move(extension);
  if (!is_valid_id(made.extension))
    in.refuse("extension", "an extension has 1 to 128 bytes of "
                           "[A-Za-z0-9._:@-]");
  auto functions = in.find("functions");
  auto concurrency = in.number("concurrency").value_or(made.concurrency);
  if (concurrency < 1 || concurrency > limits::worker_concurrency_max)
    in.refuse("concurrency", "concurrency is 1 to 1,024");
  if (!functions || !functions->IsArray() || functions->Empty()
      || functions->Size() > limits::functions_per_worker_max)
    in.refuse("functions", "a worker offers 1 to 256 functions");
  auto problem = in.problem();
  if (problem || !functions)
    return problem.value_or(failure{errc::invalid_request});
  made.concurrency = static_cast<uint32_t>(concurrency);
  auto read = read_functions(*functions, made.bytes);
  if (!read)
    return read.error();
  made.functions = *std::move(read);
  return made;
}

} // namespace byollm::service

// SPDX-License-Identifier: Apache-2.0
#include "tests/load/cast.hpp"

namespace byollm::load {

namespace {

// The same on every machine, unlike the standard distributions.
double unit_number(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53;
}

user_kind kind_of(const scenario& from, std::mt19937_64& random) {
  auto own = unit_number(random) < from.users.own_llm;
  auto trouble = unit_number(random);
  if (!own)
    return user_kind::platform;
  if (trouble < from.faults.bad_key)
    return user_kind::bad_key;
  if (trouble < from.faults.bad_key + from.faults.unreachable)
    return user_kind::unreachable;
  return user_kind::own;
}

} // namespace

bool may_end(user_kind kind, errc with) noexcept {
  switch (kind) {
  case user_kind::bad_key:
    return with == errc::authentication;
  case user_kind::unreachable:
    return with == errc::connect_failed || with == errc::circuit_open;
  default:
    return with == errc::none;
  }
}

std::vector<user> make_users(const scenario& from) {
  std::mt19937_64 random{from.seed};
  auto count = std::max(from.users.count, from.concurrency);
  std::vector<user> result;
  result.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    auto tenant = "tenant-" + std::to_string(i % from.users.tenants);
    result.push_back({*tenant_id::parse(tenant),
                      *user_id::parse("user-" + std::to_string(i)),
                      kind_of(from, random)});
  }
  return result;
}

script::script(const scenario& from, size_t driver)
    : from_(from), random_(from.seed * 1'000'003 + driver) {
  // nop
}

bool script::happens(share with) {
  return with > 0 && unit_number(random_) < with;
}

script::step script::next() {
  step result;
  auto& request = result.request;
  auto left = unit_number(random_);
  for (const auto& each : from_.request.purposes) {
    if (left < each.of) {
      request.purpose = each.name;
      break;
    }
    left -= each.of;
  }
  request.messages.push_back(
    {role::user, {text_block{std::string(from_.request.message_bytes, 'x')}}});
  result.stream = happens(from_.request.streaming);
  result.cancel = happens(from_.faults.cancelled);
  return result;
}

} // namespace byollm::load

// SPDX-License-Identifier: Apache-2.0
// Operations on master keys.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

namespace byollm::owner {

namespace {

std::string render_progress(const rewrap_progress& from) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put_number(to, "version", from.version);
    put_number(to, "rewrapped", from.rewrapped);
    put_number(to, "left", from.left);
    put_number(to, "unreadable", from.unreadable);
    to.EndObject();
  });
}

std::string render_list(const master_key_list& keys) {
  return json_text([&](json_writer& to) {
    to.StartArray();
    for (const auto& key : keys) {
      to.StartObject();
      put_number(to, "version", key.version);
      put_flag(to, "current", key.is_current);
      put_number(to, "wraps", key.wraps);
      to.EndObject();
    }
    to.EndArray();
  });
}

// Answers with each batch's progress as a part. Whoever stops listening leaves
// the rotation to itself.
detached rotate(std::string actor, operation_ptr as) {
  auto asked = as->of().admin().rotate_master_key(std::move(actor));
  auto got = co_await asked;
  while (got && got->left > got->unreadable && !as->is_cancelled()) {
    as->part(render_progress(*got));
    auto following = as->of().admin().follow_rotation(got->version);
    got = co_await following;
  }
  answer(as, got, render_progress);
}

detached retire(uint32_t version, std::string actor, operation_ptr as) {
  auto done = as->of().admin().retire_master_key(version, std::move(actor));
  answer(as, co_await done);
}

detached list(operation_ptr as) {
  auto asked = as->of().admin().master_keys();
  answer(as, co_await asked, render_list);
}

} // namespace

void keys_rotate(fields& in, operation_ptr as) {
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    rotate(std::move(actor), std::move(as));
}

void keys_retire(fields& in, operation_ptr as) {
  auto version = in.number("version").value_or(0);
  auto actor = in.text_or("actor", "cli");
  if (refused(in, as))
    return;
  if (version == 0 || version > UINT32_MAX)
    return as->fail(
      {errc::invalid_request, "a version is 1 or more", "version"});
  retire(static_cast<uint32_t>(version), std::move(actor), std::move(as));
}

void keys_list(fields& in, operation_ptr as) {
  if (!refused(in, as))
    list(std::move(as));
}

} // namespace byollm::owner

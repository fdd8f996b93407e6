// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/detached.hpp"
#include "app/owner/fields.hpp"
#include "app/owner/operations.hpp"

namespace byollm::owner {

// Each reads its arguments from `in` before it returns and ends `as` exactly
// once, now or later.
void config_set(fields& in, operation_ptr as);
void config_show(fields& in, operation_ptr as);
void config_list(fields& in, operation_ptr as);
void config_rm(fields& in, operation_ptr as);
void config_disable(fields& in, operation_ptr as);
void config_test(fields& in, operation_ptr as);
void keys_rotate(fields& in, operation_ptr as);
void keys_retire(fields& in, operation_ptr as);
void keys_list(fields& in, operation_ptr as);
void config_models(fields& in, operation_ptr as);
void purpose_set(fields& in, operation_ptr as);
void purpose_list(fields& in, operation_ptr as);
void policy_set(fields& in, operation_ptr as);
void policy_remove(fields& in, operation_ptr as);
void policy_naming(fields& in, operation_ptr as);
void policy_list(fields& in, operation_ptr as);
void rules_set(fields& in, operation_ptr as);
void rules_show(fields& in, operation_ptr as);
void platform_state(fields& in, operation_ptr as);
void price_set(fields& in, operation_ptr as);
void price_remove(fields& in, operation_ptr as);
void price_list_all(fields& in, operation_ptr as);
void price_unknown(fields& in, operation_ptr as);
void origin_allow(fields& in, operation_ptr as);
void origin_list(fields& in, operation_ptr as);
void ca_set(fields& in, operation_ptr as);
void ca_show(fields& in, operation_ptr as);
void ca_rm(fields& in, operation_ptr as);
void chat(fields& in, operation_ptr as);
void resolve(fields& in, operation_ptr as);
void list_ledger(fields& in, operation_ptr as);
void verify_ledger(fields& in, operation_ptr as);
void prove_ledger(fields& in, operation_ptr as);
void export_ledger(fields& in, operation_ptr as);
void count_ledger(fields& in, operation_ptr as);
void show_usage(fields& in, operation_ptr as);
void show_status(fields& in, operation_ptr as);
void token_add(fields& in, operation_ptr as);
void token_list(fields& in, operation_ptr as);
void token_revoke(fields& in, operation_ptr as);
void token_rotate(fields& in, operation_ptr as);
void token_mint(fields& in, operation_ptr as);
void client_token_add(fields& in, operation_ptr as);
void client_token_list(fields& in, operation_ptr as);
void client_token_revoke(fields& in, operation_ptr as);
void client_token_revoke_all(fields& in, operation_ptr as);
void make_login_link(fields& in, operation_ptr as);

/// Reads `tenant`, `user`, `extension` and `turn`.
turn_request read_turn(fields& in);

/// Reads which records are meant.
ledger_filter read_filter(fields& in);

/// Ends `as` with what is wrong with `in`; returns whether anything is.
bool refused(const fields& in, const operation_ptr& as);

/// Ends `as` with a rendered value or the failure that came instead.
template <class T, class Render>
void answer(const operation_ptr& as, const expected<T>& got, Render render_it) {
  if (got)
    as->result(render_it(*got));
  else
    as->fail(got.error());
}

/// Ends `as` with ok or the failure.
inline void answer(const operation_ptr& as, const status& got) {
  if (got)
    as->done();
  else
    as->fail(got.error());
}

} // namespace byollm::owner

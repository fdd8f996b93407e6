// SPDX-License-Identifier: Apache-2.0
#include "app/store/schema.hpp"

namespace byollm {

// Who calls for one user. purposes has commas between them; expires_unix_ms is
// 0 for never; digest and seal are as in service_token. key_refusal has the
// keys that their providers refuse, with an errc: a projection of outcomes.
const char* const version_8 = R"(
CREATE TABLE client_token (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  user TEXT NOT NULL,
  extension TEXT NOT NULL,
  purposes TEXT NOT NULL,
  created_unix_ms INTEGER NOT NULL,
  expires_unix_ms INTEGER NOT NULL,
  digest BLOB NOT NULL,
  seal BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX client_token_of_user ON client_token (tenant, user);

CREATE TABLE key_refusal (
  key_id TEXT PRIMARY KEY,
  key_version INTEGER NOT NULL,
  code INTEGER NOT NULL,
  since_unix_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 8;
)";

} // namespace byollm

// SPDX-License-Identifier: Apache-2.0
#include "app/store/schema.hpp"

namespace byollm {

// Who may call the service. digest and seal are under a key that is not here.
const char* const version_6 = R"(
CREATE TABLE service_token (
  name TEXT PRIMARY KEY,
  scopes INTEGER NOT NULL,
  extension TEXT NOT NULL,
  created_unix_ms INTEGER NOT NULL,
  digest BLOB NOT NULL,
  seal BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE access (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  signing_generation INTEGER NOT NULL
) STRICT;

INSERT INTO access (id, signing_generation) VALUES (1, 1);

PRAGMA user_version = 6;
)";

} // namespace byollm

// SPDX-License-Identifier: Apache-2.0
#include "app/store/schema.hpp"

namespace byollm {

// mac is over the row; change_seq is the ledger's record of a row's last
// change. config_seal tells whether the rows are those that we wrote, see
// row_seal.hpp; -1 rows were not sealed yet. tenant_trust has who vouches for a
// tenant's own servers.
const char* const version_5 = R"(
ALTER TABLE llm_config ADD COLUMN change_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE llm_config ADD COLUMN mac BLOB NOT NULL DEFAULT x'';

CREATE TABLE config_seal (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  rows INTEGER NOT NULL,
  sum BLOB NOT NULL,
  mac BLOB NOT NULL,
  covered INTEGER NOT NULL
) STRICT;

INSERT INTO config_seal (id, rows, sum, mac, covered)
  VALUES (1, -1, x'', x'', 0);

CREATE TABLE tenant_trust (
  tenant TEXT PRIMARY KEY,
  pem TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  certificates INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 5;
)";

} // namespace byollm

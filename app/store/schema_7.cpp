// SPDX-License-Identifier: Apache-2.0
#include "app/store/schema.hpp"

namespace byollm {

// What makes vectors of texts; empty: the provider's own choice.
const char* const version_7 = R"(
ALTER TABLE llm_config ADD COLUMN embedding_model TEXT NOT NULL DEFAULT '';

PRAGMA user_version = 7;
)";

} // namespace byollm

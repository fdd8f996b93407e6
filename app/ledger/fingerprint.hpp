// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"
#include "messages/chat.hpp"
#include "messages/embeddings.hpp"

namespace byollm {

/// Returns the keyed fingerprint of what a request asks: HMAC-SHA256 over a
/// canonical encoding of everything but its call id and its timeout. Two
/// requests have the same one exactly if they ask the same; without the key it
/// says nothing about the prompt.
sha256_digest fingerprint(hmac_sha256& mac,
                          const create_message_request& request);

/// The same of texts to embed.
sha256_digest fingerprint(hmac_sha256& mac, const embedding_input& input);

} // namespace byollm

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/unit/dialects/harness.hpp"

#include <rapidjson/document.h>

#include <string>

namespace byollm::test {

/// Feeds `what` to `decoder`, whole.
result hear(answer_decoder& decoder, const answer& what);

/// Returns what we understood of a message in the record's form; of a stream
/// with the pieces of its text. `has_call_ids`: the dialect names calls, so
/// that their ids are not of our own making.
rapidjson::Document as_understood(const result& got, bool stream,
                                  bool has_call_ids);

/// The same of an error, with the status if it is not 200.
rapidjson::Document as_understood(const failure& why);

/// The same of vectors, a list of models, or a count.
rapidjson::Document vectors_understood(const message_reply& reply);
rapidjson::Document models_understood(const message_reply& reply);
rapidjson::Document count_understood(const message_reply& reply);

} // namespace byollm::test

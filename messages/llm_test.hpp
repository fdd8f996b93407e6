// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "errors.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace byollm {

/// What a test of an LLM looks at, in this order.
enum class test_stage : uint8_t {
  syntax,         ///< What is stored is well-formed, and the key opens.
  address,        ///< The host is found, may be asked, and connects.
  tls,            ///< The certificate is valid for the host.
  authentication, ///< The provider takes the key.
  model,          ///< The provider has the model.
  answer,         ///< The model answers, with one token.
  tool_use,       ///< The model calls a tool that it is told to call.
};

inline constexpr size_t test_stage_count = 7;

/// What a test says about a stage. Stable.
enum class test_verdict : uint8_t {
  passed = 1,
  /// It does not work, and asking again changes nothing.
  failed = 2,
  /// An earlier stage stood in the way.
  not_tried = 3,
  /// There is nothing to test: plain http has no TLS, a local LLM no key.
  not_applicable = 4,
  /// What came back proves neither; the text says what may be why.
  inconclusive = 5,
};

BYOLLM_API std::string_view to_string(test_stage value) noexcept;
BYOLLM_API std::string_view to_string(test_verdict value) noexcept;

struct stage_result {
  test_stage stage = test_stage::syntax;
  test_verdict verdict = test_verdict::not_tried;
  /// A sentence for a person.
  std::string text = {};
  /// What the verdict stands on; `errc::none` if nothing failed. A host that
  /// does not resolve and one that may not be asked are the same here.
  failure why = {};
};

/// Told of a stage of a test that goes on.
using stage_fn = std::function<void(const stage_result&)>;

/// What a test of an LLM found.
struct llm_test {
  std::string provider = {};
  std::string model = {};
  std::string origin = {};
  /// The model answered: every stage but `tool_use` is as it should be.
  bool usable = false;
  /// In the order of `test_stage`.
  std::array<stage_result, test_stage_count> stages = {};
  /// The turn whose rows in the ledger are this test's requests.
  std::string turn = {};
};

} // namespace byollm

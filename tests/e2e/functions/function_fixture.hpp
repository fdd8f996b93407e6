// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/functions.hpp"
#include "tests/e2e/embedding/host_fixture.hpp"

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace byollm::test {

struct summarize_params {
  std::string text;
  int max_words = 80;

  friend void describe(fields<summarize_params>& are) {
    are.required("text", &summarize_params::text, "The content to summarize.");
    are.optional("max_words", &summarize_params::max_words,
                 "Target summary length.", {.minimum = 1});
  }
};

/// A runtime with ada's LLM at the stand-in, and an extension.
class function_fixture {
public:
  function_fixture();

  /// Runs a function for ada.
  expected<function_reply> run(const std::string& function,
                               const std::string& arguments = "{}",
                               bool confirmed = false);

  /// The code of its failure, and the parameter behind a space if there is one.
  std::string wrong(const std::string& function,
                    const std::string& arguments = "{}",
                    bool confirmed = false);

  /// Fields of ada's ledger rows of that type, oldest first.
  std::vector<std::map<std::string, std::string>>
  rows(const std::string& type) const;

  /// Adds a function without parameters, which must be taken.
  template <class Handler>
  void add(const std::string& name, Handler handler) {
    auto added = notes.add<no_parameters>({.name = name}, std::move(handler));
    if (!added)
      throw std::logic_error{added.error().detail};
  }

  scratch_directory scratch;
  extension notes{"notes"};
  std::unique_ptr<runtime> rt;
};

function_call call_of(const std::string& function,
                      const std::string& arguments = "{}");

} // namespace byollm::test

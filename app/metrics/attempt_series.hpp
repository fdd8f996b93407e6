// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ledger.hpp"

#include <memory>

namespace prometheus {
class Registry;
}

namespace byollm::metrics {

/// What is counted of attempts, by kind of provider and who paid. Thread: any.
class attempt_series {
public:
  /// All that is counted usually is shown from the start, as zeros.
  explicit attempt_series(prometheus::Registry& in);
  ~attempt_series();

  void begun(const intent_record& what);
  void ended(const outcome_record& what);

private:
  struct families;
  struct of_answerer;

  of_answerer& find(const intent_record& what) noexcept;

  std::unique_ptr<families> families_;
  /// Found once: to find one by its labels takes as long as parsing a request.
  std::unique_ptr<of_answerer[]> answerers_;
};

} // namespace byollm::metrics

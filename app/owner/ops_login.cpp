// SPDX-License-Identifier: Apache-2.0
// The operation that lets a person in.
#include "app/owner/login.hpp"
#include "app/owner/table.hpp"

namespace byollm::owner {

void make_login_link(fields& in, operation_ptr as) {
  auto who = read_login(in);
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    answer(as, as->of().access().make_login(std::move(who), std::move(actor)),
           [](const login_link& x) { return render(x); });
}

} // namespace byollm::owner

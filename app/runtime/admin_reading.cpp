// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/admin_reading.hpp"

namespace byollm {

expected<read_gate::place_ptr> begin_read(runtime_core& in, const reader& who) {
  if (who.goes_on)
    return read_gate::place_ptr{};
  return in.reads.enter(who.is_of_a_crowd);
}

void end_read(const core_ptr& in, const read_gate::place_ptr& place,
              std::function<void()> tell) {
  // Before the answer: who has that may ask again.
  auto task = [place, tell = std::move(tell)] {
    if (place)
      place->give_back();
    tell();
  };
  soon(in, std::move(task));
}

} // namespace byollm

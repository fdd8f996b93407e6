// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/faults/matrix.hpp"

#include <map>

namespace byollm::test {

namespace {

std::vector<cell> every_cell() {
  std::vector<cell> made;
  for (const auto& fault : all_faults())
    for (auto in : wire::all_tongues)
      for (auto stream : {false, true})
        for (auto consents : {false, true})
          if (auto scene = fault.play(in, stream))
            made.push_back(
              {.fault = fault.name,
               .in = {stream, fault.needs_haste, fault.platform_refuses},
               .call = {*scene, in, consents, fault.needs_patience}});
  return made;
}

matrix play() {
  matrix made{every_cell()};
  std::map<surroundings, std::vector<cell*>> together;
  for (auto& one : made.cells)
    together[one.in].push_back(&one);
  // One after the other: each has a socket for each of its users.
  for (auto& [in, cells] : together) {
    world here{in};
    for (auto* one : cells)
      one->user = here.add(one->call);
    auto saw = here.play();
    for (auto* one : cells)
      one->saw = std::move(saw[one->user]);
    made.is_intact = made.is_intact && here.is_intact();
  }
  return made;
}

} // namespace

std::string cell::name() const {
  return fault + ", " + std::string{wire::provider_of(call.in)}
         + (in.stream ? ", stream" : ", whole")
         + (call.consents ? ", consent" : ", no consent");
}

const matrix& played_matrix() {
  static const auto made = play();
  return made;
}

} // namespace byollm::test

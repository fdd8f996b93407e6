// SPDX-License-Identifier: Apache-2.0
// Goal: connections to providers that wait for a call leave files to others.
// Method: what is kept where many, few and hardly any files may be open.
#include "app/process/open_files.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <cstdint>

using namespace byollm;

TEST_CASE("idle connections take a part of the files", "[files]") {
  CHECK(idle_connections_of_a_loop(1'000, 1) == 250);
  CHECK(idle_connections_of_a_loop(1'000, 4) == 62);
  for (auto files : {65'496ul, SIZE_MAX})
    CHECK(idle_connections_of_a_loop(files, 2)
          == limits::idle_connections_all_max / 2);
  // Each loop may keep one, so that a call's next one needs no handshake.
  CHECK(idle_connections_of_a_loop(3, 16) == 1);
}

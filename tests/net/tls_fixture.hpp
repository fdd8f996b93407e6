// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

namespace byollm::test {

/// An upstream that speaks TLS under an authority that the port trusts.
struct tls_fixture : net_fixture {
  tls_fixture() {
    options.ca_pem_file = ca.file();
    host = "localhost";
    resolver->answers = {std::vector{ip("127.0.0.1")}};
  }

  void serve_tls(std::vector<upstream_script> scripts,
                 const certificate_wish& wish = {}) {
    auto identity = ca.issue(wish);
    serve(std::move(scripts), &identity);
  }

  void serve_all(const certificate_wish& wish = {}) {
    serve_tls({upstream_script{}.expect().send(ok_response("hi")).again()},
              wish);
  }

  // Asks an upstream with such a certificate and returns how that was refused.
  errc refused(const certificate_wish& wish) {
    serve_all(wish);
    auto sink = ask();
    CHECK(sink->outcome.sent == certainty::no);
    CHECK(upstream->requests().empty());
    CHECK(vault.redeemed == 0);
    return sink->code();
  }

  test_ca ca;
};

} // namespace byollm::test

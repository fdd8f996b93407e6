// SPDX-License-Identifier: Apache-2.0
// Goal: no spelling of a private address passes as public. Method: a corpus of
// literals, the special-purpose ranges' first and last addresses among them.
#include "messages/address.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace byollm {

TEST_CASE("addresses outside public space are never public", "[address]") {
  auto text = GENERATE(
    as<std::string>{}, "0.0.0.0", "0.255.255.255", "10.0.0.1", "10.255.255.255",
    "100.64.0.1", "100.127.255.255", "100.100.100.200", "127.0.0.1",
    "127.255.255.255", "169.254.0.1", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1",
    "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
    "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "168.63.129.16", "::", "::1", "::ffff:127.0.0.1",
    "::ffff:7f00:1", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b::127.0.0.1", "64:ff9b:1::7f00:1", "100::1",
    "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:1ff::1",
    "2001:db8::1", "2620:4f:8000::1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    "3fff::1", "3fff:fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "febf::1",
    "fec0::1", "ff02::1", "4000::1", "1fff::1");
  auto address = parse_ip(text);
  REQUIRE(address);
  CHECK_FALSE(is_public_address(*address));
}

TEST_CASE("public addresses are public", "[address]") {
  auto text
    = GENERATE(as<std::string>{}, "1.1.1.1", "8.8.8.8", "9.255.255.255",
               "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
               "128.0.0.0", "172.15.255.255", "172.32.0.0", "223.255.255.255",
               "::ffff:8.8.8.8", "2001:4860:4860::8888", "2606:4700::1111",
               "2620:4f:7fff::1", "2620:4f:8001::1", "2a00::1", "3ffe:ffff::1");
  auto address = parse_ip(text);
  REQUIRE(address);
  CHECK(is_public_address(*address));
}

TEST_CASE("what resolvers read as an address but is none is not parsed",
          "[address]") {
  auto text = GENERATE(
    as<std::string>{}, "", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
    "0x7f.1", "0", "1.2.3", "169.254.43518", "0127.0.0.1", "256.1.1.1",
    "1.2.3.4.", "1.2.3.4.5", " 1.2.3.4", "1.2.3.-4", "fe80::1%eth0", "[::1]",
    ":::", "1::2::3", "::1:", ":1", "12345::", "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7", "::1.2.3", "1.2.3.4::", "::ffff:1.2.3.4.5", "g::");
  CHECK_FALSE(parse_ip(text));
}

TEST_CASE("IPv6 text forms mean the same bytes", "[address]") {
  CHECK(parse_ip("::ffff:1.2.3.4") == parse_ip("1.2.3.4"));
  CHECK(parse_ip("::FFFF:102:304") == parse_ip("1.2.3.4"));
  CHECK(parse_ip("2001:0db8::0:1") == parse_ip("2001:db8:0:0:0:0:0:1"));
  CHECK(parse_ip("1:2:3:4:5:6:7:8"));
}

} // namespace byollm

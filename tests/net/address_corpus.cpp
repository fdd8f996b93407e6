// SPDX-License-Identifier: Apache-2.0
#include "tests/net/address_corpus.hpp"

namespace byollm::test {

namespace {

constexpr std::string_view v4[] = {
  // The registry's ranges, both ends, and who is well known inside.
  "0.0.0.0",
  "0.255.255.255",
  "10.0.0.0",
  "10.0.0.1",
  "10.255.255.255",
  "100.64.0.0",
  "100.100.100.200", // Alibaba's metadata
  "100.127.255.255",
  "127.0.0.0",
  "127.0.0.1",
  "127.0.0.53",
  "127.255.255.255",
  "169.254.0.0",
  "169.254.0.23",    // Tencent's metadata
  "169.254.169.254", // everybody's metadata
  "169.254.170.2",   // AWS's container credentials
  "169.254.255.255",
  "172.16.0.0",
  "172.17.0.1",
  "172.31.255.255",
  "192.0.0.0",
  "192.0.0.8",
  "192.0.0.9",
  "192.0.0.10",
  "192.0.0.170",
  "192.0.0.171",
  "192.0.0.192", // Oracle's metadata
  "192.0.0.255",
  "192.0.2.0",
  "192.0.2.255",
  "192.31.196.0",
  "192.31.196.255",
  "192.52.193.0",
  "192.52.193.255",
  "192.88.99.0",
  "192.88.99.2",
  "192.88.99.255",
  "192.168.0.0",
  "192.168.1.1",
  "192.168.255.255",
  "192.175.48.0",
  "192.175.48.255",
  "198.18.0.0",
  "198.19.255.255",
  "198.51.100.0",
  "198.51.100.255",
  "203.0.113.0",
  "203.0.113.255",
  "224.0.0.0",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.0",
  "255.255.255.254",
  "255.255.255.255",
  "168.63.129.16", // Azure's wire server, in public space
  // Short, decimal, hexadecimal, octal (E10).
  "0",
  "0x0",
  "00.0.0.0",
  "127.1",
  "127.0.1",
  "2130706433",
  "0x7f000001",
  "0x7F000001",
  "017700000001",
  "0177.0.0.1",
  "0x7f.1",
  "0x7f.0.0.1",
  "0x7F.0x0.0x0.0x1",
  "127.000.000.001",
  "10.1",
  "167772161",
  "0x0a000001",
  "012.0.0.1",
  "169.254.43518",
  "2852039166",
  "0xa9fea9fe",
  "0xA9.0xFE.0xA9.0xFE",
  "0251.0376.0251.0376",
  "2886729729",
  "192.168.257",
  "3232235777",
  "1.2.3",
  "0127.0.0.1",
  "4294967295",
  "0xffffffff",
  // What other readers of URLs take for 127.0.0.1.
  "127.0.0.1.",
  "%31%32%37.0.0.1",
  "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1", // full-width digits
  "127\xe3\x80\x82"
  "0.0.1", // an ideographic full stop
  "localhost",
  "LOCALHOST.",
  "a.localhost",
};

constexpr std::string_view v6[] = {
  "::",
  "::1",
  // IPv4 inside: mapped, compatible, translated, NAT64, its local form, 6to4,
  // Teredo.
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:a9fe:a9fe",
  "::ffff:10.0.0.1",
  "::127.0.0.1",
  "::a9fe:a9fe",
  "::ffff:0:127.0.0.1",
  "::ffff:0:a9fe:a9fe",
  "64:ff9b::127.0.0.1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b::ffff:ffff",
  "64:ff9b:1::7f00:1",
  "64:ff9b:1:ffff:ffff:ffff:a9fe:a9fe",
  "2002:7f00:1::",
  "2002:a9fe:a9fe::1",
  "2001:0:4136:e378:8000:63bf:5601:5601",
  // The registry's ranges.
  "100::",
  "100::ffff:ffff:ffff:ffff",
  "100:0:0:1::1",
  "2001::",
  "2001:1::1",
  "2001:2::1",
  "2001:3::1",
  "2001:4:112::1",
  "2001:10::1",
  "2001:20::1",
  "2001:30::1",
  "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
  "2001:db8::",
  "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
  "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "2620:4f:8000::",
  "2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
  "3fff::",
  "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
  "5f00::1",
  "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "fc00::",
  "fd00:ec2::254", // AWS's metadata
  "fd20:ce::254",  // Google's
  "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "fe80::1",
  "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "fec0::1",
  "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "ff02::1",
  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  // Nobody's yet.
  "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "4000::1",
  // Zone ids.
  "fe80::1%lo",
  "fe80::1%1",
  "fe80::1%25eth0",
  "::1%lo",
};

} // namespace

std::span<const std::string_view> denied_v4() noexcept {
  return v4;
}

std::span<const std::string_view> denied_v6() noexcept {
  return v6;
}

} // namespace byollm::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_ca.hpp"

#include "tests/support/certificate.hpp"

#include <openssl/obj_mac.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

namespace byollm::test {

namespace {

std::string make_file(const std::string& content) {
  auto folder = std::getenv("TMPDIR");
  auto path = std::string{folder ? folder : "/tmp"} + "/byollm-ca-XXXXXX";
  auto fd = mkstemp(path.data());
  if (fd < 0)
    throw std::runtime_error("no file for a test authority");
  close(fd);
  std::ofstream{path} << content;
  return path;
}

void add_extensions(X509* to, X509* issuer, const certificate_wish& wish) {
  if (!wish.raw_dns_name.empty())
    add_dns_name(to, wish.raw_dns_name);
  else if (!wish.alternative_names.empty())
    add_extension(to, issuer, NID_subject_alt_name, wish.alternative_names);
  if (!wish.usage.empty())
    add_extension(to, issuer, NID_ext_key_usage, wish.usage);
  if (wish.unknown_critical)
    add_unknown_critical(to);
}

} // namespace

test_ca::test_ca() {
  // Authorities of one name would be taken for one another.
  static size_t made_before = 0;
  auto key = make_key();
  auto name = "BYOLLM test authority " + std::to_string(++made_before);
  auto made = make_certificate(name, key.get(), -one_day, one_day);
  auto ca = made.get();
  add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(ca, ca, NID_subject_key_identifier, "hash");
  sign(ca, ca, key.get());
  root_ = {made, key};
  file_ = make_file(pem());
}

test_ca::~test_ca() {
  unlink(file_.c_str());
}

std::string test_ca::pem() const {
  return pem_of(root_.certificate.get());
}

test_ca::signer test_ca::make_intermediate(intermediate kind) const {
  auto key = make_key();
  auto expired = kind == intermediate::expired;
  auto made = make_certificate("BYOLLM test intermediate", key.get(),
                               -2 * one_day, expired ? -one_day : one_day);
  auto root = root_.certificate.get();
  add_extension(made.get(), root, NID_basic_constraints,
                kind == intermediate::no_authority ? "critical,CA:FALSE"
                                                   : "critical,CA:TRUE");
  if (kind == intermediate::constrained)
    add_extension(made.get(), root, NID_name_constraints,
                  "critical,permitted;DNS:example.test");
  sign(made.get(), root, root_.key.get());
  return {made, key};
}

tls_identity test_ca::issue(const certificate_wish& wish) const {
  auto key = wish.weak_key ? make_weak_key() : make_key();
  auto made = make_certificate(wish.common_name, key.get(),
                               wish.not_yet_valid ? one_day : -2 * one_day,
                               wish.expired ? -one_day : 2 * one_day);
  auto has_middle = wish.under != intermediate::none;
  auto by = has_middle ? make_intermediate(wish.under) : root_;
  if (wish.self_signed)
    by = {made, key};
  add_extensions(made.get(), by.certificate.get(), wish);
  sign(made.get(), by.certificate.get(), by.key.get(), wish.sha1);
  auto chain = pem_of(made.get());
  if (has_middle && wish.under != intermediate::left_out)
    chain += pem_of(by.certificate.get());
  return {chain, pem_of(key.get())};
}

} // namespace byollm::test

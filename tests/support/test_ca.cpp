// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_ca.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

namespace byollm::test {

namespace {

constexpr long day = 24 * 60 * 60;

using key_ptr = std::shared_ptr<EVP_PKEY>;
using certificate_ptr = std::shared_ptr<X509>;

void require(bool ok) {
  if (!ok)
    throw std::runtime_error("OpenSSL refused to make a test certificate");
}

key_ptr make_key() {
  key_ptr key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  require(key != nullptr);
  return key;
}

void add_extension(X509* to, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  auto made = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(made != nullptr);
  X509_add_ext(to, made, -1);
  X509_EXTENSION_free(made);
}

certificate_ptr make_certificate(const std::string& name, EVP_PKEY* key,
                                 long from, long to) {
  static long serial = 1;
  certificate_ptr made{X509_new(), X509_free};
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), from);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), to);
  X509_set_pubkey(made.get(), key);
  auto text = reinterpret_cast<const unsigned char*>(name.c_str());
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN",
                                     MBSTRING_UTF8, text, -1, -1, 0)
          == 1);
  return made;
}

void sign(X509* what, X509* issuer, EVP_PKEY* key) {
  X509_set_issuer_name(what, X509_get_subject_name(issuer));
  require(X509_sign(what, key, EVP_sha256()) > 0);
}

template <class Write>
std::string to_pem(Write write) {
  std::unique_ptr<BIO, int (*)(BIO*)> out{BIO_new(BIO_s_mem()), BIO_free};
  require(write(out.get()) == 1);
  char* bytes = nullptr;
  auto size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

std::string pem_of(X509* what) {
  return to_pem([=](BIO* out) { return PEM_write_bio_X509(out, what); });
}

std::string pem_of(EVP_PKEY* what) {
  return to_pem([=](BIO* out) {
    return PEM_write_bio_PrivateKey(out, what, nullptr, nullptr, 0, nullptr,
                                    nullptr);
  });
}

std::string make_file(const std::string& content) {
  auto folder = std::getenv("TMPDIR");
  auto path = std::string{folder ? folder : "/tmp"} + "/byollm-ca-XXXXXX";
  auto fd = mkstemp(path.data());
  require(fd >= 0);
  close(fd);
  std::ofstream{path} << content;
  return path;
}

} // namespace

test_ca::test_ca() : key_(make_key()) {
  certificate_
    = make_certificate("BYOLLM test authority", key_.get(), -day, day);
  auto ca = certificate_.get();
  add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(ca, ca, NID_subject_key_identifier, "hash");
  sign(ca, ca, key_.get());
  file_ = make_file(pem_of(ca));
}

test_ca::~test_ca() {
  unlink(file_.c_str());
}

tls_identity test_ca::issue(const certificate_wish& wish) const {
  auto key = make_key();
  auto from = wish.not_yet_valid ? day : -2 * day;
  auto to = wish.expired ? -day : 2 * day;
  auto made = make_certificate(wish.common_name, key.get(), from, to);
  auto issuer = wish.self_signed ? made.get() : certificate_.get();
  if (!wish.alternative_names.empty())
    add_extension(made.get(), issuer, NID_subject_alt_name,
                  wish.alternative_names);
  sign(made.get(), issuer, wish.self_signed ? key.get() : key_.get());
  return {pem_of(made.get()), pem_of(key.get())};
}

} // namespace byollm::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace byollm::test {

namespace {

void require(bool ok) {
  if (!ok)
    throw std::runtime_error("OpenSSL refused to make a test certificate");
}

template <class Write>
std::string to_pem(Write write) {
  std::unique_ptr<BIO, int (*)(BIO*)> out{BIO_new(BIO_s_mem()), BIO_free};
  require(write(out.get()) == 1);
  char* bytes = nullptr;
  auto size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

} // namespace

key_ptr make_key() {
  key_ptr key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  require(key != nullptr);
  return key;
}

key_ptr make_weak_key() {
  key_ptr key{EVP_RSA_gen(1'024), EVP_PKEY_free};
  require(key != nullptr);
  return key;
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

void add_extension(X509* to, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  auto made = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(made != nullptr);
  X509_add_ext(to, made, -1);
  X509_EXTENSION_free(made);
}

void add_dns_name(X509* to, const std::string& name) {
  auto bytes = ASN1_IA5STRING_new();
  ASN1_STRING_set(bytes, name.data(), static_cast<int>(name.size()));
  auto one = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(one, GEN_DNS, bytes);
  std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> all{
    GENERAL_NAMES_new(), GENERAL_NAMES_free};
  sk_GENERAL_NAME_push(all.get(), one);
  require(X509_add1_ext_i2d(to, NID_subject_alt_name, all.get(), 0, 0) == 1);
}

void add_unknown_critical(X509* to) {
  std::unique_ptr<ASN1_OBJECT, void (*)(ASN1_OBJECT*)> kind{
    OBJ_txt2obj("1.3.6.1.4.1.55555.1", 1), ASN1_OBJECT_free};
  std::unique_ptr<ASN1_OCTET_STRING, void (*)(ASN1_OCTET_STRING*)> value{
    ASN1_OCTET_STRING_new(), ASN1_OCTET_STRING_free};
  auto made = X509_EXTENSION_create_by_OBJ(nullptr, kind.get(), 1, value.get());
  require(made != nullptr);
  X509_add_ext(to, made, -1);
  X509_EXTENSION_free(made);
}

void sign(X509* what, X509* issuer, EVP_PKEY* key, bool sha1) {
  X509_set_issuer_name(what, X509_get_subject_name(issuer));
  require(X509_sign(what, key, sha1 ? EVP_sha1() : EVP_sha256()) > 0);
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

} // namespace byollm::test

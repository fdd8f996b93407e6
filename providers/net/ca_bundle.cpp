// SPDX-License-Identifier: Apache-2.0
#include "providers/net/ca_bundle.hpp"

#include "messages/limits.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

namespace byollm {

namespace {

using bio_ptr = std::unique_ptr<BIO, int (*)(BIO*)>;

failure bad_bundle(std::string detail) {
  return {errc::invalid_config, std::move(detail), "ca"};
}

bio_ptr reader_of(std::string_view text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
          BIO_free};
}

// One block of PEM; wiped, because it may turn out to be a key.
class pem_block {
public:
  pem_block() = default;
  pem_block(const pem_block&) = delete;
  pem_block& operator=(const pem_block&) = delete;

  ~pem_block() {
    OPENSSL_free(name_);
    OPENSSL_free(header_);
    OPENSSL_clear_free(bytes_, static_cast<size_t>(size_));
  }

  bool read(BIO* from) {
    return PEM_read_bio(from, &name_, &header_, &bytes_, &size_) == 1;
  }

  std::string_view name() const noexcept {
    return name_;
  }

  net::certificate_ptr certificate() const {
    const unsigned char* at = bytes_;
    net::certificate_ptr made{d2i_X509(nullptr, &at, size_), X509_free};
    return made && at == bytes_ + size_ ? made : nullptr;
  }

private:
  char* name_ = nullptr;
  char* header_ = nullptr;
  unsigned char* bytes_ = nullptr;
  long size_ = 0;
};

size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (auto at = text.find(part); at != text.npos;
       at = text.find(part, at + part.size()))
    ++count;
  return count;
}

expected<std::vector<net::certificate_ptr>> read_all(std::string_view pem) {
  std::vector<net::certificate_ptr> found;
  auto in = reader_of(pem);
  auto begun = count_of(pem, "-----BEGIN ");
  while (found.size() < begun) {
    pem_block block;
    auto place = "block " + std::to_string(found.size() + 1);
    if (!block.read(in.get())) {
      ERR_clear_error();
      return bad_bundle(place + " is damaged PEM");
    }
    if (block.name() != "CERTIFICATE")
      return bad_bundle(place + " is no certificate");
    auto made = block.certificate();
    ERR_clear_error();
    if (!made)
      return bad_bundle(place + " is a damaged certificate");
    found.push_back(std::move(made));
  }
  return found;
}

std::string pem_of(X509* what) {
  bio_ptr out{BIO_new(BIO_s_mem()), BIO_free};
  PEM_write_bio_X509(out.get(), what);
  char* bytes = nullptr;
  auto size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

std::string fingerprint_of(const std::vector<net::certificate_ptr>& all) {
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> hash{EVP_MD_CTX_new(),
                                                          EVP_MD_CTX_free};
  EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr);
  for (auto& one : all) {
    unsigned char* der = nullptr;
    auto size = i2d_X509(one.get(), &der);
    if (size > 0)
      EVP_DigestUpdate(hash.get(), der, static_cast<size_t>(size));
    OPENSSL_free(der);
  }
  std::array<unsigned char, 32> digest{};
  EVP_DigestFinal_ex(hash.get(), digest.data(), nullptr);
  std::string hex;
  for (auto byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

std::string subject_of(X509* what) {
  bio_ptr out{BIO_new(BIO_s_mem()), BIO_free};
  X509_NAME_print_ex(out.get(), X509_get_subject_name(what), 0,
                     XN_FLAG_RFC2253);
  char* bytes = nullptr;
  auto size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

int64_t expiry_of(X509* what) {
  std::tm when{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(what), &when) != 1)
    return 0;
  return timegm(&when);
}

} // namespace

expected<std::vector<net::certificate_ptr>>
net::certificates_of(const ca_bundle& bundle) {
  return read_all(bundle.pem);
}

expected<ca_bundle_ptr> read_ca_bundle(std::string_view pem) {
  if (pem.size() > limits::ca_bundle_bytes_max)
    return failure{errc::limit_exceeded, "it has more than 256 KiB",
                   "ca_bundle_bytes_max"};
  // Said first, whatever else is wrong: it should not have come this far.
  if (pem.find("PRIVATE KEY-----") != pem.npos)
    return bad_bundle("it holds a private key; give the certificates alone");
  auto begun = count_of(pem, "-----BEGIN ");
  if (begun == 0)
    return bad_bundle("there is no certificate in PEM form");
  if (begun > limits::ca_certificates_max)
    return failure{errc::limit_exceeded, "it has more than 100 certificates",
                   "ca_certificates_max"};
  auto found = read_all(pem);
  if (!found)
    return std::move(found).error();
  ca_bundle made;
  for (auto& one : *found) {
    // 1 is basic constraints with CA:TRUE; older ways to say so do not count.
    if (X509_check_ca(one.get()) != 1)
      return bad_bundle("block " + std::to_string(made.certificates + 1)
                        + " is not the certificate of an authority");
    made.pem += pem_of(one.get());
    ++made.certificates;
  }
  made.fingerprint = fingerprint_of(*found);
  return std::make_shared<const ca_bundle>(std::move(made));
}

std::vector<ca_certificate> describe(const ca_bundle& bundle) {
  std::vector<ca_certificate> shown;
  if (auto found = read_all(bundle.pem))
    for (auto& one : *found)
      shown.push_back({subject_of(one.get()), expiry_of(one.get())});
  return shown;
}

} // namespace byollm

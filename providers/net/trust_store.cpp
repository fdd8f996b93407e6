// SPDX-License-Identifier: Apache-2.0
#include "providers/net/trust_store.hpp"

#include "providers/net/ca_bundle.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <map>
#include <mutex>
#include <utility>

namespace byollm::net {

namespace {

// Debian's place first; `X509_get_default_cert_file` is OpenSSL's own, compiled
// in, which unlike `X509_STORE_set_default_paths` looks at no environment.
bool add_system_bundle(X509_STORE* store) {
  std::array bundles
    = {"/etc/ssl/certs/ca-certificates.crt", X509_get_default_cert_file()};
  for (auto path : bundles)
    if (X509_STORE_load_file(store, path) == 1)
      return true;
  return false;
}

expected<trust_store_ptr> load(const std::string& added_pem_file,
                               bool with_system) {
  trust_store_ptr store{X509_STORE_new(), X509_STORE_free};
  if (!store)
    return failure{errc::tls_failed, "no memory for the trust store"};
  auto ok = !with_system || add_system_bundle(store.get());
  // Without any anchor every handshake fails, which is the safe side; but a
  // file that was named and cannot be read is a mistake to be told.
  auto added
    = added_pem_file.empty()
      || X509_STORE_load_file(store.get(), added_pem_file.c_str()) == 1;
  ERR_clear_error();
  if (!added)
    return failure{errc::tls_failed, "the added CA file cannot be read",
                   "ca_pem_file"};
  if (!ok && added_pem_file.empty())
    return failure{errc::tls_failed, "the system has no CA certificates: "
                                     "install the package ca-certificates"};
  return store;
}

void copy_certificates(X509_STORE* from, X509_STORE* to) {
  // Looking up sorts the list, on other threads too.
  X509_STORE_lock(from);
  auto all = X509_STORE_get0_objects(from);
  for (int i = 0; i < sk_X509_OBJECT_num(all); ++i)
    if (auto one = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(all, i)))
      X509_STORE_add_cert(to, one);
  X509_STORE_unlock(from);
}

} // namespace

expected<trust_store_ptr> load_trust_store(const std::string& added_pem_file,
                                           bool with_system) {
  static std::mutex mutex;
  static std::map<std::pair<std::string, bool>, std::weak_ptr<X509_STORE>>
    loaded;
  std::lock_guard guard{mutex};
  auto& known = loaded[{added_pem_file, with_system}];
  if (auto store = known.lock())
    return store;
  auto store = load(added_pem_file, with_system);
  if (store)
    known = *store;
  return store;
}

expected<trust_store_ptr> with_bundle(const trust_store_ptr& base,
                                      const ca_bundle& added) {
  trust_store_ptr store{X509_STORE_new(), X509_STORE_free};
  if (!store)
    return failure{errc::tls_failed, "no memory for the trust store"};
  auto certificates = certificates_of(added);
  if (!certificates)
    return failure{errc::tls_failed, "the tenant's certificates are damaged"};
  copy_certificates(base.get(), store.get());
  for (auto& one : *certificates)
    X509_STORE_add_cert(store.get(), one.get());
  ERR_clear_error();
  return store;
}

} // namespace byollm::net

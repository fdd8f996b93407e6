// SPDX-License-Identifier: Apache-2.0
// Who calls brings a token, and may have made it up. The first byte chooses
// what the rest is: a token, edits of a good one, or what stands in one.
// Nothing but an unchanged token is taken, and what is read can be written
// again.
#include "app/access/access_book.hpp"
#include "app/access/base64url.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <utility>

using namespace byollm;

namespace {

void must(bool fine) {
  if (!fine)
    std::abort();
}

template <class T>
T must_have(expected<T> what) {
  must(bool{what});
  return *std::move(what);
}

access_keys fixed_keys() {
  std::array<uint8_t, 32> audit_key;
  audit_key.fill(7);
  return must_have(access_keys::make(audit_key));
}

// Makes the same call tokens in every process, which are the corpus' seeds.
class site {
public:
  site()
      : book_(fixed_keys(),
              {"ledger-1", [] { return int64_t{1'800'000'000'000}; },
               [this] { return "id-" + std::to_string(++ids_); }},
              {}) {
    call_grant whole{"acme", "ada", "writer", caller_kind::tool};
    whole.purposes = {"summary", "title"};
    whole.calls = 3;
    whole.origin = {turn_source::panel, "draft", action_type::write};
    call_grant once{"acme", "bob", "notes"};
    once.single_use = true;
    for (auto& grant : {whole, once})
      call_tokens_.push_back(
        must_have(book_.mint(grant, std::chrono::minutes{5})).text);
    auto fresh
      = must_have(book_.make({"host", uint32_t(service_scope::turns), "", 0}));
    access_change add;
    add.add = fresh.stored;
    book_.apply(add);
    service_token_ = fresh.text;
    auto client = must_have(
      book_.make_client({"", "acme", "ada", "api", {"summary"}, 0, 0}, 0));
    access_change add_client;
    add_client.add_client = client.stored;
    book_.apply(add_client);
    client_token_ = client.text;
  }

  /// Checks a text as each kind of token.
  void check(std::string_view text) {
    auto is_call = std::ranges::count(call_tokens_, text) > 0;
    must(bool{book_.check_call(text)} == is_call);
    must(bool{book_.check_service(text)} == (text == service_token_));
    must(bool{book_.check_client(text)} == (text == client_token_));
  }

  /// Checks a good token after edits: which, then a place and a byte each.
  void check_edited(std::string_view edits) {
    if (edits.empty())
      return;
    auto which = size_t(uint8_t(edits[0])) % (call_tokens_.size() + 1);
    auto text
      = which < call_tokens_.size() ? call_tokens_[which] : service_token_;
    for (edits.remove_prefix(1); edits.size() >= 3; edits.remove_prefix(3)) {
      auto at = size_t(uint8_t(edits[0]) | uint8_t(edits[1]) << 8);
      text[at % text.size()] = edits[2];
    }
    if (!edits.empty())
      text.resize(std::min(text.size(), size_t(uint8_t(edits[0]))));
    check(text);
  }

private:
  int ids_ = 0;
  access_book book_;
  std::vector<std::string> call_tokens_;
  std::string service_token_;
  std::string client_token_;
};

void read_claims(std::string_view json) {
  auto claims = claims_of(json);
  if (!claims)
    return;
  auto written = to_json(*claims);
  must(to_json(must_have(claims_of(written))) == written);
}

void read_base64url(std::string_view text) {
  if (auto bytes = from_base64url(text))
    must(to_base64url(*bytes) == text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static site at;
  if (size == 0)
    return 0;
  // A copy of its own, so that sanitizers see every read beyond it.
  std::string copy(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0] % 4) {
  case 0:
    at.check(copy);
    break;
  case 1:
    at.check_edited(copy);
    break;
  case 2:
    read_claims(copy);
    break;
  default:
    read_base64url(copy);
  }
  return 0;
}

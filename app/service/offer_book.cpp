// SPDX-License-Identifier: Apache-2.0
#include "app/service/offer_book.hpp"

#include "messages/limits.hpp"

#include <algorithm>

namespace byollm::service {

namespace {

failure full(const char* why, const char* bound) {
  return {errc::overloaded, why, bound};
}

bool is_equal(const worker_offer& one, const worker_offer& other) {
  auto same = [](const auto& a, const auto& b) {
    return is_same(a.second, b.second)
           && a.second.description == b.second.description;
  };
  return one.bytes == other.bytes && one.extension == other.extension
         && (one.functions == other.functions
             || std::ranges::equal(*one.functions, *other.functions, same));
}

} // namespace

std::vector<offer_book::kept>::iterator
offer_book::account::find_equal(const worker_offer& offer) {
  return std::ranges::find_if(
    offers, [&](const kept& each) { return is_equal(each.what, offer); });
}

status offer_book::has_room(const account& of, size_t more) const {
  if (of.workers >= limits::workers_per_token_max)
    return full("256 workers are attached with this service token",
                "workers_per_token_max");
  if (workers_ >= limits::workers_max)
    return full("too many workers are attached", "workers_max");
  if (of.bytes + more > limits::offers_per_token_bytes_max)
    return full("the functions that workers with this service token offer take "
                "16 MiB",
                "offers_per_token_bytes_max");
  if (bytes_ + more > limits::offers_bytes_max)
    return full("the functions that workers offer take 64 MiB",
                "offers_bytes_max");
  return unit{};
}

status offer_book::add(const std::string& token, worker_offer& offer) {
  auto& of = accounts_[token];
  auto same = of.find_equal(offer);
  auto more = same == of.offers.end() ? offer.bytes : 0;
  if (auto may = has_room(of, more); !may) {
    if (of.workers == 0)
      accounts_.erase(token);
    return may;
  }
  if (same == of.offers.end())
    same = of.offers.insert(same, {offer});
  of.bytes += more;
  bytes_ += more;
  offer.functions = same->what.functions;
  ++same->workers;
  ++of.workers;
  ++workers_;
  return unit{};
}

void offer_book::remove(const std::string& token, const worker_offer& offer) {
  auto known = accounts_.find(token);
  if (known == accounts_.end())
    return;
  auto& of = known->second;
  auto same = std::ranges::find_if(of.offers, [&](const kept& each) {
    return each.what.functions == offer.functions
           && each.what.extension == offer.extension;
  });
  if (same == of.offers.end())
    return;
  --workers_;
  --of.workers;
  if (--same->workers == 0) {
    of.bytes -= same->what.bytes;
    bytes_ -= same->what.bytes;
    of.offers.erase(same);
  }
  if (of.workers == 0)
    accounts_.erase(known);
}

offer_book::offered offer_book::all() const {
  offered made;
  for (const auto& [_, of] : accounts_)
    for (const auto& each : of.offers)
      made.emplace_back(each.what.extension, each.what.functions);
  return made;
}

} // namespace byollm::service

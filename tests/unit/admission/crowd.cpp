// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/admission/crowd.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <queue>
#include <random>

namespace byollm::test {

namespace {

struct event {
  double at = 0;
  bool ends = false;
  size_t tenant = 0;

  bool operator>(const event& other) const {
    return at > other.at;
  }
};

class world {
public:
  world(const crowd& who, const doorkeeper& at)
      : who_(who), at_(at), random_(who.seed), now_in_(who.rates.size()) {
    out_.tenants.resize(who.rates.size());
    for (size_t i = 0; i < who.rates.size(); ++i)
      come_later(0, i);
  }

  crowd_result run() {
    while (!next_.empty() && next_.top().at < who_.seconds) {
      auto what = next_.top();
      next_.pop();
      let_pass(what.at);
      if (what.ends)
        end(what.tenant);
      else
        come(what.at, what.tenant);
    }
    let_pass(who_.seconds);
    for (auto& each : out_.tenants)
      each.in_flight /= who_.seconds - who_.warm_up;
    return out_;
  }

private:
  double some_time(double mean) {
    auto part = std::uniform_real_distribution<double>{0, 1}(random_);
    return -mean * std::log1p(-part);
  }

  void come_later(double now, size_t tenant) {
    next_.push({now + some_time(1 / who_.rates[tenant]), false, tenant});
  }

  void let_pass(double now) {
    auto from = std::max(last_, who_.warm_up);
    for (size_t i = 0; now > from && i < now_in_.size(); ++i)
      out_.tenants[i].in_flight += now_in_[i] * (now - from);
    last_ = now;
  }

  void come(double now, size_t tenant) {
    come_later(now, tenant);
    auto is_counted = now > who_.warm_up;
    out_.tenants[tenant].wanted += is_counted;
    if (!at_.enter(tenant)) {
      out_.tenants[tenant].refused += is_counted;
      return;
    }
    now_in_[tenant] += 1;
    next_.push({now + some_time(1), true, tenant});
  }

  void end(size_t tenant) {
    now_in_[tenant] -= 1;
    at_.leave(tenant);
  }

  const crowd& who_;
  const doorkeeper& at_;
  std::mt19937_64 random_;
  std::vector<double> now_in_;
  double last_ = 0;
  std::priority_queue<event, std::vector<event>, std::greater<>> next_;
  crowd_result out_;
};

} // namespace

double crowd_result::jain(size_t first, size_t last) const {
  double sum = 0;
  double squares = 0;
  for (auto i = first; i <= last; ++i) {
    sum += tenants[i].in_flight;
    squares += tenants[i].in_flight * tenants[i].in_flight;
  }
  return sum * sum / (static_cast<double>(last - first + 1) * squares);
}

uint64_t crowd_result::refused(size_t first, size_t last) const {
  uint64_t sum = 0;
  for (auto i = first; i <= last; ++i)
    sum += tenants[i].refused;
  return sum;
}

double crowd_result::in_flight() const {
  return std::accumulate(
    tenants.begin(), tenants.end(), 0.0,
    [](double sum, const of_tenant& each) { return sum + each.in_flight; });
}

crowd_result run(const crowd& who, const doorkeeper& at) {
  return world{who, at}.run();
}

doorkeeper fair_door(place_rules rules, size_t tenants) {
  struct house {
    std::shared_ptr<admission> gate;
    std::vector<admission::tenant_ptr> counts;
    std::vector<std::vector<admission::place>> places;
  };
  auto all = std::make_shared<house>();
  all->gate = std::make_shared<admission>(rules);
  all->places.resize(tenants);
  for (size_t i = 0; i < tenants; ++i)
    all->counts.push_back(all->gate->counter(std::to_string(i)));
  return {[all](size_t i) {
            auto& whose = all->counts[i];
            if (all->gate->enter(*whose) != admission::verdict::in)
              return false;
            all->places[i].emplace_back(all->gate, whose);
            return true;
          },
          [all](size_t i) { all->places[i].pop_back(); }};
}

doorkeeper plain_door(place_rules rules, size_t tenants) {
  auto own = std::make_shared<std::vector<uint32_t>>(tenants);
  auto taken = std::make_shared<uint32_t>(0);
  return {[=](size_t i) {
            if (*taken >= rules.total || (*own)[i] >= rules.per_tenant)
              return false;
            ++*taken;
            ++(*own)[i];
            return true;
          },
          [=](size_t i) {
            --*taken;
            --(*own)[i];
          }};
}

crowd one_hot() {
  crowd made;
  made.rates.assign(50, 0.1 * small_house.total / 49);
  made.rates[0] = 9.9 * small_house.total;
  return made;
}

crowd ten_hot() {
  crowd made;
  made.rates.assign(50, 0.5);
  for (size_t i = 0; i < 10; ++i)
    made.rates[i] = small_house.total * (0.2 + 0.4 * static_cast<double>(i));
  return made;
}

crowd all_hot() {
  crowd made;
  for (size_t i = 0; i < 50; ++i)
    made.rates.push_back(small_house.total * 0.05
                         * static_cast<double>(1 + i % 10));
  return made;
}

} // namespace byollm::test

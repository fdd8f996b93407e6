// SPDX-License-Identifier: Apache-2.0
#include "tests/load/virtual_world.hpp"

#include "tests/load/virtual_port.hpp"

namespace byollm::load {

namespace {

using namespace std::chrono_literals;

// What the real ones take, about.
constexpr auto commit_time = 200us;
constexpr auto lookup_time = 50us;

llm_target::ptr own_target(const tenant_id& tenant, const user_id& user) {
  user_owner who{tenant, user};
  auto url = *base_url::parse("https://own.example.com");
  return *llm_target::bind(
    endpoint<user_owner>{who, "openai", url},
    credential<user_owner>{who, "openai", url.at(), "key-own", 1, 1, nullptr},
    "standin-1");
}

} // namespace

virtual_world::virtual_world(const scenario& load,
                             const std::vector<user>& users)
    : load_(load), random_(load.seed) {
  for (const auto& each : users)
    kinds_.emplace(each.tenant.str() + '/' + each.id.str(), each.kind);
}

std::string virtual_world::new_id() {
  return "id-" + std::to_string(++last_id_);
}

double virtual_world::jitter() {
  return static_cast<double>(random_() >> 11) * 0x1.0p-53;
}

// FNV-1a, with the time.
void virtual_world::note(std::string_view what) {
  auto add = [this](uint8_t byte) { trace_ = (trace_ ^ byte) * 0x100000001b3; };
  for (auto c : what)
    add(static_cast<uint8_t>(c));
  auto now = static_cast<uint64_t>(clock.now().time_since_epoch().count());
  for (; now > 0; now >>= 8)
    add(static_cast<uint8_t>(now));
}

alarm_clock::alarm_id virtual_world::after(std::chrono::microseconds least,
                                           std::function<void()> done) {
  auto most = static_cast<double>(2 * least.count());
  std::chrono::microseconds added{static_cast<int64_t>(most * jitter())};
  return clock.set(clock.now() + least + added, std::move(done));
}

llm_target::ptr virtual_world::platform() {
  auto url = *base_url::parse("https://platform.example.com");
  return *llm_target::bind(
    endpoint<platform_owner>{{}, "openai", url},
    credential<platform_owner>{
      {}, "openai", url.at(), "key-platform", 1, 1, nullptr},
    "standin-1");
}

user_kind virtual_world::kind_of(const key_binding& whose) const {
  auto it = kinds_.find(whose.tenant + '/' + whose.user);
  return it == kinds_.end() ? user_kind::platform : it->second;
}

// -- the ports ----------------------------------------------------------------

void virtual_world::append(std::vector<ledger_entry> batch,
                           std::function<void(expected<uint64_t>)> done) {
  after(commit_time, [this, batch = std::move(batch), done = std::move(done)] {
    auto first = records_ + 1;
    for (const auto& entry : batch)
      record(entry);
    done(first);
  });
}

void virtual_world::record(const ledger_entry& entry) {
  ++records_;
  auto add = [this](std::string_view type, const std::string& call,
                    uint32_t attempt, std::string_view status) {
    ledger.add(type, call, std::to_string(attempt), status);
    note(type);
    note(call);
    note(status);
  };
  if (auto intent = entry.as<intent_record>())
    add("intent", intent->call, intent->attempt, "");
  else if (auto outcome = entry.as<outcome_record>())
    add("outcome", outcome->call, outcome->attempt, to_string(outcome->status));
  else if (auto refusal = entry.as<refusal_record>())
    add("refusal", refusal->call, 0, to_string(refusal->status));
}

void virtual_world::lookup(const tenant_id& tenant, const user_id& user,
                           std::function<void(user_lookup)> done) {
  user_lookup found;
  auto kind = kinds_.at(tenant.str() + '/' + user.str());
  if (kind != user_kind::platform) {
    user_config config;
    config.target = own_target(tenant, user);
    found.is = user_lookup::state::present;
    found.config = std::make_shared<const user_config>(std::move(config));
  }
  after(lookup_time, [found, done = std::move(done)] { done(found); });
}

expected<opened_key> virtual_world::redeem(const lease_ticket&) {
  return opened_key{nullptr, 0, [](char*, size_t) noexcept {
                      // nop: nothing secret
                    }};
}

expected<sealed_key> virtual_world::seal(std::string_view, const key_binding&) {
  return sealed_key{};
}

expected<std::unique_ptr<provider_port>>
virtual_world::make(const llm_target&) {
  return std::unique_ptr<provider_port>{std::make_unique<virtual_port>(*this)};
}

} // namespace byollm::load

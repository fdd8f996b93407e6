// SPDX-License-Identifier: Apache-2.0
#include "tests/actor/config_world.hpp"

#include "actors/settings_rules.hpp"

#include <cstring>

namespace byollm {

class config_world::memory_store final : public config_store {
public:
  explicit memory_store(config_world& world) : world_(world) {
    // nop
  }

  void
  load_user(std::string, std::string user,
            std::function<void(expected<std::optional<stored_user_config>>)>
              done) override {
    world_.sys.later([this, user, done] {
      ++world_.loads;
      if (world_.store_fails)
        return done(broken());
      auto it = world_.rows.find(user);
      std::optional<stored_user_config> row;
      if (it != world_.rows.end())
        row = it->second;
      done(row);
    });
  }

  void list_users(std::string, std::string after, size_t limit,
                  reading<std::vector<stored_user_config>> to) override {
    world_.sys.later([this, after, limit, done = std::move(to.tell)] {
      std::vector<stored_user_config> found;
      for (auto it = world_.rows.upper_bound(after);
           it != world_.rows.end() && found.size() < limit; ++it)
        found.push_back(it->second);
      done(std::move(found));
    });
  }

  void save_user(stored_user_config row, change_record why,
                 std::function<void(status)> done) override {
    write(std::move(why), std::move(done),
          [this, row] { world_.rows[row.user] = row; });
  }

  void remove_user(std::string, std::string user, change_record why,
                   std::function<void(status)> done) override {
    write(std::move(why), std::move(done),
          [this, user] { world_.rows.erase(user); });
  }

  void strip_user(stored_user_config left, change_record why,
                  std::function<void(status)> done) override {
    save_user(std::move(left), std::move(why), std::move(done));
  }

  void load_platform(
    std::function<void(expected<stored_platform_config>)> done) override {
    world_.sys.later([this, done] { done(world_.platform_row); });
  }

  void save_platform(stored_platform_config row, change_record why,
                     std::function<void(status)> done) override {
    write(std::move(why), std::move(done),
          [this, row] { world_.platform_row = row; });
  }

  void load_allowed(
    std::string tenant,
    std::function<void(expected<std::vector<std::string>>)> done) override {
    world_.sys.later([this, tenant, done] { done(world_.allowed[tenant]); });
  }

  void save_allowed(std::string tenant, std::vector<std::string> origins,
                    change_record why,
                    std::function<void(status)> done) override {
    write(std::move(why), std::move(done),
          [this, tenant, origins] { world_.allowed[tenant] = origins; });
  }

  void load_rules(std::string tenant,
                  std::function<void(expected<tenant_rules>)> done) override {
    world_.sys.later([this, tenant, done] {
      done(tenant_rules{world_.allowed[tenant], world_.trusted[tenant]});
    });
  }

  void save_trust(std::string tenant, ca_bundle_ptr trust, change_record why,
                  std::function<void(status)> done) override {
    write(std::move(why), std::move(done),
          [this, tenant, trust] { world_.trusted[tenant] = trust; });
  }

private:
  static failure broken() {
    return {errc::store_unavailable, "the disk is gone"};
  }

  void write(change_record why, std::function<void(status)> done,
             std::function<void()> apply) {
    world_.sys.later([this, why, done, apply] {
      if (world_.store_fails || world_.writes_fail)
        return done(broken());
      apply();
      world_.changes.push_back(why);
      done(unit{});
    });
  }

  config_world& world_;
};

// "Seals" by reversing, so that a test sees that sealing happened.
class config_world::mirror_vault final : public key_vault {
public:
  explicit mirror_vault(config_world& world) : world_(world) {
    // nop
  }

  expected<opened_key> redeem(const lease_ticket&) override {
    return failure{errc::unavailable, "nothing is opened here"};
  }

  void revoke(const std::string& key_id, uint32_t up_to) override {
    world_.revoked.push_back({key_id, up_to});
  }

  expected<sealed_key> seal(std::string_view key, const key_binding&) override {
    return sealed_key{{key.rbegin(), key.rend()}};
  }

private:
  config_world& world_;
};

namespace {

// As the runtime's own: a row becomes a configuration, unreadable is broken.
class row_source final : public config_source {
public:
  explicit row_source(config_store& from) : from_(from) {
    // nop
  }

  void lookup(const tenant_id& tenant, const user_id& user,
              std::function<void(user_lookup)> done) override {
    using found = expected<std::optional<stored_user_config>>;
    auto read = [done](const stored_user_config& row,
                       const expected<tenant_rules>& rules) {
      auto config = restore_user(row, *rules);
      if (!config)
        return done({user_lookup::state::broken, nullptr, config.error()});
      done({user_lookup::state::present, *config, {}});
    };
    from_.load_user(
      tenant.str(), user.str(), [this, tenant, read, done](found row) {
        if (!row)
          return done({user_lookup::state::broken, nullptr, row.error()});
        if (!*row)
          return done({});
        from_.load_rules(tenant.str(),
                         [read, row](auto rules) { read(**row, rules); });
      });
  }

private:
  config_store& from_;
};

} // namespace

config_world::config_world(uint64_t seed) : config_world{seed, room{}} {
  // nop
}

config_world::config_world(config_source& host)
    : config_world{0, room{}, &host} {
  // nop
}

config_world::config_world(uint64_t seed, room within, config_source* host)
    : store_(std::make_unique<memory_store>(*this)),
      vault_(std::make_unique<mirror_vault>(*this)),
      source_(std::make_unique<row_source>(*store_)),
      sys(seed) {
  auth_gateway_options keys{vault_.get()};
  keys.withdrawal
    = {nullptr, &clock, [](auto task) { task(); }, [this] { return drain; }};
  gateway = sys.adopt(sys.system().spawn(auth_gateway, keys));
  resolver = sys.adopt(sys.system().spawn(
    byollm::resolver,
    resolver_options{std::make_shared<const platform_config>(),
                     two_providers()}));
  auto parts = std::make_shared<tenant_parts>();
  parts->source = host ? host : source_.get();
  parts->host_keeps_configs = host != nullptr;
  parts->store = store_.get();
  parts->gateway = gateway;
  parts->providers = two_providers();
  parts->new_id = [] { return std::string{"key-id"}; };
  parts->unix_ms = [] { return int64_t{1}; };
  parts->users_remembered_max = within.users;
  directory_options tenants{parts, &clock, [](auto task) { task(); }};
  tenants.awake_max = within.tenants;
  directory = sys.adopt(sys.system().spawn(byollm::directory, tenants));
  platform_options made;
  made.stored = std::make_shared<const stored_platform_config>();
  made.store = store_.get();
  made.gateway = gateway;
  made.resolvers = {resolver};
  made.providers = two_providers();
  made.new_id = parts->new_id;
  made.unix_ms = parts->unix_ms;
  platform = sys.adopt(sys.system().spawn(byollm::platform, std::move(made)));
}

config_world::~config_world() = default;

user_lookup config_world::lookup(const std::string& user,
                                 const std::string& tenant) {
  auto who = std::make_shared<const call_context>(call_context{
    {*tenant_id::parse(tenant), *user_id::parse(user), *app_id::parse("x")},
    *turn_id::parse("t")});
  auto found = ask<shared<user_lookup>>(directory, atom::lookup_v, who);
  return found ? **found : user_lookup{};
}

expected<llm_summary> config_world::set_user(const std::string& user,
                                             const std::string& model,
                                             key_slip key) {
  llm_change wanted{"openai", model, "", std::move(key)};
  auto change = std::make_shared<const user_change>(user_change{
    *tenant_id::parse("acme"), *user_id::parse(user), wanted, {}, "test"});
  auto done = ask<answer<llm_summary>>(directory, atom::change_v, change);
  return done ? **done : failure{errc::unavailable};
}

expected<llm_summary> config_world::remove_user(const std::string& user) {
  auto change = std::make_shared<const user_change>(user_change{
    *tenant_id::parse("acme"), *user_id::parse(user), {}, {}, "test"});
  auto done = ask<answer<llm_summary>>(directory, atom::change_v, change);
  return done ? **done : failure{errc::unavailable};
}

expected<llm_summary> config_world::disable_user(const std::string& user,
                                                 bool disabled) {
  auto change = std::make_shared<const user_change>(user_change{
    *tenant_id::parse("acme"), *user_id::parse(user), {}, disabled, "test"});
  auto done = ask<answer<llm_summary>>(directory, atom::change_v, change);
  return done ? **done : failure{errc::unavailable};
}

uint64_t config_world::awake() {
  return ask<uint64_t>(directory, atom::idle_v).value_or(999);
}

key_slip make_slip(const std::string& key) {
  auto bytes = new char[key.size() + 1];
  key.copy(bytes, key.size());
  return std::make_shared<const opened_key>(
    bytes, key.size(), [](char* held, size_t) noexcept { delete[] held; });
}

} // namespace byollm

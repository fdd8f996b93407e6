// SPDX-License-Identifier: Apache-2.0
// Goal: a rotation wraps every key that opens, ends, is taken up again after
// whatever stopped it, and adds one key for each time it was asked for. Method:
// the AUTH GATEWAY over rows in memory that answer at some later step, for many
// seeds.
#include "actors/auth_gateway.hpp"
#include "tests/support/deterministic_system.hpp"

#include <catch2/catch.hpp>

#include <caf/event_based_actor.hpp>

#include <algorithm>
#include <optional>

using namespace byollm;

namespace {

/// Master keys without cryptography: an envelope's only byte is its version.
class counted_keys final : public master_key_vault, public key_vault {
public:
  expected<opened_key> redeem(const lease_ticket&) override {
    return failure{errc::unavailable};
  }

  void revoke(const std::string&, uint32_t) override {
    // nop
  }

  expected<sealed_key> seal(std::string_view, const key_binding&) override {
    return failure{errc::unavailable};
  }

  expected<sealed_key> rewrap(const sealed_key& sealed,
                              const key_binding&) override {
    if (sealed.envelope.at(0) == unreadable)
      return failure{errc::secret_integrity};
    return sealed_key{{static_cast<uint8_t>(known.back())}};
  }

  std::vector<uint32_t> versions() const override {
    return known;
  }

  expected<staged_keys_ptr> add() override {
    return staged([this] { known.push_back(known.back() + 1); });
  }

  expected<staged_keys_ptr> drop(uint32_t version) override {
    return staged([this, version] { std::erase(known, version); });
  }

  static constexpr uint8_t unreadable = 255;

  std::vector<uint32_t> known = {1};

private:
  class change final : public staged_keys {
  public:
    explicit change(std::function<void()> make) : make_(std::move(make)) {
      // nop
    }

    status keep() override {
      make_();
      return unit{};
    }

  private:
    std::function<void()> make_;
  };

  static staged_keys_ptr staged(std::function<void()> make) {
    return std::make_unique<change>(std::move(make));
  }
};

/// Rows that are envelopes; a batch is of three.
class listed_rows final : public wrap_store {
public:
  explicit listed_rows(deterministic_system& sys) : sys_(sys) {
    // nop
  }

  void rewrap(rewrap_order what,
              std::function<void(expected<rewrap_batch>)> done) override {
    sys_.later([this, what, done] {
      if (fails > 0 && --fails == 0)
        return done(failure{errc::store_unavailable, "the disk is gone"});
      rewrap_batch batch;
      auto at
        = what.after.slot.empty() ? size_t{0} : std::stoul(what.after.slot);
      for (size_t seen = 0; at < rows.size(); ++at) {
        if (rows[at] == what.version)
          continue;
        if (seen++ == 3) {
          batch.next = config_place{std::to_string(at), "", ""};
          break;
        }
        stored_user_config row{"acme", "ada", "openai", "m",
                               "https://api.openai.com"};
        row.envelope = {rows[at]};
        auto wrapped = what.wrap(row);
        ++(wrapped ? batch.rewrapped : batch.unreadable);
        if (wrapped)
          rows[at] = wrapped->envelope[0];
      }
      // Saved behind the batch, but sealed before the rotation.
      if (late > 0) {
        --late;
        rows.insert(rows.begin(), 1);
      }
      done(batch);
    });
  }

  void count_wraps(
    std::function<void(expected<std::map<uint32_t, uint64_t>>)> done) override {
    sys_.later([this, done] {
      std::map<uint32_t, uint64_t> counted;
      for (auto row : rows)
        ++counted[row];
      done(counted);
    });
  }

  void add_master_key(stage_keys stage, change_record why,
                      std::function<void(status)> done) override {
    sys_.later([this, stage, why, done] {
      changes.push_back(why);
      done((*stage())->keep());
    });
  }

  void drop_master_key(uint32_t version, stage_keys stage, change_record why,
                       std::function<void(status)> done) override {
    sys_.later([this, version, stage, why, done] {
      if (std::count(rows.begin(), rows.end(), version) > 0)
        return done(failure{errc::invalid_config});
      changes.push_back(why);
      done((*stage())->keep());
    });
  }

  std::vector<uint8_t> rows = std::vector<uint8_t>(20, 1);
  std::vector<change_record> changes;
  size_t late = 0;
  size_t fails = 0;

private:
  deterministic_system& sys_;
};

struct rotation_world {
  explicit rotation_world(uint64_t seed) : sys(seed) {
    // nop
  }

  void spawn() {
    gateway = sys.adopt(sys.system().spawn(
      auth_gateway, auth_gateway_options{
                      keys.get(), {}, keys, &rows, [] { return int64_t{1}; }}));
  }

  template <class Reply, class... Args>
  std::shared_ptr<std::optional<Reply>> send(Args... args) {
    auto slot = std::make_shared<std::optional<Reply>>();
    sys.system().spawn([=, to = gateway](caf::event_based_actor* self) {
      self->request(to, caf::infinite, args...)
        .then([slot](const Reply& reply) { *slot = reply; },
              [](caf::error&) {
                // nop
              });
    });
    return slot;
  }

  expected<rewrap_progress> ask(const shared<master_key_change>& what) {
    auto got = send<answer<rewrap_progress>>(atom::rotate_v, what);
    sys.drain();
    return *got ? ***got : failure{errc::unavailable};
  }

  static shared<master_key_change> by(std::string actor, uint32_t version = 0) {
    return std::make_shared<const master_key_change>(
      master_key_change{std::move(actor), version});
  }

  // Asks as `byollm keys rotate` does.
  expected<rewrap_progress> rotate() {
    auto step = ask(by("admin"));
    for (int asked = 0; step && step->left > step->unreadable; ++asked) {
      REQUIRE(asked < 100);
      step = ask(by("", step->version));
    }
    return step;
  }

  size_t under(uint8_t version) const {
    return static_cast<size_t>(
      std::count(rows.rows.begin(), rows.rows.end(), version));
  }

  deterministic_system sys;
  std::shared_ptr<counted_keys> keys = std::make_shared<counted_keys>();
  listed_rows rows{sys};
  auth_gateway_actor gateway;
};

void for_seeds(const std::function<void(rotation_world&)>& run) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    INFO("seed " << seed);
    rotation_world world{seed};
    run(world);
  }
}

} // namespace

TEST_CASE("a rotation wraps all and is recorded once", "[rotation]") {
  for_seeds([](rotation_world& world) {
    world.spawn();
    auto end = world.rotate();
    REQUIRE(end);
    CHECK(end->version == 2);
    CHECK(end->left == 0);
    CHECK(world.under(2) == 20);
    REQUIRE(world.rows.changes.size() == 1);
    CHECK(world.rows.changes[0].subject == change_subject::master_key);
    CHECK(world.rows.changes[0].summary == "version 2 added");
    CHECK(world.rows.changes[0].actor == "admin");
    CHECK(world.rotate()->version == 3);
  });
}

TEST_CASE("a rotation asked for at the start adds its key", "[rotation]") {
  for_seeds([](rotation_world& world) {
    world.spawn(); // is looking for what an earlier process left
    auto got = world.send<answer<rewrap_progress>>(atom::rotate_v,
                                                   rotation_world::by("a"));
    world.sys.drain();
    REQUIRE(*got);
    CHECK(world.keys->known.size() == 2);
  });
}

TEST_CASE("many who ask at once get one new key", "[rotation]") {
  for_seeds([](rotation_world& world) {
    world.spawn();
    std::vector<std::shared_ptr<std::optional<answer<rewrap_progress>>>> all;
    for (int i = 0; i < 5; ++i)
      all.push_back(world.send<answer<rewrap_progress>>(
        atom::rotate_v, rotation_world::by("a")));
    world.sys.drain();
    for (const auto& got : all) {
      REQUIRE(*got);
      CHECK(***got);
    }
    CHECK(world.keys->known.size() == 2);
    CHECK(world.under(2) == 20);
  });
}

TEST_CASE("what an earlier process left is wrapped without being asked",
          "[rotation]") {
  for_seeds([](rotation_world& world) {
    world.keys->known = {1, 2};
    world.rows.rows[3] = 2;
    world.spawn();
    world.sys.drain();
    CHECK(world.under(2) == 20);
    CHECK(world.rows.changes.empty());
  });
}

TEST_CASE("keys that do not open stay, and do not hold up a rotation",
          "[rotation]") {
  for_seeds([](rotation_world& world) {
    for (size_t i : {0, 4, 19})
      world.rows.rows[i] = counted_keys::unreadable;
    world.spawn();
    auto end = world.rotate();
    REQUIRE(end);
    CHECK(end->unreadable == 3);
    CHECK(end->left == 3);
    while (world.keys->known.size() < 3)
      REQUIRE(world.rotate());
    CHECK(world.under(3) == 17);
    CHECK(world.under(counted_keys::unreadable) == 3);
  });
}

TEST_CASE("a key that is saved behind the batches is wrapped, too",
          "[rotation]") {
  for_seeds([](rotation_world& world) {
    world.rows.late = 4;
    world.spawn();
    REQUIRE(world.rotate());
    CHECK(world.under(2) == 24);
  });
}

TEST_CASE("a rotation that a disk stopped goes on when it is asked for",
          "[rotation]") {
  for_seeds([](rotation_world& world) {
    world.rows.fails = 4;
    world.spawn();
    REQUIRE(world.ask(rotation_world::by("admin"))); // the first batches
    CHECK(world.under(1) > 0);
    REQUIRE(world.rotate());
    // The first is finished, and the second is a rotation of its own.
    CHECK(world.under(3) == 20);
    CHECK(world.keys->known.size() == 3);
  });
}

TEST_CASE("a master key that wraps a key is not retired", "[rotation]") {
  for_seeds([](rotation_world& world) {
    world.spawn();
    auto retire = [&](uint32_t version) {
      auto got = world.send<answer<unit>>(atom::retire_v,
                                          rotation_world::by("a", version));
      world.sys.drain();
      return *got && bool{***got};
    };
    CHECK_FALSE(retire(1));
    REQUIRE(world.rotate());
    CHECK(retire(1));
    CHECK(world.keys->known == std::vector<uint32_t>{2});
    CHECK(world.rows.changes.back().summary == "version 1 retired");
  });
}

TEST_CASE("the master keys are told with what they wrap", "[rotation]") {
  for_seeds([](rotation_world& world) {
    world.keys->known = {1, 2};
    world.rows.rows = {1, 1, 1, counted_keys::unreadable};
    world.spawn();
    world.sys.drain();
    auto got = world.send<answer<master_key_list>>(atom::lookup_v);
    world.sys.drain();
    REQUIRE(*got);
    const auto& list = ****got;
    REQUIRE(list.size() == 2);
    CHECK(list[0].wraps == 0);
    CHECK(list[1].wraps == 3);
    CHECK(list[1].is_current);
  });
}

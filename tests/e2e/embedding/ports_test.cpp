// SPDX-License-Identifier: Apache-2.0
// Goal: each part that a host may bring is used where its contract says, and
// nowhere else.
// Method: bring one at a time, make calls against byollm-standin, and look at
// what the part was asked. The stand-in refuses the key `standin-bad`.
#include "host_fixture.hpp"

#include "messages/target.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>

using namespace byollm;
using namespace byollm::test;

namespace {

// Ada's LLM is at the stand-in; nobody knows of anyone else.
class one_user final : public config_source {
public:
  void lookup(const tenant_id& tenant, const user_id& user,
              std::function<void(user_lookup)> done) override {
    ++lookups;
    if (user.str() == "broken")
      return done({user_lookup::state::broken,
                   nullptr,
                   {errc::config_unavailable, "the host's database is away"}});
    if (user.str() != "ada")
      return done({});
    auto config = std::make_shared<user_config>();
    config->target = target_of({tenant, user});
    done({user_lookup::state::present, std::move(config), {}});
  }

  std::atomic<int> lookups{0};

private:
  static llm_target::ptr target_of(const user_owner& owner) {
    auto url = *base_url::parse(standin_url());
    endpoint<user_owner> to{owner, "anthropic", url, reach::allowed};
    auto with = credential<user_owner>::from_source(owner, "anthropic",
                                                    url.at(), "host-key-7");
    return *llm_target::bind(to, with, "host-model");
  }
};

class counter final : public call_watch {
public:
  void begun(const intent_record&) noexcept override {
    ++begun_;
  }

  void ended(const outcome_record& what) noexcept override {
    if (what.of && what.of->call == what.call)
      ++ended_;
  }

  void refused(const refusal_record&) noexcept override {
    ++refused_;
  }

  std::atomic<long> begun_{0};
  std::atomic<long> ended_{0};
  std::atomic<long> refused_{0};
};

class key_cupboard final : public credential_source {
public:
  status open(const key_binding& binding,
              const std::function<void(std::string_view)>& use) override {
    std::lock_guard guard{mutex};
    asked.push_back(binding);
    if (key.empty())
      return failure{errc::secret_integrity, "the cupboard is empty"};
    use(key);
    return unit{};
  }

  std::mutex mutex;
  std::vector<key_binding> asked;
  std::string key = "a-key-of-the-host";
};

class copy_book final : public audit_sink {
public:
  void committed(const ledger_row& row) noexcept override {
    std::lock_guard guard{mutex};
    rows.push_back(row);
  }

  std::mutex mutex;
  std::vector<ledger_row> rows;
};

class purse final : public balance {
public:
  bool may_pay(const tenant_id&, const user_id& user) noexcept override {
    ++asked;
    return user.str() == "rich";
  }

  std::atomic<int> asked{0};
};

expected<message_reply> ask(const runtime& rt, const std::string& user) {
  return open_turn(rt, user).llm().create_message(say("hello")).get();
}

} // namespace

TEST_CASE("a host's config_source decides who has an LLM, once per turn") {
  scratch_directory scratch;
  auto configs = std::make_shared<one_user>();
  auto keys = std::make_shared<key_cupboard>();
  auto rt = start({.data_directory = scratch.path() / "data",
                   .configs = configs,
                   .credentials = keys});
  auto ctx = open_turn(*rt);
  CHECK(ctx.llm().model() == "host-model");
  CHECK(ctx.llm().is_byollm());
  CHECK(ctx.llm().create_message(say("one")).get());
  CHECK(ctx.llm().create_message(say("two")).get());
  CHECK(configs->lookups == 1);
  CHECK(ask(*rt, "ada"));
  CHECK(configs->lookups == 2);
  CHECK(ask(*rt, "bob").error().code == errc::no_provider);
  auto broken
    = rt->open_turn({.tenant = "acme", .user = "broken", .extension = "notes"});
  auto turn = broken.get();
  REQUIRE(!turn);
  CHECK(turn.error().code == errc::config_unavailable);
}

TEST_CASE("with a host's config_source, changes are made at the host") {
  scratch_directory scratch;
  auto rt = start({.data_directory = scratch.path() / "data",
                   .configs = std::make_shared<one_user>()});
  auto set
    = rt->admin().set_user_llm("acme", "ada", standin_llm(), "ada").get();
  REQUIRE(!set);
  CHECK(set.error().code == errc::invalid_config);
  auto admin = rt->admin();
  for (const auto& done :
       {admin.remove_user_llm("acme", "ada", "ada").get(),
        admin.disable_user_llm("acme", "ada", true, "admin").get(),
        admin.remove_tenant_ca("acme", "admin").get()}) {
    REQUIRE(!done);
    CHECK(done.error().code == errc::invalid_config);
  }
  CHECK(admin.user_llms("acme", "", 10).get().error().code
        == errc::invalid_config);
  auto shown = admin.user_llm("acme", "ada").get();
  REQUIRE(shown);
  CHECK_FALSE(*shown);
}

TEST_CASE("a host's key that no credential_source opens goes nowhere") {
  scratch_directory scratch;
  auto rt = start({.data_directory = scratch.path() / "data",
                   .configs = std::make_shared<one_user>()});
  auto reply = ask(*rt, "ada");
  REQUIRE(!reply);
  CHECK(reply.error().code == errc::secret_integrity);
  CHECK(reply.error().sent == certainty::no);
}

TEST_CASE("a host's credential_source opens each call's key") {
  scratch_directory scratch;
  auto keys = std::make_shared<key_cupboard>();
  auto rt = start({.data_directory = scratch.path() / "data",
                   .configs = std::make_shared<one_user>(),
                   .credentials = keys});
  REQUIRE(ask(*rt, "ada"));
  REQUIRE(ask(*rt, "ada"));
  {
    std::lock_guard guard{keys->mutex};
    REQUIRE(keys->asked.size() == 2);
    const auto& binding = keys->asked.front();
    CHECK(binding.tenant == "acme");
    CHECK(binding.user == "ada");
    CHECK(binding.provider == "anthropic");
    CHECK(binding.origin == standin_url());
    CHECK(binding.key_id == "host-key-7");
    keys->key = "standin-bad";
  }
  auto refused = ask(*rt, "ada");
  REQUIRE(!refused);
  CHECK(refused.error().code == errc::authentication);
  {
    std::lock_guard guard{keys->mutex};
    keys->key.clear();
  }
  auto closed = ask(*rt, "ada");
  REQUIRE(!closed);
  CHECK(closed.error().sent == certainty::no);
}

TEST_CASE("a host's audit_sink has every row when the caller has the reply") {
  scratch_directory scratch;
  auto copies = std::make_shared<copy_book>();
  auto rt = start({.data_directory = scratch.path() / "data", .audit = copies});
  settle_ada(*rt);
  auto reply = ask(*rt, "ada");
  REQUIRE(reply);
  auto rows = rt->admin().ledger_list("", "", 1, 1'000, false).get();
  REQUIRE(rows);
  std::lock_guard guard{copies->mutex};
  REQUIRE(copies->rows.size() == rows->size());
  for (size_t i = 0; i < rows->size(); ++i) {
    CHECK(copies->rows[i].seq == i + 1);
    CHECK(copies->rows[i].leaf_hash_hex == (*rows)[i].leaf_hash_hex);
  }
  CHECK(copies->rows.back().type == "outcome");
}

TEST_CASE("a host's watch is told what its audit_sink has") {
  scratch_directory scratch;
  auto copies = std::make_shared<copy_book>();
  auto counts = std::make_shared<counter>();
  auto rt = start({.data_directory = scratch.path() / "data",
                   .audit = copies,
                   .watch = counts});
  settle_ada(*rt);
  REQUIRE(ask(*rt, "ada"));
  REQUIRE(ask(*rt, "ada"));
  REQUIRE_FALSE(ask(*rt, "bob")); // nobody answers him
  auto copied = [&](const char* type) {
    std::lock_guard guard{copies->mutex};
    return std::ranges::count(copies->rows, type, &ledger_row::type);
  };
  CHECK(counts->begun_ == 2);
  CHECK(counts->ended_ == 2);
  CHECK(counts->refused_ == 1);
  CHECK(counts->begun_ == copied("intent"));
  CHECK(counts->ended_ == copied("outcome"));
  CHECK(counts->refused_ == copied("refusal"));
}

TEST_CASE("a host's balance is asked for platform calls only") {
  scratch_directory scratch;
  auto money = std::make_shared<purse>();
  auto rt
    = start({.data_directory = scratch.path() / "data", .balances = money});
  settle_ada(*rt);
  REQUIRE(rt->admin().set_platform_llm(standin_llm(), "admin").get());
  auto own = ask(*rt, "ada");
  REQUIRE(own);
  CHECK(own->billing == billing_class::byollm);
  CHECK(money->asked == 0);
  auto paid = ask(*rt, "rich");
  REQUIRE(paid);
  CHECK(paid->billing == billing_class::platform);
  auto poor = ask(*rt, "poor");
  REQUIRE(!poor);
  CHECK(poor.error().code == errc::balance_exhausted);
  CHECK(poor.error().sent == certainty::no);
  CHECK(money->asked == 2);
}

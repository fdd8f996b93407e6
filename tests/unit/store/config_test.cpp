// SPDX-License-Identifier: Apache-2.0
// Goal: configurations come back as they were saved, and never without the
// record of who changed them. Method: the public interface, across openings.
#include "sample.hpp"

#include "app/store/parameters_json.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace byollm;
using namespace byollm::sample;

namespace {

stored_user_config user_row(std::string user = "ada") {
  return {"acme",
          std::move(user),
          "anthropic",
          "claude-sonnet",
          "https://api.anthropic.com",
          "claude-vectors",
          false,
          true,
          fallback_policy::platform,
          9,
          "key-1",
          3,
          5,
          {1, 0, 255, 7}};
}

status save(store& to, stored_user_config row) {
  return wait<status>([&](auto done) {
    to.save_user(std::move(row), change(), std::move(done));
  });
}

std::optional<stored_user_config> load(store& from, std::string tenant,
                                       std::string user) {
  auto found
    = wait<expected<std::optional<stored_user_config>>>([&](auto done) {
        from.load_user(std::move(tenant), std::move(user), std::move(done));
      });
  REQUIRE(found);
  return *found;
}

stored_platform_config load_platform(store& from) {
  auto found = wait<expected<stored_platform_config>>(
    [&](auto done) { from.load_platform(std::move(done)); });
  REQUIRE(found);
  return *found;
}

void check_same(const stored_user_config& left,
                const stored_user_config& right) {
  CHECK(left.tenant == right.tenant);
  CHECK(left.user == right.user);
  CHECK(left.provider == right.provider);
  CHECK(left.model == right.model);
  CHECK(left.base_url == right.base_url);
  CHECK(left.embedding_model == right.embedding_model);
  CHECK(left.enabled == right.enabled);
  CHECK(left.admin_disabled == right.admin_disabled);
  CHECK(left.fallback == right.fallback);
  CHECK(left.epoch == right.epoch);
  CHECK(left.key_id == right.key_id);
  CHECK(left.key_version == right.key_version);
  CHECK(left.row_version == right.row_version);
  CHECK(left.envelope == right.envelope);
}

std::vector<std::string> allowed(store& from, std::string tenant) {
  auto found = wait<expected<std::vector<std::string>>>(
    [&](auto done) { from.load_allowed(std::move(tenant), std::move(done)); });
  REQUIRE(found);
  return *found;
}

status allow(store& in, std::string tenant, std::vector<std::string> origins) {
  return wait<status>([&](auto done) {
    in.save_allowed(std::move(tenant), std::move(origins), change(),
                    std::move(done));
  });
}

} // namespace

TEST_CASE("a user's configuration comes back as it was saved", "[config]") {
  scratch directory;
  {
    auto store = open(directory.path());
    CHECK_FALSE(load(*store, "acme", "ada"));
    REQUIRE(save(*store, user_row()));
  }
  auto store = open(directory.path());
  auto found = load(*store, "acme", "ada");
  REQUIRE(found);
  check_same(*found, user_row());
  CHECK_FALSE(load(*store, "acme", "bob"));
  CHECK_FALSE(load(*store, "umbrella", "ada"));
}

TEST_CASE("a change and its record are one", "[config]") {
  scratch directory;
  auto store = open(directory.path());
  REQUIRE(save(*store, user_row()));
  auto rows = list(*store);
  REQUIRE(rows);
  REQUIRE(rows->size() == 1);
  CHECK(rows->front().type == "change");
  CHECK(value(rows->front(), "subject") == "llm");
  CHECK(verify(*store).intact);
}

TEST_CASE("a removed configuration is gone, ciphertext included", "[config]") {
  scratch directory;
  auto row = user_row();
  const std::string marker = "ciphertext-to-be-forgotten";
  row.envelope.assign(marker.begin(), marker.end());
  auto store = open(directory.path());
  REQUIRE(save(*store, row));
  auto removed = wait<status>([&](auto done) {
    store->remove_user("acme", "ada", change(), std::move(done));
  });
  REQUIRE(removed);
  CHECK_FALSE(load(*store, "acme", "ada"));
  CHECK(list(*store)->size() == 2);
  // Also while the store is open: neither in the file nor in its log.
  for (const auto& entry :
       std::filesystem::directory_iterator{directory.path()}) {
    std::ifstream file{entry.path()};
    std::string content{std::istreambuf_iterator<char>{file}, {}};
    INFO(entry.path());
    CHECK(content.find(marker) == std::string::npos);
  }
}

TEST_CASE("a tenant's users are listed page by page, in order", "[config]") {
  scratch directory;
  auto store = open(directory.path());
  for (auto user : {"eve", "ada", "bob"})
    REQUIRE(save(*store, user_row(user)));
  auto other = user_row("zoe");
  other.tenant = "umbrella";
  REQUIRE(save(*store, other));
  auto page = [&](std::string after, size_t limit) {
    auto found
      = wait<expected<std::vector<stored_user_config>>>([&](auto done) {
          store->list_users("acme", std::move(after), limit, std::move(done));
        });
    REQUIRE(found);
    std::string names;
    for (const auto& row : *found)
      names += row.user + ' ' + row.model + ' ';
    return names;
  };
  CHECK(page("", 2) == "ada claude-sonnet bob claude-sonnet ");
  CHECK(page("bob", 2) == "eve claude-sonnet ");
  CHECK(page("eve", 2).empty());
}

TEST_CASE("what is stripped keeps no ciphertext", "[config]") {
  scratch directory;
  auto row = user_row();
  const std::string marker = "ciphertext-to-be-forgotten";
  row.envelope.assign(marker.begin(), marker.end());
  auto store = open(directory.path());
  REQUIRE(save(*store, row));
  row.envelope.clear();
  row.key_id.clear();
  REQUIRE(wait<status>(
    [&](auto done) { store->strip_user(row, change(), std::move(done)); }));
  auto found = load(*store, "acme", "ada");
  REQUIRE(found);
  CHECK(found->admin_disabled);
  for (const auto& entry :
       std::filesystem::directory_iterator{directory.path()}) {
    std::ifstream file{entry.path()};
    std::string content{std::istreambuf_iterator<char>{file}, {}};
    INFO(entry.path());
    CHECK(content.find(marker) == std::string::npos);
  }
}

TEST_CASE("without a saved platform the defaults apply", "[config]") {
  scratch directory;
  auto store = open(directory.path());
  auto found = load_platform(*store);
  CHECK_FALSE(found.llm);
  CHECK(found.version == stored_platform_config{}.version);
}

TEST_CASE("the platform's configuration comes back as it was saved",
          "[config]") {
  scratch directory;
  stored_platform_config row;
  row.llm = user_row("");
  row.llm->tenant = "";
  row.second_choice = row.llm;
  row.second_choice->provider = "openai";
  row.global = {0.1, 1.0 / 3, 4'000, -2.0, 2.0, {{"stop", "\"\n\x01"}}};
  row.per_purpose["chain_narrator"].temperature = 0.4;
  row.per_purpose["empty"] = {};
  row.per_extension["novel-writer"].max_tokens = 9'007'199'254'740'993;
  row.ceilings.max_tokens = 1;
  row.policies["novel-writer"] = {{{"", "summary"}}, {}, 0, {}};
  row.policies["*"] = {{}, {{"gpt-*"}}, {}, 18'446'744'073'709'551'615u};
  row.when_disabled = disabled_policy::refuse;
  row.caller_may_name_model = true;
  row.ambiguous_retries = 0;
  row.version = 12;
  {
    auto saved = wait<status>([&](auto done) {
      open(directory.path())->save_platform(row, change(), std::move(done));
    });
    REQUIRE(saved);
  }
  auto store = open(directory.path());
  auto found = load_platform(*store);
  REQUIRE(found.llm);
  check_same(*found.llm, *row.llm);
  REQUIRE(found.second_choice);
  check_same(*found.second_choice, *row.second_choice);
  CHECK(found.global == row.global);
  CHECK(found.per_purpose == row.per_purpose);
  CHECK(found.per_extension == row.per_extension);
  CHECK(found.ceilings == row.ceilings);
  CHECK(found.policies == row.policies);
  CHECK(found.when_disabled == row.when_disabled);
  CHECK(found.caller_may_name_model);
  CHECK(found.ambiguous_retries == 0);
  CHECK(found.version == 12);
  row.llm.reset();
  row.second_choice.reset();
  REQUIRE(wait<status>(
    [&](auto done) { store->save_platform(row, change(), std::move(done)); }));
  CHECK_FALSE(load_platform(*store).llm);
  CHECK_FALSE(load_platform(*store).second_choice);
}

TEST_CASE("parameter sets that were edited badly do not read", "[config]") {
  stored_platform_config into;
  auto good = parameter_sets_json({});
  CHECK(read_parameter_sets(good, into));
  // As stores have it from before there were policies.
  CHECK(read_parameter_sets(R"({"global":{},"ceilings":{},"per_purpose":{},)"
                            R"("per_extension":{}})",
                            into));
  for (std::string_view bad :
       {"", "[]", "{}", "{\"global\":{}}",
        R"({"global":{"nonsense":1},"ceilings":{},"per_purpose":{},)"
        R"("per_extension":{}})",
        R"({"global":{"temperature":"0.4"},"ceilings":{},"per_purpose":{},)"
        R"("per_extension":{}})",
        R"({"global":{"max_tokens":1.5},"ceilings":{},"per_purpose":{},)"
        R"("per_extension":{}})",
        R"({"global":{"stop_sequences":[1]},"ceilings":{},"per_purpose":{},)"
        R"("per_extension":{}})",
        R"({"global":{},"ceilings":{},"per_purpose":[],"per_extension":{}})",
        R"({"global":{},"ceilings":{},"per_purpose":{},"per_extension":{},)"
        R"("policies":{"x":{"nonsense":1}}})",
        R"({"global":{},"ceilings":{},"per_purpose":{},"per_extension":{},)"
        R"("policies":{"x":{"calls_per_day":-1}}})"}) {
    auto read = read_parameter_sets(bad, into);
    INFO(bad);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::store_corrupt);
  }
  CHECK_FALSE(read_parameter_sets(std::string(200'000, '['), into));
}

TEST_CASE("allowed origins are per tenant and replaced as a whole",
          "[config]") {
  scratch directory;
  auto store = open(directory.path());
  using origins = std::vector<std::string>;
  CHECK(allowed(*store, "acme").empty());
  REQUIRE(allow(*store, "acme", {"http://127.0.0.1:11434", "https://b:443"}));
  REQUIRE(allow(*store, "", {"http://localhost:1"}));
  CHECK(allowed(*store, "acme")
        == origins{"http://127.0.0.1:11434", "https://b:443"});
  REQUIRE(allow(*store, "acme", {"https://c:443", "https://c:443"}));
  CHECK(allowed(*store, "acme") == origins{"https://c:443"});
  CHECK(allowed(*store, "") == origins{"http://localhost:1"});
  CHECK(list(*store)->size() == 3);
}

TEST_CASE("certificates are a tenant's own, kept, replaced and removed",
          "[config]") {
  scratch directory;
  auto make = [](const char* pem, const char* fingerprint) {
    return std::make_shared<const ca_bundle>(ca_bundle{pem, fingerprint, 2});
  };
  auto trust_in = [](store& in, std::string tenant, ca_bundle_ptr trust) {
    return wait<status>([&](auto done) {
      in.save_trust(std::move(tenant), std::move(trust), change(),
                    std::move(done));
    });
  };
  auto rules = [](store& in, std::string tenant) {
    auto found = wait<expected<tenant_rules>>(
      [&](auto done) { in.load_rules(std::move(tenant), std::move(done)); });
    REQUIRE(found);
    return *found;
  };
  {
    auto store = open(directory.path());
    REQUIRE(trust_in(*store, "acme", make("first", "1")));
    REQUIRE(trust_in(*store, "acme", make("second", "2")));
    REQUIRE(allow(*store, "acme", {"https://10.0.0.1:443"}));
  }
  auto store = open(directory.path());
  auto found = rules(*store, "acme");
  REQUIRE(found.trust);
  CHECK(found.trust->pem == "second");
  CHECK(found.trust->fingerprint == "2");
  CHECK(found.trust->certificates == 2);
  CHECK(found.allowed == std::vector<std::string>{"https://10.0.0.1:443"});
  CHECK_FALSE(rules(*store, "other").trust);
  REQUIRE(trust_in(*store, "acme", nullptr));
  CHECK_FALSE(rules(*store, "acme").trust);
  CHECK(list(*store)->size() == 4);
}

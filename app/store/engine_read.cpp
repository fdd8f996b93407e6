// SPDX-License-Identifier: Apache-2.0
// What the store proves.
#include "app/ledger/tlog_proof.hpp"
#include "app/store/engine.hpp"
#include "app/store/record_filter.hpp"

namespace byollm {

namespace {

// Attempts of one call, two records each.
constexpr size_t proofs_max = 100;

} // namespace

seal_view store_engine::seal_evidence() noexcept {
  return {&sealer_->table(), sealer_->signer().known, origin(), {}};
}

expected<std::vector<std::string>> store_engine::prove(std::string_view tenant,
                                                       std::string_view call) {
  auto under = sealer_->table().last();
  if (!under)
    return under.error();
  auto size = *under ? (*under)->size : 0;
  std::vector<kept_record> records;
  auto read = calls_->of_call(
    scan_, tenant, call, proofs_max, [&](const stored_record& record) {
      auto decoded = decode_public(record.public_part);
      if (decoded && record.seq <= size
          && decoded->fields.text(field::tenant) == tenant)
        records.emplace_back(record);
      return true;
    });
  if (!read)
    return read.error();
  if (records.empty())
    return failure{errc::not_found, "no record of this call is in the ledger",
                   "call"};
  tree_hasher hasher;
  auto subtree = [&](uint32_t level, uint64_t first) {
    return scan_.subtree(hasher, level, first);
  };
  std::vector<std::string> result;
  for (auto at = records.rbegin(); at != records.rend(); ++at) {
    auto path = prove_inclusion(hasher, at->seq - 1, size, subtree);
    if (!path)
      return path.error();
    result.push_back(write_tlog_proof(at->view(), *path, (*under)->note));
  }
  return result;
}

expected<std::string> store_engine::prove_extension(uint64_t old) {
  auto under = sealer_->table().last();
  if (!under)
    return under.error();
  if (!*under)
    return failure{errc::not_found, "there is no checkpoint", "since"};
  tree_hasher hasher;
  auto path = prove_consistency(hasher, old, (*under)->size,
                                [&](uint32_t level, uint64_t first) {
                                  return scan_.subtree(hasher, level, first);
                                });
  if (!path)
    return failure{errc::invalid_request,
                   "the ledger had 1 to " + std::to_string((*under)->size)
                     + " records",
                   "since"};
  return write_consistency(old, *path, (*under)->note);
}

// -- configuration ------------------------------------------------------------

expected<std::optional<stored_user_config>>
store_engine::load_user(std::string_view tenant, std::string_view user) {
  auto row = configs_->load_user(tenant, user);
  if (row && *row)
    if (auto marked = ledger_->refusals().mark(**row); !marked)
      return marked.error();
  return row;
}

expected<std::vector<stored_user_config>>
store_engine::list_users(std::string_view tenant, std::string_view after,
                         size_t limit) {
  auto rows = configs_->list_users(tenant, after, limit);
  if (!rows)
    return rows;
  for (auto& row : *rows)
    if (auto marked = ledger_->refusals().mark(row); !marked)
      return marked.error();
  return rows;
}

expected<stored_platform_config> store_engine::load_platform() {
  auto row = configs_->load_platform();
  if (!row)
    return row;
  for (auto* llm : {&row->llm, &row->second_choice})
    if (*llm)
      if (auto marked = ledger_->refusals().mark(**llm); !marked)
        return marked.error();
  return row;
}

} // namespace byollm

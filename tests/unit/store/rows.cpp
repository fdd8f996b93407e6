// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

#include "app/store/engine.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace byollm::sample {

namespace {

database open_ledger(const std::filesystem::path& directory) {
  auto db = database::open(database_file(directory));
  if (!db)
    FAIL(describe(db.error()));
  return *std::move(db);
}

template <class T>
T must(expected<T> result) {
  if (!result)
    FAIL(describe(result.error()));
  return *std::move(result);
}

bytes copy_of(byte_view from) {
  return {from.begin(), from.end()};
}

loose_row take_apart(const stored_batch& row) {
  loose_row result;
  result.first_seq = row.first_seq;
  result.last_seq = row.head.size;
  result.open_from = row.open_from;
  result.root = row.head.root;
  batch_reader reader{row};
  while (auto record = reader.next())
    result.records.push_back(
      {copy_of(record->public_part), copy_of(record->payload),
       copy_of(record->payload_hash), copy_of(record->leaf)});
  return result;
}

} // namespace

loose_row read_row(const std::filesystem::path& directory, uint64_t first_seq) {
  auto db = open_ledger(directory);
  auto scan = must(ledger_scan::open(db));
  loose_row result;
  must(scan.batches(first_seq, [&](const stored_batch& row) {
    result = take_apart(row);
    return false;
  }));
  REQUIRE(result.first_seq == first_seq);
  return result;
}

void write_row(const std::filesystem::path& directory, uint64_t first_seq,
               const loose_row& row) {
  auto db = open_ledger(directory);
  batch_packer packer;
  for (const auto& record : row.records) {
    sha256_digest leaf = {};
    REQUIRE(record.leaf.size() == leaf.size());
    std::ranges::copy(record.leaf, leaf.begin());
    if (record.payload.empty())
      packer.add_bare(record.public_part, record.payload_hash, leaf);
    else
      packer.add(record.public_part, record.payload, leaf);
  }
  auto remove = must(db.prepare("DELETE FROM ledger_batch "
                                "WHERE first_seq = ?1"));
  must(remove.bind(1, static_cast<int64_t>(first_seq)).run());
  auto insert = must(db.prepare(insert_batch_sql));
  must(insert_batch(insert, {row.first_seq,
                             {row.last_seq, row.root},
                             row.open_from,
                             packer.leaves(),
                             packer.records()}));
}

void edit_row(const std::filesystem::path& directory, uint64_t first_seq,
              const std::function<void(loose_row&)>& edit) {
  auto row = read_row(directory, first_seq);
  edit(row);
  write_row(directory, first_seq, row);
}

void run_sql(const std::filesystem::path& directory, const std::string& sql) {
  auto db = open_ledger(directory);
  auto before = must(db.query_integer("SELECT total_changes()"));
  INFO(sql);
  must(db.run(sql.c_str()));
  CHECK(must(db.query_integer("SELECT total_changes()")) > before);
}

} // namespace byollm::sample

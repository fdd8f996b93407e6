// SPDX-License-Identifier: Apache-2.0
// make_ledger DIR RECORDS: writes an honest ledger's export, anchors and
// proofs, and those that only a thief of the signing key can make.
#include "tests/verify/made_ledger.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

namespace {

constexpr uint64_t step = 40;

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream to{file, std::ios::binary};
  to << text;
  if (!to.flush())
    throw std::runtime_error("cannot write " + file.string());
}

void make(const std::filesystem::path& directory, uint64_t records) {
  using byollm::made_ledger;
  made_ledger honest{records, 1};
  write(directory / "key", honest.public_key().vkey() + "\n");
  write(directory / "export", honest.exported(step));
  write(directory / "anchors", honest.anchors(step));
  std::string proofs;
  for (uint64_t seq : {uint64_t{1}, records / 2, records / 7 * 7, records})
    proofs += honest.proof(seq);
  write(directory / "proofs", proofs);
  write(directory / "extension", honest.extension(step));
  // The same key over another history, from the middle on.
  made_ledger fork{records, 1, records / 2, 2};
  write(directory / "fork.export", fork.exported(step));
  write(directory / "fork.anchors", fork.anchors(step));
  write(directory / "fork.extension", fork.extension(step));
  made_ledger longer{records + 1, 1};
  write(directory / "longer.anchors", longer.anchors(step));
  // Another key, the same name.
  made_ledger stranger{records, 3};
  write(directory / "stranger.key", stranger.public_key().vkey() + "\n");
  write(directory / "stranger.export", stranger.exported(step));
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  try {
    make(argv[1], std::stoull(argv[2]));
  } catch (const std::exception& why) {
    std::cerr << "make_ledger: " << why.what() << '\n';
    return 1;
  }
  return 0;
}

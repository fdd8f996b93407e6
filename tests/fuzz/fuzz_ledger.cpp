// SPDX-License-Identifier: Apache-2.0
// What an auditor is handed comes from whom he does not trust. The first byte
// chooses the reader; what it takes must be what could have been written.
#include "app/ledger/export_verifier.hpp"
#include "app/ledger/frame.hpp"
#include "app/ledger/tlog_proof.hpp"
#include "messages/base64.hpp"

#include <cstdlib>

using namespace byollm;

namespace {

// The seeds of the corpus are signed by this key.
std::vector<note_key> known() {
  std::array<uint8_t, ed25519_seed_bytes> seed;
  seed.fill(1);
  static const auto key = ed25519_key::make(seed);
  return {{origin_of("00112233445566778899aabbccddeeff"), key->public_key()}};
}

void must(bool fine) {
  if (!fine)
    std::abort();
}

void read_export(std::string_view text) {
  export_verifier verifier{known(), {}};
  while (auto line = take_line(text)) {
    auto read = read_export_line(*line);
    if (auto* record = read ? std::get_if<export_record>(&*read) : nullptr) {
      stored_record view{
        record->seq, record->public_part, record->leaf, record->payload, {}};
      if (record->payload_hash)
        view.payload_hash = *record->payload_hash;
      must((record->is_withheld() ? withheld_line(view) : record_line(view))
           == *line);
    }
    verifier.line(*line);
  }
  auto verdict = verifier.finish();
  must(verdict.intact == (verdict.flaw == ledger_flaw::none));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  // A copy of its own, so that sanitizers see every read beyond it.
  std::string copy(reinterpret_cast<const char*>(data + 1), size - 1);
  std::string_view text{copy};
  switch (data[0] % 6) {
  case 0:
    if (auto bytes = from_base64(text))
      must(to_base64(*bytes) == text);
    break;
  case 1:
    if (auto key = read_vkey(text))
      must(key->vkey() == text);
    break;
  case 2:
    // An anchor keeps one signature, and takes the first for ours.
    if (auto found = open_checkpoint(text, known());
        found && text.find("\u2014") == text.rfind("\u2014"))
      must(open_anchor(anchor_line(text), known()) == found);
    break;
  case 3:
    static_cast<void>(read_anchors(text, known()));
    break;
  case 4:
    static_cast<void>(check_tlog_proof(text, known()));
    static_cast<void>(check_consistency(text, {1, {}}, known()));
    static_cast<void>(framed_seq(as_bytes(text)));
    static_cast<void>(is_framed_payload(as_bytes(text)));
    break;
  default:
    read_export(text);
  }
  return 0;
}

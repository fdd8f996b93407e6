// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/tlog_proof.hpp"

#include "app/ledger/frame.hpp"
#include "app/ledger/writer.hpp"
#include "messages/base64.hpp"

namespace byollm {

namespace {

// No path is longer: sizes have 64 bits.
constexpr size_t path_max = 128;

enum class rest_form : uint8_t { payload = 0, payload_hash = 1 };

failure refused(const char* why) {
  return {errc::invalid_request, why};
}

void put_path(std::string& to, std::span<const sha256_digest> path,
              std::string_view note) {
  for (const auto& hash : path)
    to.append(to_base64(hash)).append("\n");
  to.append("\n").append(note);
}

byte_buffer record_bytes(const stored_record& record) {
  byte_buffer result;
  byte_writer out{result};
  out.integer(static_cast<uint32_t>(record.public_part.size()));
  out.raw(record.public_part);
  bool is_whole = !record.payload.empty();
  out.integer(static_cast<uint8_t>(is_whole ? rest_form::payload
                                            : rest_form::payload_hash));
  out.raw(is_whole ? record.payload : record.payload_hash);
  return result;
}

// Views of a record's bytes, as `record_bytes` wrote them.
std::optional<stored_record> read_record(byte_view bytes) {
  if (bytes.size() < 4)
    return std::nullopt;
  auto length = read_big_endian(bytes.first(4));
  auto rest = bytes.subspan(4);
  if (rest.size() <= length)
    return std::nullopt;
  stored_record result;
  result.public_part = rest.first(length);
  auto form = rest[length];
  rest = rest.subspan(length + 1);
  if (form == static_cast<uint8_t>(rest_form::payload)
      && is_framed_payload(rest))
    result.payload = rest;
  else if (form == static_cast<uint8_t>(rest_form::payload_hash)
           && rest.size() == sizeof(sha256_digest))
    result.payload_hash = rest;
  else
    return std::nullopt;
  auto seq = framed_seq(result.public_part);
  if (!seq || *seq == 0)
    return std::nullopt;
  result.seq = *seq;
  return result;
}

sha256_digest leaf_of(tree_hasher& hasher, const stored_record& record) {
  sha256_digest payload_hash;
  if (record.payload.empty())
    std::ranges::copy(record.payload_hash, payload_hash.begin());
  else
    payload_hash = hasher.payload(record.payload);
  return hasher.leaf(record.public_part, payload_hash);
}

// Takes "NAME VALUE" off the front.
std::optional<std::string_view> take_member(std::string_view& rest,
                                            std::string_view name) {
  auto line = take_line(rest);
  if (!line || !line->starts_with(name))
    return std::nullopt;
  return line->substr(name.size());
}

// Takes hashes up to the empty line off the front.
std::optional<proof_path> take_path(std::string_view& rest) {
  proof_path result;
  for (;;) {
    auto line = take_line(rest);
    if (!line)
      return std::nullopt;
    if (line->empty())
      return result;
    auto hash = from_base64_sized<sizeof(sha256_digest)>(*line);
    if (!hash || result.size() == path_max)
      return std::nullopt;
    result.push_back(*hash);
  }
}

} // namespace

std::string write_tlog_proof(const stored_record& record,
                             std::span<const sha256_digest> path,
                             std::string_view note) {
  std::string result{tlog_proof_magic};
  result.append("extra ").append(to_base64(record_bytes(record).view()));
  result.append("\nindex ").append(std::to_string(record.seq - 1)).append("\n");
  put_path(result, path, note);
  return result;
}

expected<proven_record> check_tlog_proof(std::string_view proof,
                                         std::span<const note_key> known) {
  if (!proof.starts_with(tlog_proof_magic))
    return refused("it is not a tlog-proof");
  proof.remove_prefix(tlog_proof_magic.size());
  auto extra = take_member(proof, "extra ");
  auto bytes = extra ? from_base64(*extra) : std::nullopt;
  auto record = bytes ? read_record(*bytes) : std::nullopt;
  if (!record)
    return refused("its extra line holds no record");
  auto index_text = take_member(proof, "index ");
  auto index = index_text ? read_decimal(*index_text) : std::nullopt;
  if (!index || *index != record->seq - 1)
    return refused("its index is not the record's");
  auto path = take_path(proof);
  if (!path)
    return refused("its path is malformed");
  auto under = open_checkpoint(proof, known);
  if (!under)
    return refused("its checkpoint is not signed by a known key");
  tree_hasher hasher;
  if (!is_included(hasher, leaf_of(hasher, *record), *index, *path,
                   under->head))
    return refused("the record is not what was signed");
  return proven_record{record->seq, *std::move(under)};
}

std::string write_consistency(uint64_t old, std::span<const sha256_digest> path,
                              std::string_view note) {
  auto result = "old " + std::to_string(old) + "\n";
  put_path(result, path, note);
  return result;
}

expected<checkpoint> check_consistency(std::string_view proof,
                                       const tree_head& old,
                                       std::span<const note_key> known) {
  auto old_text = take_member(proof, "old ");
  auto old_size = old_text ? read_decimal(*old_text) : std::nullopt;
  if (!old_size || *old_size != old.size)
    return refused("it is not about that checkpoint");
  auto path = take_path(proof);
  if (!path)
    return refused("its path is malformed");
  auto now = open_checkpoint(proof, known);
  if (!now)
    return refused("its checkpoint is not signed by a known key");
  tree_hasher hasher;
  if (!is_consistent(hasher, old, now->head, *path))
    return refused("the newer checkpoint does not extend the older");
  return *std::move(now);
}

} // namespace byollm

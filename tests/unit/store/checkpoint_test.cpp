// SPDX-License-Identifier: Apache-2.0
// Goal: checkpoints are C2SP signed notes, and nothing else is taken for one.
// Method: the specification's own example note, notes of our own with every
// bit flipped, and forms that the specification forbids.
#include "app/ledger/checkpoint.hpp"
#include "messages/base64.hpp"

#include <catch2/catch.hpp>

using namespace byollm;

namespace {

const std::string origin = origin_of("00112233445566778899aabbccddeeff");

ed25519_key key_of(uint8_t fill) {
  std::array<uint8_t, ed25519_seed_bytes> seed;
  seed.fill(fill);
  return *ed25519_key::make(seed);
}

checkpoint sample() {
  checkpoint result{origin, {300, {}}};
  for (size_t i = 0; i < result.head.root.size(); ++i)
    result.head.root[i] = static_cast<uint8_t>(i * 7);
  return result;
}

std::vector<note_key> known(uint8_t fill = 1) {
  return {{origin, key_of(fill).public_key()}};
}

std::string signed_text(const std::string& text) {
  return *sign_note(text, origin, key_of(1));
}

} // namespace

TEST_CASE("base64 has one spelling", "[checkpoint]") {
  CHECK(to_base64({}).empty());
  const std::vector<uint8_t> bytes{'f', 'o', 'o', 'b', 'a'};
  CHECK(to_base64(bytes) == "Zm9vYmE=");
  CHECK(to_base64(std::span{bytes}.first(4)) == "Zm9vYg==");
  CHECK(*from_base64("Zm9vYmE=") == bytes);
  for (auto bad : {"Zm9vYmE", "Zm9vYmF=", "Zm9v YmE=", "Zm9vYh==", "Zm9vYmE=\n",
                   "Zg=a", "====", "Z===", "Zm9_", "=Zg="})
    CHECK_FALSE(from_base64(bad));
}

TEST_CASE("a checkpoint reads as it was written", "[checkpoint]") {
  auto note = sign_checkpoint(sample(), key_of(1));
  REQUIRE(note);
  CHECK(note->starts_with(origin + "\n300\n" + to_base64(sample().head.root)
                          + "\n\n\u2014 " + origin + " "));
  CHECK(open_checkpoint(*note, known()) == sample());
  CHECK_FALSE(open_checkpoint(*note, known(2)));
  CHECK_FALSE(open_checkpoint(*note, {}));
}

TEST_CASE("a public key reads as it was written", "[checkpoint]") {
  auto key = known().front();
  auto line = key.vkey();
  CHECK(read_vkey(line) == key);
  for (size_t bit = 0; bit < line.size() * 8; ++bit) {
    auto flipped = line;
    flipped[bit / 8] ^= static_cast<char>(1 << bit % 8);
    // The id covers name and key; its own digits must be the id's.
    REQUIRE_FALSE(read_vkey(flipped));
  }
  CHECK(read_vkeys(line + "\n" + line + "\n")->size() == 2);
  CHECK_FALSE(read_vkeys(""));
  CHECK_FALSE(read_vkeys(line));
  CHECK_FALSE(read_vkeys(line + "\n\n"));
}

TEST_CASE("the example of golang.org/x/mod/sumdb/note verifies",
          "[checkpoint]") {
  auto key = read_vkey("PeterNeumann+c74f20a3+"
                       "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  REQUIRE(key);
  const std::string note
    = "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n\n"
      "\u2014 PeterNeumann "
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
      "otpRZb6KE6RyyBwJnAM=\n";
  CHECK(open_note(note, {&*key, 1}));
  auto other = note;
  other[3] = 'Y';
  CHECK_FALSE(open_note(other, {&*key, 1}));
}

TEST_CASE("every flipped bit of a checkpoint is found", "[checkpoint]") {
  auto note = *sign_checkpoint(sample(), key_of(1));
  auto line = anchor_line(note);
  REQUIRE(open_anchor(line, known()) == sample());
  for (auto* text : {&note, &line})
    for (size_t bit = 0; bit < text->size() * 8; ++bit) {
      auto& byte = (*text)[bit / 8];
      auto before = byte;
      byte ^= static_cast<char>(1 << bit % 8);
      INFO("bit " << bit);
      auto read = text == &note ? open_checkpoint(*text, known())
                                : open_anchor(*text, known());
      REQUIRE_FALSE(read);
      byte = before;
    }
}

TEST_CASE("a checkpoint has one form even when it is signed", "[checkpoint]") {
  auto root = to_base64(sample().head.root);
  REQUIRE(
    open_checkpoint(signed_text(origin + "\n300\n" + root + "\n"), known()));
  for (const auto& text :
       {origin + "\n0300\n" + root + "\n", origin + "\n+300\n" + root + "\n",
        origin + "\n\n" + root + "\n", origin + "\n300\n",
        origin + "\n300\n" + root + "\nextension\n",
        origin + "\n300\n" + root.substr(4) + "\n",
        origin + "\n300 \n" + root + "\n", "x\n300\n" + root + "\n",
        origin + "\n99999999999999999999\n" + root + "\n"})
    CHECK_FALSE(open_checkpoint(signed_text(text), known()));
}

TEST_CASE("signatures of strangers are ignored, wrong ones are not",
          "[checkpoint]") {
  auto note = *sign_checkpoint(sample(), key_of(1));
  auto stranger
    = "\u2014 witness.example " + to_base64(std::vector<uint8_t>(76)) + "\n";
  auto text = note.substr(0, note.find("\n\n") + 1);
  auto wrong = *sign_note("something else\n", origin, key_of(1));
  wrong = wrong.substr(wrong.find("\u2014"));
  CHECK(open_checkpoint(note + stranger, known()));
  CHECK_FALSE(open_checkpoint(text + "\n" + stranger, known()));
  CHECK_FALSE(open_checkpoint(note + wrong, known()));
  CHECK_FALSE(open_checkpoint(note + "\u2014 a b\n", known()));
  CHECK_FALSE(open_checkpoint(note + "\u2014 witness.example AAAA", known()));
  std::string many = note;
  for (int i = 0; i < 15; ++i)
    many += stranger;
  CHECK(open_checkpoint(many, known()));
  CHECK_FALSE(open_checkpoint(many + stranger, known()));
}

TEST_CASE("an anchor is found behind a log's own words", "[checkpoint]") {
  auto line = anchor_line(*sign_checkpoint(sample(), key_of(1)));
  CHECK(open_anchor("Nov 25 20:12:38 host byollm[17]: " + line, known())
        == sample());
  CHECK(open_anchor(line + "\r", known()) == sample());
  CHECK_FALSE(open_anchor(line + " ", known()));
  CHECK_FALSE(open_anchor("", known()));
  CHECK_FALSE(open_anchor("one two", known()));
  CHECK_FALSE(open_anchor(line, known(2)));
}

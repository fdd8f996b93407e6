// SPDX-License-Identifier: Apache-2.0
// An answer's bytes as they come off a connection: through the framer into a
// dialect's decoder. The first byte chooses the dialect and the form that was
// asked for, the next three where the rest is cut: what is read must not depend
// on it.
#include "providers/catalog.hpp"
#include "tests/net/framed.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>

using namespace byollm;

namespace {

void require(bool holds, const char* promise) {
  if (holds)
    return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

/// What an attempt does with what the framer finds.
struct reading final : net::framing_events {
  reading(std::string_view provider, bool stream)
      : decoder(find_dialect(provider)->decoder(stream)) {
    // nop
  }

  status on_head(const response_head& head, std::optional<uint64_t>) override {
    return decoder->begin(head);
  }

  status on_body(std::string_view piece) override {
    std::vector<delta> deltas;
    return decoder->feed(piece, deltas);
  }

  std::unique_ptr<answer_decoder> decoder;
};

/// A good answer's text; nothing if it is none.
std::optional<std::string> answer_of(std::string_view bytes,
                                     const std::vector<size_t>& cuts,
                                     std::string_view provider, bool stream) {
  net::response_framer framer;
  reading to{provider, stream};
  size_t used = 0;
  for (auto cut : cuts) {
    if (framer.is_done())
      break;
    auto more = framer.feed(bytes.substr(used, cut - used), to);
    if (!more)
      return std::nullopt;
    used += *more;
  }
  if (!framer.is_done() && !framer.finish(true))
    return std::nullopt;
  if (!framer.has_head() || to.decoder->finish().code != errc::none)
    return std::nullopt;
  return to.decoder->reply().text();
}

// Whether there is a response, and which. A head that is bad may be found so at
// once or, in pieces, only when all of it is there; and where a connection
// ends, it does not matter how much of what follows was looked at.
bool is_same(const test::framed& a, const test::framed& b) {
  if (!a.is_done || !b.is_done)
    return a.is_done == b.is_done;
  return a.seen.code == b.seen.code && a.seen.body == b.seen.body
         && a.keeps_alive == b.keeps_alive
         && (!a.keeps_alive || a.used == b.used);
}

std::vector<size_t> cuts_of(size_t size, unsigned seed, unsigned longest) {
  std::minstd_rand random{seed + 1};
  std::uniform_int_distribution<size_t> length{1, 1u + longest};
  std::vector<size_t> cuts;
  for (size_t at = 0; at < size;) {
    at = std::min(size, at + length(random));
    cuts.push_back(at);
  }
  return cuts;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 5)
    return 0;
  constexpr std::array providers = {"anthropic", "openai", "local-ollama"};
  auto provider = providers[data[0] % providers.size()];
  auto stream = data[0] >= 128;
  std::string_view bytes{reinterpret_cast<const char*>(data + 4), size - 4};
  auto cuts = cuts_of(bytes.size(), data[1] | data[2] << 8, data[3]);
  require(is_same(test::feed(bytes, cuts), test::feed_whole(bytes)),
          "cuts change nothing of a response");
  require(answer_of(bytes, cuts, provider, stream)
            == answer_of(bytes, {bytes.size()}, provider, stream),
          "cuts change nothing of an answer");
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/http/reader_fixture.hpp"

#include <algorithm>
#include <cstring>

namespace byollm::test {

using http::request_reader;

namespace {

std::string render(const http::request& got) {
  auto result = got.method + ' ' + got.path;
  if (!got.query.empty())
    result += '?' + got.query;
  for (size_t i = 0; i < got.fields.size(); ++i) {
    auto [name, value] = got.fields.at(i);
    result += '|' + std::string{name} + '=' + std::string{value};
  }
  return result.append("|").append(view(got.body));
}

/// Returns whether the reader wants more.
bool take_all(request_reader& reader, std::string_view bytes, reading& out) {
  // A copy of its own, so that sanitizers see every read beyond the piece.
  std::vector<char> copy(bytes.begin(), bytes.end());
  std::string_view left{copy.data(), copy.size()};
  for (;;) {
    switch (reader.take(left)) {
    case request_reader::step::need_more:
      return true;
    case request_reader::step::head:
      break;
    case request_reader::step::request:
      out.requests.push_back(render(reader.take_request()));
      break;
    case request_reader::step::bad:
      out.status = reader.why_not().status;
      return false;
    }
  }
}

void fill(request_reader& reader, std::string_view& bytes) {
  auto room = reader.room();
  if (room.empty())
    return;
  auto count = std::min(room.size(), bytes.size());
  std::memcpy(room.data(), bytes.data(), count);
  reader.filled(count);
  bytes.remove_prefix(count);
}

} // namespace

reading read(const std::vector<std::string_view>& pieces,
             request_reader::bounds most, bool into_room) {
  reading result;
  request_reader reader{most};
  for (auto piece : pieces) {
    if (into_room)
      fill(reader, piece);
    if (!take_all(reader, piece, result))
      return result;
  }
  result.is_open = !reader.is_idle();
  return result;
}

std::vector<std::string_view> cut(std::string_view bytes, size_t size) {
  std::vector<std::string_view> result;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size())))
    result.push_back(bytes.substr(0, size));
  return result;
}

} // namespace byollm::test

// SPDX-License-Identifier: Apache-2.0
#include "providers/stream/ndjson.hpp"

namespace byollm {

namespace {

bool is_blank(std::string_view line) noexcept {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

} // namespace

split_step ndjson_splitter::next(std::string_view& line) {
  while (!failed_) {
    if (line_done_) {
      line_.clear();
      line_done_ = false;
    }
    auto end = rest_.find('\n');
    auto head = rest_.substr(0, end);
    failed_ = line_.size() + head.size() > line_max_;
    if (failed_)
      break;
    if (end == std::string_view::npos) {
      line_.append(head);
      rest_ = {};
      return split_step::more;
    }
    rest_.remove_prefix(end + 1);
    line = head;
    if (!line_.empty()) {
      line = line_.append(head);
      line_done_ = true;
    }
    if (!is_blank(line))
      return split_step::piece;
  }
  return split_step::too_large;
}

} // namespace byollm

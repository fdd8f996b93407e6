// SPDX-License-Identifier: Apache-2.0
#include "providers/stream/sse.hpp"

#include "providers/eight_bytes.hpp"

namespace byollm {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool has_line_end(uint64_t word) noexcept {
  return eight_bytes::has(word, '\n') || eight_bytes::has(word, '\r');
}

bool is_line_end(char c) noexcept {
  return c == '\n' || c == '\r';
}

/// Returns where the first line end is, or npos. (`find_first_of` would call
/// `memchr` for every byte.)
size_t find_line_end(std::string_view text) noexcept {
  auto at = eight_bytes::run_before(text, has_line_end, is_line_end);
  return at == text.size() ? std::string_view::npos : at;
}

} // namespace

split_step sse_splitter::next(sse_event& out) {
  if (failed_)
    return split_step::too_large;
  if (dispatched_)
    clear_event();
  if (!started_ && !skip_mark())
    return split_step::more;
  std::string_view line;
  while (take_line(line)) {
    if (line.empty() ? dispatch(out) : !take_field(line))
      return failed_ ? split_step::too_large : split_step::piece;
  }
  keep_data();
  return failed_ ? split_step::too_large : split_step::more;
}

/// Skips one byte order mark at the very start; false if more bytes are needed.
bool sse_splitter::skip_mark() {
  while (!rest_.empty() && mark_seen_ < byte_order_mark.size()
         && rest_.front() == byte_order_mark[mark_seen_]) {
    rest_.remove_prefix(1);
    ++mark_seen_;
  }
  if (mark_seen_ < byte_order_mark.size()) {
    if (rest_.empty())
      return false;
    // It was none: what looked like it belongs to the first line.
    line_ = byte_order_mark.substr(0, mark_seen_);
  }
  started_ = true;
  return true;
}

/// Takes one line off the input; false if its end has not come or it is too
/// long.
bool sse_splitter::take_line(std::string_view& line) {
  if (line_done_) {
    line_.clear();
    line_done_ = false;
  }
  if (after_cr_ && !rest_.empty()) {
    if (rest_.front() == '\n')
      rest_.remove_prefix(1);
    after_cr_ = false;
  }
  auto end = find_line_end(rest_);
  auto head = rest_.substr(0, end);
  failed_ = line_.size() + head.size() > line_max_;
  if (failed_)
    return false;
  if (end == std::string_view::npos) {
    line_.append(head);
    rest_ = {};
    return false;
  }
  after_cr_ = rest_[end] == '\r';
  rest_.remove_prefix(end + 1);
  line = head;
  if (!line_.empty()) {
    line = line_.append(head);
    line_done_ = true;
  }
  return true;
}

/// Takes a line that is not empty; false if the event became too large.
bool sse_splitter::take_field(std::string_view line) {
  auto colon = line.find(':');
  auto field = line.substr(0, colon);
  had_comment_ = had_comment_ || field.empty();
  auto content = colon == std::string_view::npos ? std::string_view{}
                                                 : line.substr(colon + 1);
  if (content.starts_with(' '))
    content.remove_prefix(1);
  if (field == "data")
    return take_data(content);
  if (field == "event")
    name_ = content;
  return true;
}

bool sse_splitter::take_data(std::string_view content) {
  failed_ = data_.size() + only_.size() + content.size() + 1 > event_max_;
  if (failed_)
    return false;
  // What is in `line_` is gone with the next line.
  if (!has_data_ && !line_done_) {
    only_ = content;
  } else {
    keep_data();
    if (has_data_)
      data_ += '\n';
    data_.append(content);
  }
  has_data_ = true;
  return true;
}

/// Copies what will be gone with the bytes that were pushed.
void sse_splitter::keep_data() {
  data_.append(only_);
  only_ = {};
}

/// Ends the event; false if there is none to hand out.
bool sse_splitter::dispatch(sse_event& out) {
  if (!has_data_) {
    clear_event();
    return false;
  }
  out = {name_, data_.empty() ? only_ : data_};
  dispatched_ = true;
  return true;
}

void sse_splitter::clear_event() {
  name_.clear();
  only_ = {};
  data_.clear();
  has_data_ = false;
  dispatched_ = false;
}

} // namespace byollm

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace byollm {

/// One step deeper in a JSON Pointer (RFC 6901), for as long as it lives.
class place_in_json {
public:
  place_in_json(std::string& pointer, std::string_view member)
      : pointer_(pointer), size_(pointer.size()) {
    pointer_ += '/';
    for (auto c : member) {
      if (c == '~')
        pointer_ += "~0";
      else if (c == '/')
        pointer_ += "~1";
      else
        pointer_ += c;
    }
  }

  place_in_json(std::string& pointer, size_t index)
      : place_in_json(pointer, std::to_string(index)) {
    // nop
  }

  place_in_json(const place_in_json&) = delete;
  place_in_json& operator=(const place_in_json&) = delete;

  ~place_in_json() {
    pointer_.resize(size_);
  }

private:
  std::string& pointer_;
  const size_t size_;
};

} // namespace byollm

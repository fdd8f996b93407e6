// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/access/access_book.hpp"
#include "app/access/login_desk.hpp"
#include "app/runtime/core.hpp"

#include <memory>

namespace byollm {

/// Behind `access_accessor`.
struct access_accessor::impl {
  std::weak_ptr<runtime_core> core;
  std::shared_ptr<access_book> book;
  std::shared_ptr<login_desk> logins;

  /// Makes a change durable, then known to the book, then tells `done`.
  void change(access_change what, change_record why,
              std::function<void(status)> done) const;
};

} // namespace byollm

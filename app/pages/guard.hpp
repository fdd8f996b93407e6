// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/request.hpp"
#include "app/pages/session_book.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace byollm::pages {

/// Where browsers find the pages.
struct site {
  /// As in a browser's `Origin`: "https://llm.example.com". Empty: plain http
  /// at whatever own name a request is addressed to.
  std::string origin = {};

  bool is_secure() const noexcept {
    return origin.starts_with("https://");
  }
};

/// The site as it is now. Thread-safe.
class live_site {
public:
  std::shared_ptr<const site> get() const {
    std::lock_guard guard{mutex_};
    return now_;
  }

  void set(site next) {
    auto made = std::make_shared<const site>(std::move(next));
    std::lock_guard guard{mutex_};
    now_ = std::move(made);
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const site> now_ = std::make_shared<const site>();
};

/// Reads the site from a URL without a path. Errors: `invalid_config`.
expected<site> site_at(std::string_view url);

/// Returns the session cookie's value; empty if there is none, or more than
/// one: then somebody else's page has set one, too.
std::string_view session_cookie(const http::request& asked, const site& at);

/// Returns the `Set-Cookie` that keeps a session, or ends it.
std::string keep_cookie(std::string_view value, const site& at);
std::string drop_cookie(const site& at);

/// Whether a request comes from our own page. One that `changes` something must
/// prove it; one that only reads must not come from elsewhere. Errors:
/// `forbidden`.
status check_origin(const http::request& asked, const site& at, bool changes);

/// Whom a route lets in.
enum class audience : uint8_t {
  own_page, ///< A page of ours, whoever looks at it.
  anybody,  ///< Who is logged in.
  user,     ///< A user who is logged in.
  admin,    ///< An admin who is logged in.
};

/// Returns who asks, of `audience::own_page` nobody. A request that changes
/// something comes from our own page and repeats the session's secret. Errors:
/// `unauthenticated`, `forbidden`.
expected<session> let_in(const http::request& asked, const site& at,
                         const session_book& known, audience whom);

} // namespace byollm::pages

// SPDX-License-Identifier: Apache-2.0
// Usage, in slices: a tenant's by its lines, since by the days whoever looks at
// their own would walk all that others have used; everybody's by the days.
#include "app/store/long_read.hpp"
#include "app/store/usage_sql.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

namespace byollm {

namespace {

using of_day = std::numeric_limits<int64_t>;

// Lines that are read at once.
constexpr int64_t lines_at_once = 256;

int64_t day_or(const std::optional<std::chrono::sys_days>& asked,
               int64_t otherwise) {
  return asked ? int64_t{asked->time_since_epoch().count()} : otherwise;
}

/// A line of the bill; `row` has its names.
struct line {
  int64_t id = 0;
  usage_row row = {};
};

usage_row names_at(const statement& from, int column, std::string tenant) {
  auto text
    = [&](int behind) { return std::string{from.text(column + behind)}; };
  usage_row named;
  named.tenant = std::move(tenant);
  named.user = text(0);
  named.extension = text(1);
  named.purpose = text(2);
  named.billing = static_cast<billing_class>(from.integer(column + 3));
  named.provider = text(4);
  named.model = text(5);
  return named;
}

// The statements have the sums in the same place.
void read_sums(const statement& from, usage_row& to) {
  to.day = std::chrono::sys_days{std::chrono::days{from.integer(0)}};
  const std::array sums
    = {&to.attempts,       &to.unknown_usage, &to.unpriced,
       &to.input_uncached, &to.cache_read,    &to.cache_write,
       &to.output,         &to.reasoning,     &to.cost_micro};
  for (size_t i = 0; i < sums.size(); ++i)
    *sums[i] = static_cast<uint64_t>(from.integer(static_cast<int>(i) + 2));
}

struct in_order {
  static auto columns(const usage_row& row) {
    return std::tie(row.day, row.tenant, row.user, row.extension, row.purpose,
                    row.billing, row.provider, row.model);
  }

  bool operator()(const usage_row& one, const usage_row& other) const {
    return columns(one) < columns(other);
  }
};

class usage_read final : public long_read {
public:
  usage_read(database& db, usage_filter which,
             std::function<void(expected<std::vector<usage_row>>)> done)
      : db_(db),
        which_(std::move(which)),
        done_(std::move(done)),
        by_days_(which_.tenant.empty()),
        first_(day_or(which_.first_day, of_day::min())),
        last_(day_or(which_.last_day, of_day::max())),
        after_day_(first_),
        from_day_(first_) {
    // nop
  }

  bool step(ledger_scan&) override {
    left_ = slice_usage_rows;
    auto read = begin();
    while (read && left_ > 0 && !is_read_ && has_room())
      read = by_days_ ? read_days() : read_line();
    if (!read)
      done_(read.error());
    else if (!has_room())
      done_(failure{errc::limit_exceeded,
                    "more than 10,000 rows; ask for fewer days or one tenant",
                    "rows"});
    else if (!is_read_)
      return false;
    else
      done_(take_rows());
    return true;
  }

  void abandon(failure why) override {
    done_(std::move(why));
  }

private:
  status begin() {
    if (std::exchange(is_begun_, true))
      return unit{};
    auto prepare = [this](statement& to, std::string_view sql) -> status {
      auto made = db_.prepare(sql);
      if (!made)
        return made.error();
      to = *std::move(made);
      return unit{};
    };
    if (by_days_)
      return prepare(sums_, sums_of_days_sql());
    if (auto made = prepare(lines_, lines_of_tenant_sql(which_)); !made)
      return made;
    return prepare(sums_, sums_of_line_sql());
  }

  bool has_room() const noexcept {
    return rows_.size() <= limits::usage_rows_max;
  }

  // -- by the days ------------------------------------------------------------

  status read_days() {
    reset_at_end guard{sums_};
    auto asked = std::exchange(left_, 0);
    sums_.bind(1, after_day_)
      .bind(2, after_line_)
      .bind(3, last_)
      .bind(4, asked);
    for (int64_t count = 0;; ++count) {
      auto found = sums_.step();
      if (!found)
        return found.error();
      if (!*found) {
        is_read_ = count < asked;
        return unit{};
      }
      std::tie(after_day_, after_line_)
        = std::max(std::pair{after_day_, after_line_},
                   std::pair{sums_.integer(0), sums_.integer(1)});
      if (!sums_.is_null(11))
        add(names_at(sums_, 12, std::string{sums_.text(11)}));
    }
  }

  // -- by the tenant's lines --------------------------------------------------

  status read_line() {
    if (next_ == found_.size())
      return read_lines();
    const auto& now = found_[next_];
    --left_;
    if (!fits(now.row)) {
      ++next_;
      return unit{};
    }
    auto asked = left_ + 1;
    auto count = read_days_of(now, asked);
    if (!count)
      return count.error();
    left_ -= std::min(*count, left_);
    if (*count < asked) {
      ++next_;
      from_day_ = first_;
    }
    return unit{};
  }

  status read_lines() {
    is_read_ = is_last_;
    if (is_read_)
      return unit{};
    auto behind = found_.empty() ? usage_row{} : std::move(found_.back().row);
    auto billing = found_.empty() ? 0 : static_cast<int64_t>(behind.billing);
    reset_at_end guard{lines_};
    found_.clear();
    next_ = 0;
    lines_.bind(1, which_.tenant).bind(8, lines_at_once);
    if (which_.user.empty())
      lines_.bind(2, behind.user);
    else
      lines_.bind(9, which_.user);
    if (which_.user.empty() || which_.extension.empty())
      lines_.bind(3, behind.extension);
    else
      lines_.bind(10, which_.extension);
    lines_.bind(4, behind.purpose)
      .bind(5, billing)
      .bind(6, behind.provider)
      .bind(7, behind.model);
    for (;;) {
      auto found = lines_.step();
      if (!found)
        return found.error();
      if (!*found)
        break;
      found_.push_back({lines_.integer(0), names_at(lines_, 1, which_.tenant)});
    }
    is_last_ = found_.size() < size_t{lines_at_once};
    is_read_ = found_.empty();
    return unit{};
  }

  expected<int64_t> read_days_of(const line& which, int64_t most) {
    reset_at_end guard{sums_};
    sums_.bind(1, which.id).bind(2, from_day_).bind(3, last_).bind(4, most);
    for (int64_t count = 0;; ++count) {
      auto found = sums_.step();
      if (!found)
        return found.error();
      if (!*found)
        return count;
      add(which.row);
      auto day = sums_.integer(0);
      from_day_ = day == of_day::max() ? day : day + 1;
    }
  }

  // -- rows -------------------------------------------------------------------

  void add(usage_row row) {
    if (!has_room() || !fits(row))
      return;
    read_sums(sums_, row);
    rows_.insert(std::move(row));
  }

  // The days are bound.
  bool fits(const usage_row& row) const {
    auto is = [](const std::string& wanted, const std::string& has) {
      return wanted.empty() || wanted == has;
    };
    return is(which_.tenant, row.tenant) && is(which_.user, row.user)
           && is(which_.extension, row.extension)
           && (!which_.purpose || *which_.purpose == row.purpose)
           && (!which_.billing || *which_.billing == row.billing)
           && is(which_.provider, row.provider) && is(which_.model, row.model);
  }

  std::vector<usage_row> take_rows() {
    std::vector<usage_row> result;
    result.reserve(rows_.size());
    while (!rows_.empty())
      result.push_back(std::move(rows_.extract(rows_.begin()).value()));
    return result;
  }

  database& db_;
  const usage_filter which_;
  std::function<void(expected<std::vector<usage_row>>)> done_;
  const bool by_days_;
  const int64_t first_;
  const int64_t last_;
  statement sums_;
  bool is_begun_ = false;
  bool is_read_ = false;
  /// Rows that this slice may look at.
  int64_t left_ = 0;
  std::set<usage_row, in_order> rows_;
  // -- where to go on, by the days --------------------------------------------
  int64_t after_day_;
  int64_t after_line_ = of_day::min();
  // -- and by the lines -------------------------------------------------------
  statement lines_;
  std::vector<line> found_;
  size_t next_ = 0;
  bool is_last_ = false;
  int64_t from_day_;
};

} // namespace

std::unique_ptr<long_read>
make_usage(database& db, usage_filter which,
           std::function<void(expected<std::vector<usage_row>>)> done) {
  return std::make_unique<usage_read>(db, std::move(which), std::move(done));
}

} // namespace byollm

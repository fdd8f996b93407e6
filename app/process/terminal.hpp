// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace byollm {

bool stdin_is_terminal() noexcept;
bool stdout_is_terminal() noexcept;
bool stderr_is_terminal() noexcept;

/// Returns `text` with everything that could steer a terminal replaced by '?':
/// what a model or a stored value says must not move the cursor or set titles.
std::string printable(std::string_view text);

/// `printable` if stdout is a terminal; into files and pipes the very bytes.
std::string for_stdout(std::string_view text);

/// Rows of cells; `print` aligns the columns.
class table {
public:
  explicit table(std::vector<std::string> head);

  void add(std::vector<std::string> row);

  void print(std::ostream& to, std::string_view indent = "") const;

private:
  std::vector<std::vector<std::string>> rows_;
};

} // namespace byollm

// SPDX-License-Identifier: Apache-2.0
#include "messages/policy.hpp"

namespace byollm {

const extension_policy* find_policy(const policy_table& among,
                                    const std::string& extension) noexcept {
  auto found = among.find(extension);
  if (found == among.end())
    found = among.find(std::string{any_extension});
  return found == among.end() ? nullptr : &found->second;
}

} // namespace byollm

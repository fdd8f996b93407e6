// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include <sys/types.h>

namespace byollm::local {

/// Returns whose `directory` is, if nobody but root and that user can have put
/// it where it is: the directories on the way and the symbolic links among them
/// are theirs, and nobody else may write to one, /tmp included. Else nothing.
std::optional<uid_t> sole_owner(const std::filesystem::path& directory);

} // namespace byollm::local

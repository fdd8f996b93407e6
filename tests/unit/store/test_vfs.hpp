// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace byollm::sample {

/// What SQLite asks of a file system. Shared memory is not among it: the one
/// connection keeps its index to itself, and the files of these VFS have none.
enum class file_op {
  open,
  remove,
  access,
  read,
  write,
  truncate,
  sync,
  size,
  lock,
};

constexpr file_op all_file_ops[]
  = {file_op::open, file_op::remove, file_op::access,
     file_op::read, file_op::write,  file_op::truncate,
     file_op::sync, file_op::size,   file_op::lock};

std::string to_string(file_op op);

/// A VFS over the usual one that asks before each operation. While registered
/// it is named `name`; one at a time.
class asking_vfs {
public:
  static constexpr const char* name = "byollm-asking";

  /// Returns 0 to let the operation happen, or the SQLite code that it fails
  /// with. Called on the store's threads.
  using question = std::function<int(file_op)>;

  explicit asking_vfs(question ask);
  asking_vfs(const asking_vfs&) = delete;
  asking_vfs& operator=(const asking_vfs&) = delete;
  ~asking_vfs();
};

/// A disk in memory that keeps what was not synced apart, and loses power.
class volatile_disk {
public:
  static constexpr const char* name = "byollm-volatile";

  volatile_disk();
  volatile_disk(const volatile_disk&) = delete;
  volatile_disk& operator=(const volatile_disk&) = delete;
  ~volatile_disk();

  /// From the operation with this number on nothing succeeds: the power is off.
  void cut_at(uint64_t operation);

  /// Operations so far.
  uint64_t operations() const;

  /// Writes what is on the disk after the cut into `directory`. What was not
  /// synced is lost, or if `choose` is given, each 512 bytes of it are where it
  /// returns true.
  void restore(const std::string& directory,
               const std::function<bool()>& choose);

  // -- for the VFS ------------------------------------------------------------

  struct change {
    bool truncates;
    uint64_t at;
    std::vector<uint8_t> bytes;
  };

  struct file {
    std::vector<uint8_t> now;
    std::vector<uint8_t> durable;
    std::vector<change> unsynced;
    /// Its name is on the disk.
    bool is_named = false;
  };

  /// Counts an operation; false: the power is off.
  bool operate();

  std::recursive_mutex mutex;
  std::map<std::string, file> files;

private:
  uint64_t operations_ = 0;
  uint64_t cut_at_ = UINT64_MAX;
};

} // namespace byollm::sample

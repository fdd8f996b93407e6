// SPDX-License-Identifier: Apache-2.0
#include "test_vfs.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sqlite3.h>

namespace byollm::sample {

namespace {

// -- asking -------------------------------------------------------------------

asking_vfs::question asked;
sqlite3_vfs* usual = nullptr;

int ask(file_op op) {
  return asked ? asked(op) : SQLITE_OK;
}

struct asking_file {
  sqlite3_file base;
  // The usual VFS's file lies behind.
};

sqlite3_file* behind(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file)
                                         + sizeof(asking_file));
}

template <class Work>
int if_allowed(file_op op, Work work) {
  auto code = ask(op);
  return code == SQLITE_OK ? work() : code;
}

const sqlite3_io_methods asking_methods = {
  1,
  [](sqlite3_file* f) { return behind(f)->pMethods->xClose(behind(f)); },
  [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
    return if_allowed(file_op::read, [&] {
      return behind(f)->pMethods->xRead(behind(f), to, size, at);
    });
  },
  [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
    return if_allowed(file_op::write, [&] {
      return behind(f)->pMethods->xWrite(behind(f), from, size, at);
    });
  },
  [](sqlite3_file* f, sqlite3_int64 size) {
    return if_allowed(file_op::truncate, [&] {
      return behind(f)->pMethods->xTruncate(behind(f), size);
    });
  },
  [](sqlite3_file* f, int flags) {
    return if_allowed(file_op::sync, [&] {
      return behind(f)->pMethods->xSync(behind(f), flags);
    });
  },
  [](sqlite3_file* f, sqlite3_int64* size) {
    return if_allowed(file_op::size, [&] {
      return behind(f)->pMethods->xFileSize(behind(f), size);
    });
  },
  [](sqlite3_file* f, int level) {
    return if_allowed(file_op::lock, [&] {
      return behind(f)->pMethods->xLock(behind(f), level);
    });
  },
  [](sqlite3_file* f, int level) {
    return behind(f)->pMethods->xUnlock(behind(f), level);
  },
  [](sqlite3_file* f, int* result) {
    return behind(f)->pMethods->xCheckReservedLock(behind(f), result);
  },
  [](sqlite3_file* f, int op, void* arg) {
    return behind(f)->pMethods->xFileControl(behind(f), op, arg);
  },
  [](sqlite3_file* f) { return behind(f)->pMethods->xSectorSize(behind(f)); },
  [](sqlite3_file* f) {
    return behind(f)->pMethods->xDeviceCharacteristics(behind(f));
  },
  nullptr,
  nullptr,
  nullptr,
  nullptr,
  nullptr,
  nullptr,
};

int open_asking(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags,
                int* flags_out) {
  file->pMethods = nullptr;
  auto code = ask(file_op::open);
  if (code == SQLITE_OK)
    code = usual->xOpen(usual, path, behind(file), flags, flags_out);
  if (code == SQLITE_OK)
    file->pMethods = &asking_methods;
  return code;
}

sqlite3_vfs make_asking() {
  usual = sqlite3_vfs_find(nullptr);
  auto result = *usual;
  result.zName = asking_vfs::name;
  result.pNext = nullptr;
  result.szOsFile += static_cast<int>(sizeof(asking_file));
  result.xOpen = open_asking;
  result.xDelete = [](sqlite3_vfs*, const char* path, int sync) {
    return if_allowed(file_op::remove,
                      [&] { return usual->xDelete(usual, path, sync); });
  };
  result.xAccess = [](sqlite3_vfs*, const char* path, int flags, int* is) {
    return if_allowed(file_op::access,
                      [&] { return usual->xAccess(usual, path, flags, is); });
  };
  return result;
}

sqlite3_vfs asking = make_asking();

// -- losing power -------------------------------------------------------------

volatile_disk* disk = nullptr;

struct volatile_file {
  sqlite3_file base;
  std::string* path;
};

const std::string& path_of(sqlite3_file* file) {
  return *reinterpret_cast<volatile_file*>(file)->path;
}

// Runs `work` on the file's content unless the power is off.
template <class Work>
int on_disk(sqlite3_file* file, int failure, Work work) {
  std::lock_guard guard{disk->mutex};
  if (!disk->operate())
    return failure;
  return work(disk->files[path_of(file)]);
}

void put_on(std::vector<uint8_t>& to, const volatile_disk::change& what) {
  if (what.truncates) {
    to.resize(what.at);
    return;
  }
  if (to.size() < what.at + what.bytes.size())
    to.resize(what.at + what.bytes.size());
  std::copy(what.bytes.begin(), what.bytes.end(),
            to.begin() + static_cast<std::ptrdiff_t>(what.at));
}

int read_volatile(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
  return on_disk(f, SQLITE_IOERR_READ, [&](volatile_disk::file& file) {
    auto* out = static_cast<uint8_t*>(to);
    std::fill_n(out, size, uint8_t{0});
    auto begin = std::min(static_cast<size_t>(at), file.now.size());
    auto count = std::min(static_cast<size_t>(size), file.now.size() - begin);
    std::copy_n(file.now.begin() + static_cast<std::ptrdiff_t>(begin), count,
                out);
    return count == static_cast<size_t>(size) ? SQLITE_OK
                                              : SQLITE_IOERR_SHORT_READ;
  });
}

int change_volatile(sqlite3_file* f, int failure, volatile_disk::change what) {
  return on_disk(f, failure, [&](volatile_disk::file& file) {
    put_on(file.now, what);
    file.unsynced.push_back(std::move(what));
    return SQLITE_OK;
  });
}

const sqlite3_io_methods volatile_methods = {
  1,
  [](sqlite3_file* f) {
    delete reinterpret_cast<volatile_file*>(f)->path;
    return SQLITE_OK;
  },
  read_volatile,
  [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
    auto* bytes = static_cast<const uint8_t*>(from);
    return change_volatile(
      f, SQLITE_IOERR_WRITE,
      {false, static_cast<uint64_t>(at), {bytes, bytes + size}});
  },
  [](sqlite3_file* f, sqlite3_int64 size) {
    return change_volatile(f, SQLITE_IOERR_TRUNCATE,
                           {true, static_cast<uint64_t>(size), {}});
  },
  [](sqlite3_file* f, int) {
    return on_disk(f, SQLITE_IOERR_FSYNC, [](volatile_disk::file& file) {
      for (const auto& what : file.unsynced)
        put_on(file.durable, what);
      file.unsynced.clear();
      file.is_named = true;
      return SQLITE_OK;
    });
  },
  [](sqlite3_file* f, sqlite3_int64* size) {
    return on_disk(f, SQLITE_IOERR_FSTAT, [&](volatile_disk::file& file) {
      *size = static_cast<sqlite3_int64>(file.now.size());
      return SQLITE_OK;
    });
  },
  [](sqlite3_file*, int) { return SQLITE_OK; },
  [](sqlite3_file*, int) { return SQLITE_OK; },
  [](sqlite3_file*, int* result) {
    *result = 0;
    return SQLITE_OK;
  },
  [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; },
  [](sqlite3_file*) { return 512; },
  // As SQLite's own for unix says, whose default is that a power cut spares the
  // bytes around those that were being written.
  [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; },
  nullptr,
  nullptr,
  nullptr,
  nullptr,
  nullptr,
  nullptr,
};

sqlite3_vfs make_volatile() {
  auto result = *sqlite3_vfs_find(nullptr);
  result.zName = volatile_disk::name;
  result.pNext = nullptr;
  result.szOsFile = static_cast<int>(sizeof(volatile_file));
  result.xOpen
    = [](sqlite3_vfs*, const char* path, sqlite3_file* file, int, int*) {
        std::lock_guard guard{disk->mutex};
        file->pMethods = nullptr;
        // A temporary file has no name and no content that matters.
        auto* name = new std::string{path ? path : "(temporary)"};
        if (!disk->operate()) {
          delete name;
          return SQLITE_CANTOPEN;
        }
        disk->files[*name];
        reinterpret_cast<volatile_file*>(file)->path = name;
        file->pMethods = &volatile_methods;
        return SQLITE_OK;
      };
  result.xDelete = [](sqlite3_vfs*, const char* path, int) {
    std::lock_guard guard{disk->mutex};
    if (!disk->operate())
      return SQLITE_IOERR_DELETE;
    disk->files.erase(path);
    return SQLITE_OK;
  };
  result.xAccess = [](sqlite3_vfs*, const char* path, int, int* is) {
    std::lock_guard guard{disk->mutex};
    if (!disk->operate())
      return SQLITE_IOERR_ACCESS;
    auto found = disk->files.find(path);
    *is = found != disk->files.end() && !found->second.now.empty();
    return SQLITE_OK;
  };
  return result;
}

sqlite3_vfs losing_power = make_volatile();

} // namespace

std::string to_string(file_op op) {
  switch (op) {
  case file_op::open:
    return "open";
  case file_op::remove:
    return "remove";
  case file_op::access:
    return "access";
  case file_op::read:
    return "read";
  case file_op::write:
    return "write";
  case file_op::truncate:
    return "truncate";
  case file_op::sync:
    return "sync";
  case file_op::size:
    return "size";
  case file_op::lock:
    return "lock";
  }
  return "?";
}

asking_vfs::asking_vfs(question ask_first) {
  asked = std::move(ask_first);
  REQUIRE(sqlite3_vfs_register(&asking, 0) == SQLITE_OK);
}

asking_vfs::~asking_vfs() {
  sqlite3_vfs_unregister(&asking);
  asked = nullptr;
}

volatile_disk::volatile_disk() {
  disk = this;
  REQUIRE(sqlite3_vfs_register(&losing_power, 0) == SQLITE_OK);
}

volatile_disk::~volatile_disk() {
  sqlite3_vfs_unregister(&losing_power);
  disk = nullptr;
}

void volatile_disk::cut_at(uint64_t operation) {
  cut_at_ = operation;
}

uint64_t volatile_disk::operations() const {
  return operations_;
}

bool volatile_disk::operate() {
  return ++operations_ < cut_at_;
}

void volatile_disk::restore(const std::string& directory,
                            const std::function<bool()>& choose) {
  constexpr size_t sector = 512;
  for (auto& [path, one] : files) {
    auto content = one.durable;
    bool is_named = one.is_named || (choose && choose());
    for (const auto& what : one.unsynced) {
      if (!choose)
        break;
      if (what.truncates) {
        if (choose())
          content.resize(what.at);
        continue;
      }
      for (size_t at = 0; at < what.bytes.size(); at += sector) {
        auto end = std::min(at + sector, what.bytes.size());
        using difference = std::ptrdiff_t;
        if (choose())
          put_on(content,
                 {false,
                  what.at + at,
                  {what.bytes.begin() + static_cast<difference>(at),
                   what.bytes.begin() + static_cast<difference>(end)}});
      }
    }
    auto base = path.substr(path.rfind('/') + 1);
    if (!is_named || base == "(temporary)")
      continue;
    std::ofstream out{directory + "/" + base, std::ios::binary};
    out.write(reinterpret_cast<const char*>(content.data()),
              static_cast<std::streamsize>(content.size()));
    REQUIRE(out.flush());
  }
}

} // namespace byollm::sample

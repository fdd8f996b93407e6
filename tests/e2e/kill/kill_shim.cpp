// SPDX-License-Identifier: Apache-2.0
// Preloaded into a host: ends its process by SIGKILL at a named place in what
// it does to disk and network, before the n-th system call of that kind or
// after it. So the program that is killed is the one that runs, without a hook
// of its own.
//   KILL_AT=wal_sync.after:3   the place, and which of its calls
//   KILL_ARMED=1               count from the start, not from kill_shim_arm()
#include <atomic>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

enum class kind : unsigned char {
  other,
  database,
  wal,
  upstream,
  acknowledgement
};

constexpr int descriptors = 4096;
std::atomic<kind> kinds[descriptors];
std::atomic<bool> armed{false};
std::atomic<long> left{0};
const char* place = "";

struct setup {
  setup() {
    auto* at = std::getenv("KILL_AT");
    auto* colon = at ? std::strrchr(at, ':') : nullptr;
    if (!colon)
      return;
    left = std::atol(colon + 1);
    static char name[64];
    auto size = static_cast<size_t>(colon - at);
    if (size >= sizeof(name))
      std::abort();
    std::memcpy(name, at, size);
    place = name;
    armed = std::getenv("KILL_ARMED") != nullptr;
    // What the host tells its parent goes there (kill_host.cpp).
    kinds[3] = kind::acknowledgement;
  }
};

const setup at_load;

kind of(int fd) {
  return fd >= 0 && fd < descriptors ? kinds[fd].load() : kind::other;
}

void mark(int fd, kind what) {
  if (fd >= 0 && fd < descriptors)
    kinds[fd] = what;
}

// Called before and after each call that has a name.
void pass(const char* name, const char* moment) {
  if (!armed || !*name)
    return;
  auto size = std::strlen(name);
  if (std::strncmp(place, name, size) != 0 || place[size] != '.'
      || std::strcmp(place + size + 1, moment) != 0)
    return;
  if (left.fetch_sub(1) == 1)
    ::syscall(SYS_kill, ::getpid(), SIGKILL);
}

template <class Call>
auto around(const char* name, Call call) {
  pass(name, "before");
  auto result = call();
  pass(name, "after");
  return result;
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

const char* write_name(int fd) {
  switch (of(fd)) {
  case kind::database:
    return "db_write";
  case kind::wal:
    return "wal_write";
  case kind::acknowledgement:
    return "acknowledge";
  default:
    return "";
  }
}

const char* sync_name(int fd) {
  return of(fd) == kind::wal ? "wal_sync"
                             : (of(fd) == kind::database ? "db_sync" : "");
}

bool ends_with(const char* text, const char* end) {
  auto size = std::strlen(text);
  auto wanted = std::strlen(end);
  return size >= wanted && std::strcmp(text + size - wanted, end) == 0;
}

int opened(int fd, const char* path) {
  mark(fd, ends_with(path, "byollm.db-wal") ? kind::wal
           : ends_with(path, "byollm.db")   ? kind::database
                                            : kind::other);
  return fd;
}

} // namespace

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED void kill_shim_arm() {
  armed = true;
}

// -- files --------------------------------------------------------------------

EXPORTED int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  auto mode = va_arg(more, mode_t);
  va_end(more);
  static auto* next = real<int(const char*, int, ...)>("open");
  return opened(next(path, flags, mode), path);
}

EXPORTED int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  auto mode = va_arg(more, mode_t);
  va_end(more);
  static auto* next = real<int(const char*, int, ...)>("open64");
  return opened(next(path, flags, mode), path);
}

EXPORTED ssize_t pwrite64(int fd, const void* bytes, size_t size, off_t at) {
  static auto* next
    = real<ssize_t(int, const void*, size_t, off_t)>("pwrite64");
  return around(write_name(fd), [=] { return next(fd, bytes, size, at); });
}

EXPORTED ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  static auto* next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return around(write_name(fd), [=] { return next(fd, bytes, size, at); });
}

EXPORTED ssize_t write(int fd, const void* bytes, size_t size) {
  static auto* next = real<ssize_t(int, const void*, size_t)>("write");
  return around(write_name(fd), [=] { return next(fd, bytes, size); });
}

EXPORTED int fdatasync(int fd) {
  static auto* next = real<int(int)>("fdatasync");
  return around(sync_name(fd), [=] { return next(fd); });
}

EXPORTED int fsync(int fd) {
  static auto* next = real<int(int)>("fsync");
  return around(sync_name(fd), [=] { return next(fd); });
}

EXPORTED int ftruncate64(int fd, off_t size) {
  static auto* next = real<int(int, off_t)>("ftruncate64");
  return around(of(fd) == kind::wal ? "wal_truncate" : "",
                [=] { return next(fd, size); });
}

EXPORTED int unlink(const char* path) {
  static auto* next = real<int(const char*)>("unlink");
  return around(ends_with(path, "byollm.db-wal") ? "wal_unlink"
                : ends_with(path, "master.key")  ? "key_remove"
                                                 : "",
                [=] { return next(path); });
}

EXPORTED int link(const char* from, const char* to) {
  static auto* next = real<int(const char*, const char*)>("link");
  return around(ends_with(to, "master.2.key") ? "key_create" : "",
                [=] { return next(from, to); });
}

EXPORTED int rename(const char* from, const char* to) {
  static auto* next = real<int(const char*, const char*)>("rename");
  return around(ends_with(to, "master.ring") ? "ring_replace" : "",
                [=] { return next(from, to); });
}

// In C++ the plain name would hide the struct's constructor.
EXPORTED int shim_flock(int fd, int how) __asm__("flock");

int shim_flock(int fd, int how) {
  static auto* next = real<int(int, int)>("flock");
  return around("own", [=] { return next(fd, how); });
}

EXPORTED int close(int fd) {
  static auto* next = real<int(int)>("close");
  if (of(fd) != kind::acknowledgement)
    mark(fd, kind::other);
  return next(fd);
}

// -- the provider -------------------------------------------------------------

EXPORTED int connect(int fd, const sockaddr* to, socklen_t size) {
  static auto* next = real<int(int, const sockaddr*, socklen_t)>("connect");
  auto is_upstream = to->sa_family == AF_INET;
  if (is_upstream)
    mark(fd, kind::upstream);
  return around(is_upstream ? "connect" : "",
                [=] { return next(fd, to, size); });
}

EXPORTED int epoll_ctl(int fd, int what, int which, epoll_event* how) {
  static auto* next = real<int(int, int, int, epoll_event*)>("epoll_ctl");
  // Asio wakes a loop by arming its interrupter anew.
  return around(what == EPOLL_CTL_MOD ? "wake" : "",
                [=] { return next(fd, what, which, how); });
}

EXPORTED ssize_t sendmsg(int fd, const msghdr* what, int flags) {
  static auto* next = real<ssize_t(int, const msghdr*, int)>("sendmsg");
  return around(of(fd) == kind::upstream ? "send" : "",
                [=] { return next(fd, what, flags); });
}

EXPORTED ssize_t recv(int fd, void* bytes, size_t size, int flags) {
  static auto* next = real<ssize_t(int, void*, size_t, int)>("recv");
  // A look whether an idle connection is quiet receives nothing.
  auto* name = of(fd) == kind::upstream && !(flags & MSG_PEEK) ? "receive" : "";
  return around(name, [=] { return next(fd, bytes, size, flags); });
}

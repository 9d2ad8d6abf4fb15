#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace postern::fcgi {

/// One listening socket: `unix:/path`, `tcp:127.0.0.1:9000`, `tcp:[::1]:9000`, or `fd:N` for one
/// that was inherited (spawn-fcgi, mod_fcgid: fd:0; systemd: fd:3 and up).
struct SocketSettings {
  std::string address;
  unsigned mode = 0660;  ///< unix sockets
  std::string group;     ///< unix sockets; "" leaves the process's own
  int backlog = 1024;
};

struct PoolSettings {
  SocketSettings socket;
  unsigned workers = 2;
};

/// The wall inspects a request whole while it lies in the kernel's socket buffer (wire.hpp), which
/// is about 200 KiB on an untuned Linux: limits.body + limits.params may not be more than this.
inline constexpr std::size_t kMaxRequestBytes = std::size_t{128} * 1024;

struct LimitSettings {
  std::size_t body = 64 * 1024;    ///< bytes; more is 413
  std::size_t params = 32 * 1024;  ///< bytes of all parameters together; more is 431
  std::size_t param = 8 * 1024;    ///< bytes of one value; more is 431
  std::size_t param_count = 128;
};

struct ServerSettings {
  PoolSettings api;
  PoolSettings gate;
  unsigned resolvers = 2;  ///< workers behind the gate, for checks that must ask the database
  LimitSettings limits;
  unsigned max_requests_per_worker = 100000;  ///< of the api and resolvers; 0: never replaced
  std::chrono::seconds receive_timeout{10};   ///< for a peer that stops sending
  std::chrono::seconds request_timeout{30};   ///< then the watchdog replaces the worker
  std::chrono::seconds drain_timeout{20};     ///< for work under way on SIGTERM and reload
  std::string pid_file;                       ///< "" for none
  bool log_allowed_checks = false;            ///< refused ones always are
};

enum class LogLevel { Debug, Info, Warning, Error };

struct LogSettings {
  LogLevel level = LogLevel::Info;
  std::string file;  ///< "" or "stderr": standard error; reopened on SIGHUP
};

}  // namespace postern::fcgi

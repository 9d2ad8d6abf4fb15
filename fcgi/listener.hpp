#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "fcgi/settings.hpp"
#include "fcgi/unique_fd.hpp"

namespace postern::fcgi {

struct UnixAddress {
  std::string path;
};
struct TcpAddress {
  std::string host;  ///< an IPv4 or IPv6 literal, without brackets
  std::uint16_t port;
};
struct InheritedSocket {
  int fd;
};
using SocketAddress = std::variant<UnixAddress, TcpAddress, InheritedSocket>;

/// Reads `unix:/path`, `tcp:1.2.3.4:port`, `tcp:[v6]:port`, `fd:N`. Names and empty hosts are
/// refused, so that nothing is ever bound wider than it was written. Throws std::invalid_argument
/// saying what is wrong.
[[nodiscard]] SocketAddress parse_socket_address(std::string_view text);

/// A listening socket: non-blocking, close-on-exec. Opened by the master before it forks; children
/// inherit it. Not FCGX_OpenSocket, which unlinks whatever stands at the path, leaves the mode to
/// the umask, binds every interface and ends the process on an error.
class Listener {
 public:
  /// A unix socket is never reachable with more than its final mode, not even while it is made. A
  /// socket file that nobody answers is replaced; one that is answered, or another kind of file, is
  /// an error. Throws std::runtime_error with the address and the reason.
  explicit Listener(const SocketSettings& settings);
  Listener(Listener&&) noexcept = default;
  Listener& operator=(Listener&&) = delete;
  /// Removes the socket file if it is still the one made here, and only in the process that made
  /// it.
  ~Listener();

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] const std::string& address() const { return address_; }

  /// From now on nobody new can connect, while what waits in the queue can still be accepted:
  /// removes the socket file, or makes a TCP socket deaf to new handshakes. An inherited socket is
  /// left as it is, since it is somebody else's.
  void stop_new_connections();

 private:
  void open_unix(const UnixAddress& address, const SocketSettings& settings);
  void open_tcp(const TcpAddress& address, const SocketSettings& settings);
  void inherit(const InheritedSocket& socket);
  void remove_file();
  [[noreturn]] void fail(std::string_view what, int error) const;

  std::string address_;
  UniqueFd fd_;
  std::string path_;  ///< what remove_file() may remove; "" for nothing
  std::uint64_t device_ = 0, inode_ = 0;
  int owner_pid_;
  bool is_own_tcp_ = false;
};

}  // namespace postern::fcgi

#include "cli/socket_probe.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace postern::cli {
namespace {

constexpr int kPatienceMs = 1000;

Listening verdict_of(int error) {
  if (error == 0 || error == EAGAIN) return Listening::Yes;  // EAGAIN: its queue is full
  if (error == EACCES || error == EPERM) return Listening::Unknown;
  return Listening::No;
}

/// The error of a connection under way, once it is settled.
int settle(int descriptor) {
  pollfd waiting{descriptor, POLLOUT, 0};
  if (::poll(&waiting, 1, kPatienceMs) != 1) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

Listening connect_to(int family, const sockaddr* address, socklen_t size) {
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return Listening::Unknown;
  int error = ::connect(descriptor, address, size) == 0 ? 0 : errno;
  if (error == EINPROGRESS) error = settle(descriptor);
  ::close(descriptor);
  return verdict_of(error);
}

Listening probe_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return Listening::No;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return connect_to(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

Listening probe_tcp(std::string host, const std::string& port) {
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return Listening::Unknown;
  const auto verdict = connect_to(found->ai_family, found->ai_addr, found->ai_addrlen);
  ::freeaddrinfo(found);
  return verdict;
}

}  // namespace

Listening probe_socket(const std::string& address) {
  if (address.starts_with("unix:")) return probe_unix(address.substr(5));
  const auto colon = address.rfind(':');
  if (!address.starts_with("tcp:") || colon < 4) return Listening::Unknown;
  return probe_tcp(address.substr(4, colon - 4), address.substr(colon + 1));
}

}  // namespace postern::cli

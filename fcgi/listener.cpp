#include "fcgi/listener.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace postern::fcgi {
namespace {

constexpr int kSocketFlags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

sockaddr_un unix_sockaddr(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

template <typename Address>
bool bind_to(int fd, const Address& address) {
  return bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

bool somebody_answers(const std::string& path) {
  const UniqueFd probe(socket(AF_UNIX, kSocketFlags, 0));
  const sockaddr_un address = unix_sockaddr(path);
  if (connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    return true;
  }
  return errno == EAGAIN || errno == EINPROGRESS;  // alive, with a full queue
}

std::optional<gid_t> group_id(const std::string& name) {
  const group* entry = getgrnam(name.c_str());
  if (entry == nullptr) return std::nullopt;
  return entry->gr_gid;
}

/// Keeps the mode of what is created to the owner's until it has been set on purpose.
class OwnerOnlyUmask {
 public:
  OwnerOnlyUmask() : before_(umask(0177)) {}
  ~OwnerOnlyUmask() { umask(before_); }
  OwnerOnlyUmask(const OwnerOnlyUmask&) = delete;
  OwnerOnlyUmask& operator=(const OwnerOnlyUmask&) = delete;

 private:
  mode_t before_;
};

/// Room for a request to be inspected whole while it still lies in the kernel (see wire.hpp).
void enlarge_receive_buffer(int fd) {
  const int bytes = 512 * 1024;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

}  // namespace

Listener::Listener(const SocketSettings& settings)
    : address_(settings.address), owner_pid_(getpid()) {
  const SocketAddress address = parse_socket_address(settings.address);
  if (const auto* unix_address = std::get_if<UnixAddress>(&address)) {
    open_unix(*unix_address, settings);
  } else if (const auto* tcp_address = std::get_if<TcpAddress>(&address)) {
    open_tcp(*tcp_address, settings);
  } else {
    inherit(std::get<InheritedSocket>(address));
  }
}

Listener::~Listener() {
  if (fd_) remove_file();
}

void Listener::fail(std::string_view what, int error) const {
  throw std::runtime_error(address_ + ": " + std::string(what) +
                           (error == 0 ? "" : ": " + std::generic_category().message(error)));
}

void Listener::open_unix(const UnixAddress& address, const SocketSettings& settings) {
  struct stat found {};
  if (lstat(address.path.c_str(), &found) == 0) {
    if (!S_ISSOCK(found.st_mode)) fail("a file that is no socket stands there", 0);
    if (somebody_answers(address.path)) {
      fail("another process is listening there; is this server running already?", 0);
    }
    if (unlink(address.path.c_str()) != 0) fail("cannot remove the stale socket", errno);
  }
  fd_.reset(socket(AF_UNIX, kSocketFlags, 0));
  if (!fd_) fail("cannot make a socket", errno);
  {
    const OwnerOnlyUmask narrow;
    if (!bind_to(fd_.get(), unix_sockaddr(address.path))) fail("cannot bind", errno);
  }
  struct stat made {};
  if (lstat(address.path.c_str(), &made) != 0) fail("cannot find the socket just made", errno);
  path_ = address.path;
  device_ = made.st_dev;
  inode_ = made.st_ino;
  try {
    if (!settings.group.empty()) {
      const auto group = group_id(settings.group);
      if (!group) fail("there is no group '" + settings.group + "'", 0);
      if (chown(path_.c_str(), static_cast<uid_t>(-1), *group) != 0) {
        fail("cannot give the socket to group '" + settings.group + "'", errno);
      }
    }
    if (chmod(path_.c_str(), settings.mode) != 0) fail("cannot set the socket's mode", errno);
    if (listen(fd_.get(), settings.backlog) != 0) fail("cannot listen", errno);
  } catch (...) {
    remove_file();
    throw;
  }
}

void Listener::open_tcp(const TcpAddress& address, const SocketSettings& settings) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  fd_.reset(socket(is_v6 ? AF_INET6 : AF_INET, kSocketFlags, 0));
  if (!fd_) fail("cannot make a socket", errno);
  const int on = 1;
  setsockopt(fd_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  enlarge_receive_buffer(fd_.get());
  bool bound = false;
  if (is_v6) {
    setsockopt(fd_.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(address.port);
    inet_pton(AF_INET6, address.host.c_str(), &to.sin6_addr);
    bound = bind_to(fd_.get(), to);
  } else {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(address.port);
    inet_pton(AF_INET, address.host.c_str(), &to.sin_addr);
    bound = bind_to(fd_.get(), to);
  }
  if (!bound) fail("cannot bind", errno);
  if (listen(fd_.get(), settings.backlog) != 0) fail("cannot listen", errno);
  is_own_tcp_ = true;
}

void Listener::inherit(const InheritedSocket& socket) {
  int listening = 0;
  socklen_t size = sizeof(listening);
  if (getsockopt(socket.fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0) {
    fail("not an inherited socket", errno);
  }
  if (listening == 0) fail("the inherited socket is not listening", 0);
  const int status = fcntl(socket.fd, F_GETFL);
  if (status < 0 || fcntl(socket.fd, F_SETFL, status | O_NONBLOCK) != 0 ||
      fcntl(socket.fd, F_SETFD, FD_CLOEXEC) != 0) {
    fail("cannot set the inherited socket up", errno);
  }
  fd_.reset(socket.fd);
}

void Listener::stop_new_connections() {
  remove_file();
  if (!is_own_tcp_) return;
  // Drops SYN segments, so that handshakes under way still end and the queue becomes finite.
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),  // the TCP header's flags
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x02, 0, 1),  // SYN without ACK
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFF),
  };
  const sock_fprog filter{5, program};
  setsockopt(fd_.get(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
}

void Listener::remove_file() {
  if (path_.empty() || getpid() != owner_pid_) return;
  struct stat now {};
  if (lstat(path_.c_str(), &now) == 0 && now.st_dev == device_ && now.st_ino == inode_) {
    unlink(path_.c_str());
  }
  path_.clear();
}

}  // namespace postern::fcgi

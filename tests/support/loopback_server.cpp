#include "tests/support/loopback_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

namespace postern::test {
namespace {

constexpr int kPollMs = 20;

void must(bool good) {
  if (!good) throw std::runtime_error("loopback server");
}

std::size_t content_length(const std::string& head) {
  const auto at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

/// One accepted connection, in the clear or not.
class Stream {
 public:
  Stream(int connection, const TlsIdentity* identity) : connection_(connection) {
    if (identity == nullptr) return;
    ssl_ = SSL_new(identity->context());
    must(ssl_ != nullptr && SSL_set_fd(ssl_, connection) == 1);
    good_ = SSL_accept(ssl_) == 1;
  }
  ~Stream() {
    if (ssl_ != nullptr && good_) SSL_shutdown(ssl_);
    SSL_free(ssl_);
    ::close(connection_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// How many bytes; 0 at the end.
  std::size_t read(char* data, std::size_t size) {
    if (!good_) return 0;
    const auto got = ssl_ != nullptr ? SSL_read(ssl_, data, static_cast<int>(size))
                                     : ::recv(connection_, data, size, 0);
    good_ = got > 0;
    return good_ ? static_cast<std::size_t>(got) : 0;
  }
  std::size_t write(const char* data, std::size_t size) {
    if (!good_) return 0;
    const auto sent = ssl_ != nullptr ? SSL_write(ssl_, data, static_cast<int>(size))
                                      : ::send(connection_, data, size, MSG_NOSIGNAL);
    good_ = sent > 0;
    return good_ ? static_cast<std::size_t>(sent) : 0;
  }

 private:
  int connection_;
  SSL* ssl_ = nullptr;
  bool good_ = true;
};

std::string read_request(Stream& connection) {
  std::string request;
  std::array<char, 4096> part{};
  for (;;) {
    const auto end = request.find("\r\n\r\n");
    if (end != std::string::npos && request.size() >= end + 4 + content_length(request)) {
      return request;
    }
    const auto got = connection.read(part.data(), part.size());
    if (got == 0) return request;
    request.append(part.data(), got);
  }
}

void write_all(Stream& connection, const std::string& text) {
  for (std::size_t sent = 0; sent < text.size();) {
    const auto now = connection.write(text.data() + sent, text.size() - sent);
    if (now == 0) return;
    sent += now;
  }
}

}  // namespace

LoopbackServer::LoopbackServer(Answer answer, const TlsIdentity* identity)
    : answer_(std::move(answer)),
      identity_(identity),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  must(::bind(listener_, generic, length) == 0 && ::listen(listener_, 16) == 0);
  must(::getsockname(listener_, generic, &length) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

std::string LoopbackServer::url() const {
  return (identity_ != nullptr ? "https" : "http") + std::string("://127.0.0.1:") +
         std::to_string(port_);
}

std::vector<std::string> LoopbackServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::string LoopbackServer::http(int status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) + " -\r\nConnection: close\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void LoopbackServer::serve() {
  sigset_t broken_pipe;  // who went away in the middle is no reason to end
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, kPollMs) != 1) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    Stream stream(connection, identity_);
    const auto request = read_request(stream);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    write_all(stream, answer_(request));
  }
}

}  // namespace postern::test

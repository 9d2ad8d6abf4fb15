#include "tests/support/loopback_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
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

std::string read_request(int connection) {
  std::string request;
  std::array<char, 4096> part{};
  for (;;) {
    const auto end = request.find("\r\n\r\n");
    if (end != std::string::npos && request.size() >= end + 4 + content_length(request)) {
      return request;
    }
    const auto got = ::recv(connection, part.data(), part.size(), 0);
    if (got <= 0) return request;
    request.append(part.data(), static_cast<std::size_t>(got));
  }
}

void write_all(int connection, const std::string& text) {
  for (std::size_t sent = 0; sent < text.size();) {
    const auto now = ::send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) return;
    sent += static_cast<std::size_t>(now);
  }
}

}  // namespace

LoopbackServer::LoopbackServer(Answer answer)
    : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
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
  return "http://127.0.0.1:" + std::to_string(port_);
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
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, kPollMs) != 1) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    const auto request = read_request(connection);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    write_all(connection, answer_(request));
    ::close(connection);
  }
}

}  // namespace postern::test

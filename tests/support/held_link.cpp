#include "tests/support/held_link.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace postern::test {
namespace {

constexpr const char* kSocket = "/.s.PGSQL.5432";

sockaddr_un address_of(const std::string& directory) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = directory + kSocket;
  if (path.size() >= sizeof(address.sun_path)) throw std::runtime_error("socket path too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

HeldLink::HeldLink() {
  const char* server = std::getenv("POSTERN_TEST_PG");
  if (server == nullptr) throw std::runtime_error("POSTERN_TEST_PG is not set: run through ctest");
  server_ = server;
  std::string name = "/tmp/postern-link-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  directory_ = name;
  open();
  carrier_ = std::thread([this] { carry(); });
}

HeldLink::~HeldLink() {
  ended_ = true;
  carrier_.join();
  close_all();
  std::error_code error;
  std::filesystem::remove_all(directory_, error);
}

std::string HeldLink::through(const std::string& url) const {
  const auto at = url.find(server_);
  if (at == std::string::npos) throw std::invalid_argument("not a url of the test's server");
  return std::string(url).replace(at, server_.size(), directory_);
}

void HeldLink::cut() {
  cut_ = true;
  while (!is_cut_) std::this_thread::yield();
}

void HeldLink::mend() {
  cut_ = false;
  while (is_cut_) std::this_thread::yield();
}

void HeldLink::open() {
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_of(directory_);
  if (::bind(listener_, generic(address), sizeof(address)) != 0 || ::listen(listener_, 64) != 0)
    throw std::runtime_error("listen");
}

void HeldLink::close_all() {
  for (const auto& pair : pairs_) {
    ::close(pair.near);
    ::close(pair.far);
  }
  pairs_.clear();
  if (listener_ >= 0) ::close(listener_);
  listener_ = -1;
  ::unlink((directory_ + kSocket).c_str());
}

void HeldLink::accept_one() {
  const int near = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (near < 0) return;
  const int far = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_of(server_);
  if (::connect(far, generic(address), sizeof(address)) == 0) {
    pairs_.push_back({near, far});
  } else {
    ::close(near);
    ::close(far);
  }
}

/// False when one side has ended.
bool HeldLink::pass_on(int from, int to) {
  char data[65536];
  const auto got = ::recv(from, data, sizeof(data), MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN)) return false;
  return got < 0 || ::send(to, data, static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
}

void HeldLink::carry() {
  while (!ended_) {
    if (cut_ != is_cut_) {
      if (cut_) {
        close_all();
      } else {
        open();
      }
      is_cut_ = cut_.load();
    }
    std::vector<pollfd> waiting;
    if (!held_ && !is_cut_) {
      waiting.push_back({listener_, POLLIN, 0});
      for (const auto& pair : pairs_) {
        waiting.push_back({pair.near, POLLIN, 0});
        waiting.push_back({pair.far, POLLIN, 0});
      }
    }
    ::poll(waiting.data(), waiting.size(), 5);
    if (waiting.empty() || held_) continue;
    if (waiting[0].revents != 0) accept_one();
    std::erase_if(pairs_, [](const Pair& pair) {
      if (pass_on(pair.near, pair.far) && pass_on(pair.far, pair.near)) return false;
      ::close(pair.near);
      ::close(pair.far);
      return true;
    });
  }
}

}  // namespace postern::test

#include "fcgi/doorbell.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include "fcgi/handover.hpp"
#include "fcgi/log.hpp"

namespace postern::fcgi {
namespace {

/// An upper bound on how long a connection can wait whose wake-up went to a process that died.
constexpr int kWaitMs = 500;

}  // namespace

Doorbell::Doorbell(const Station& station)
    : station_(station), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  sigemptyset(&open_);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  if (!epoll_ || epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, station.source, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "waiting for connections");
  }
}

void Doorbell::wait() const {
  epoll_event event{};
  epoll_pwait(epoll_.get(), &event, 1, kWaitMs, &open_);
}

UniqueFd Doorbell::accept() const {
  if (station_.crew == Crew::Resolver) return take_connection(station_.source);
  UniqueFd connection(accept4(station_.source, nullptr, nullptr, SOCK_CLOEXEC));
  if (!connection && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS)) {
    log(LogLevel::Error, "accept_failed", {{"error", std::generic_category().message(errno)}});
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return connection;
}

}  // namespace postern::fcgi

#pragma once

#include <signal.h>

#include "fcgi/unique_fd.hpp"
#include "fcgi/worker.hpp"

namespace postern::fcgi {

/// Waits for connections where other processes wait for them too: a listening socket, or the queue
/// of those that the gate hands on. EPOLLEXCLUSIVE: one connection wakes one of them.
class Doorbell {
 public:
  /// Throws std::system_error.
  explicit Doorbell(const Station& station);

  /// Half a second at most. Signals come in here and nowhere else.
  void wait() const;
  /// Does not wait. None: nobody is there.
  [[nodiscard]] UniqueFd accept() const;
  /// No wake-up comes to this process any more.
  void leave() { epoll_.reset(); }

 private:
  Station station_;
  UniqueFd epoll_;
  sigset_t open_{};
};

}  // namespace postern::fcgi

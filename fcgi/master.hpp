#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "fcgi/crew.hpp"
#include "fcgi/desk.hpp"
#include "fcgi/request.hpp"
#include "fcgi/response.hpp"
#include "fcgi/settings.hpp"
#include "fcgi/shared_segment.hpp"

namespace postern::fcgi {

/// What a worker does with a request. Made in the worker, after the fork, so that no connection,
/// key handle or random state is shared.
class Application {
 public:
  virtual ~Application() = default;
  virtual Response handle(const Request& request) = 0;
  /// In order, one answer each; for those who can do several in less than one after the other. What
  /// it throws refuses them all.
  virtual std::vector<Response> handle_all(std::span<const Request> requests) {
    std::vector<Response> responses;
    for (const Request& request : requests) responses.push_back(handle(request));
    return responses;
  }
  /// The answer to what broke: called from the worker's last-resort catch, and for what the wire
  /// refuses (400, 413, 431), so that even these have the dialect's shape. Must not throw.
  virtual Response failure(const Request& request, int status) = 0;
};

/// All that the master needs to know of the rest of the program.
struct Program {
  std::function<ServerSettings()> settings;  ///< read again on SIGHUP; throwing keeps the old ones
  std::function<LogSettings()> log_settings;
  /// For SharedSegment::memory; asked once, after the first settings(). None: 0.
  std::function<std::size_t()> memory_bytes;
  /// In a worker of the api or a resolver, after the fork. `slot` is its place in
  /// SharedSegment::workers: no other living process has it.
  std::function<std::unique_ptr<Application>(Crew crew, SharedSegment& shared, unsigned slot)>
      make_application;
  /// In a gate's worker, after the fork. None: all is left to the resolvers.
  std::function<std::unique_ptr<Desk>(SharedSegment& shared, unsigned slot)> make_desk;
  /// In the master, when the process of that slot is gone, however it went.
  std::function<void(SharedSegment& shared, unsigned slot)> worker_gone;
  /// In the housekeeper process: runs until `stop_requested` answers true; it must ask at least
  /// once a second. The master replaces it when it dies.
  std::function<void(SharedSegment& shared, const std::function<bool()>& stop_requested)>
      keep_house;
};

/// Runs until SIGTERM or SIGINT; answers the exit status. Opens the sockets, forks both pools and
/// the housekeeper, and from then on only supervises:
/// - a worker that dies is replaced within a second, with growing back-off (100 ms to 10 s) while
/// its
///   pool keeps dying young;
/// - one busy for longer than request_timeout is killed and replaced;
/// - SIGHUP: settings are read again and the pools replaced by new workers on the same sockets, old
///   ones finishing what they have: no request is lost. Pool sizes may change; socket addresses
///   need a restart, which the log says;
/// - SIGTERM, SIGINT: workers finish the request they are in and those already accepted, bounded by
///   drain_timeout; then everything it started is gone.
int run_master(const Program& program);

}  // namespace postern::fcgi

#include "fcgi/worker.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <exception>
#include <string_view>
#include <system_error>
#include <thread>

#include "fcgi/gate_worker.hpp"
#include "fcgi/handover.hpp"
#include "fcgi/log.hpp"
#include "fcgi/signals.hpp"
#include "fcgi/unique_fd.hpp"
#include "fcgi/wire.hpp"

namespace postern::fcgi {
namespace {

/// An upper bound on how long a connection can wait whose wake-up went to a process that died.
constexpr int kWaitMs = 500;

std::string_view door_name(Door door) {
  return door == Door::Gate ? "gate" : "api";
}

/// Waits for connections where other processes wait for them too: a listening socket, or the queue
/// of those that the gate hands on. EPOLLEXCLUSIVE: one connection wakes one of them.
class Doorbell {
 public:
  explicit Doorbell(const Station& station)
      : station_(station), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    sigemptyset(&open_);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLEXCLUSIVE;
    if (!epoll_ || epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, station.source, &event) != 0) {
      throw std::system_error(errno, std::generic_category(), "waiting for connections");
    }
  }

  /// Signals come in here and nowhere else.
  void wait() const {
    epoll_event event{};
    epoll_pwait(epoll_.get(), &event, 1, kWaitMs, &open_);
  }

  [[nodiscard]] UniqueFd accept() const {
    if (station_.crew == Crew::Resolver) return take_connection(station_.source);
    UniqueFd connection(accept4(station_.source, nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS)) {
      log(LogLevel::Error, "accept_failed", {{"error", std::generic_category().message(errno)}});
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return connection;
  }

  /// No wake-up comes to this process any more.
  void leave() { epoll_.reset(); }

 private:
  Station station_;
  UniqueFd epoll_;
  sigset_t open_{};
};

class Worker {
 public:
  Worker(const WorkerPost& post, const Program& program, const ServerSettings& settings,
         SharedSegment& shared)
      : door_(post.station.crew == Crew::Api ? Door::Api : Door::Gate),
        log_allowed_checks_(settings.log_allowed_checks),
        state_(shared.workers[post.slot]),
        counters_(shared.counters),
        application_(program.make_application(post.station.crew, shared, post.slot)),
        wire_(door_, settings) {}

  void serve(UniqueFd connection) {
    state_.busy_since_ms = monotonic_ms();
    auto received = wire_.receive(std::move(connection));
    if (!received || received->refused != 0) ++counters_.refused_on_the_wire;
    if (received) answer(*received);
    ++state_.requests;
    state_.busy_since_ms = 0;
  }

 private:
  void answer(const Received& received) {
    const auto start = std::chrono::steady_clock::now();
    const Request& request = received.request;
    Response response = respond(received);
    if (response.get("X-Request-Id").empty()) response.set("X-Request-Id", request.id);
    const bool sent = wire_.send(response, request.method == "HEAD");
    const auto spent = std::chrono::steady_clock::now() - start;
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(spent).count();
    record(request, response, us);
    if (!sent) log(LogLevel::Info, "answer_not_taken", {{"id", request.id}});
  }

  Response respond(const Received& received) {
    const Request& request = received.request;
    if (received.refused != 0) return refusal(request, received.refused);
    try {
      return application_->handle(request);
    } catch (const std::exception& error) {
      log(LogLevel::Error, "handler_threw", {{"id", request.id}, {"error", error.what()}});
    } catch (...) {
      log(LogLevel::Error, "handler_threw", {{"id", request.id}, {"error", "unknown"}});
    }
    return refusal(request, 500);
  }

  /// failure() must not throw; if it does, the visitor is still refused (R7).
  Response refusal(const Request& request, int status) {
    try {
      return application_->failure(request, status);
    } catch (...) {
      return Response(status, "text/plain; charset=utf-8", "refused\n");
    }
  }

  void record(const Request& request, const Response& response, std::int64_t us) {
    const auto door = static_cast<std::size_t>(door_);
    const auto hundred = static_cast<std::size_t>(response.status() / 100);
    ++counters_.responses[door][hundred < 6 ? hundred : 0];
    counters_.microseconds[door] += static_cast<std::uint64_t>(us);
    if (door_ == Door::Gate && response.status() < 300 && !log_allowed_checks_) return;
    log(LogLevel::Info, "request",
        {{"id", request.id},
         {"door", door_name(door_)},
         {"method", request.method},
         {"route", response.log_route},
         {"status", std::int64_t{response.status()}},
         {"us", us},
         {"account", response.log_account}});
  }

  Door door_;
  bool log_allowed_checks_;
  WorkerState& state_;
  Counters& counters_;
  std::unique_ptr<Application> application_;
  Wire wire_;
};

/// How many requests this worker serves. Spread, so that a pool does not change all at once.
std::uint64_t share_of(const WorkerPost& post, const ServerSettings& settings) {
  const std::uint64_t most = settings.max_requests_per_worker;
  return most - post.slot % 8 * (most / 64);
}

void reopen_log(const Program& program) {
  child_orders().reopen = 0;
  try {
    open_log(program.log_settings());
  } catch (const std::exception& error) {
    log(LogLevel::Error, "log_not_reopened", {{"error", error.what()}});
  }
}

void start(const WorkerPost& post, WorkerState& state) {
  state.ready = 1;
  state.busy_since_ms = 0;
  log(LogLevel::Debug, "worker_ready", {{"crew", name_of(post.station.crew)}});
}

void serve_waiting_visitors(const WorkerPost& post, const Program& program,
                            const ServerSettings& settings, SharedSegment& shared) {
  volatile ChildOrders& orders = child_orders();
  WorkerState& state = shared.workers[post.slot];
  Worker worker(post, program, settings, shared);
  Doorbell doorbell(post.station);
  start(post, state);

  const std::uint64_t share = share_of(post, settings);
  while (orders.leave == 0 && orders.drain == 0 && (share == 0 || state.requests < share)) {
    doorbell.wait();
    if (orders.reopen != 0) reopen_log(program);
    if (UniqueFd connection = doorbell.accept()) worker.serve(std::move(connection));
  }
  // A wake-up may have come to us in this moment, so one connection is ours; draining, all are.
  doorbell.leave();
  do {
    UniqueFd connection = doorbell.accept();
    if (!connection) break;
    worker.serve(std::move(connection));
  } while (orders.drain != 0);
}

void keep_the_gate(const WorkerPost& post, const Program& program, const ServerSettings& settings,
                   SharedSegment& shared) {
  volatile ChildOrders& orders = child_orders();
  GateWorker worker(post, program, settings, shared);
  start(post, shared.workers[post.slot]);
  while (orders.leave == 0 && orders.drain == 0) {
    worker.run();
    if (orders.reopen != 0) reopen_log(program);
  }
}

}  // namespace

int run_worker(const WorkerPost& post, const Program& program, const ServerSettings& settings,
               SharedSegment& shared) {
  if (post.station.crew == Crew::Gate) {
    keep_the_gate(post, program, settings, shared);
  } else {
    serve_waiting_visitors(post, program, settings, shared);
  }
  return 0;
}

}  // namespace postern::fcgi

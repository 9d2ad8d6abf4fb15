#include "fcgi/worker.hpp"

#include <sys/resource.h>

#include <chrono>
#include <exception>
#include <vector>

#include "fcgi/answered.hpp"
#include "fcgi/doorbell.hpp"
#include "fcgi/gate_worker.hpp"
#include "fcgi/log.hpp"
#include "fcgi/resolver_worker.hpp"
#include "fcgi/signals.hpp"
#include "fcgi/unique_fd.hpp"
#include "fcgi/wire.hpp"

namespace postern::fcgi {
namespace {

/// A worker of the api.
class ApiWorker {
 public:
  ApiWorker(const WorkerPost& post, const Program& program, const ServerSettings& settings,
            SharedSegment& shared)
      : state_(shared.workers[post.slot]),
        counters_(shared.counters),
        application_(program.make_application(post.station.crew, shared, post.slot)),
        wire_(Door::Api, settings) {}

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
    keep_record({request.id, Door::Api, request.method, response.log_route, response.status(), us,
                 response.log_account},
                counters_, true);
  }

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

/// What the api's workers do is long, and hashing passwords takes a core whole: where there are not
/// enough cores, the gate and the web server come first.
constexpr int kApiNiceness = 5;

void start(const WorkerPost& post, WorkerState& state) {
  if (post.station.crew == Crew::Api) (void)setpriority(PRIO_PROCESS, 0, kApiNiceness);
  state.ready = 1;
  state.busy_since_ms = 0;
  log(LogLevel::Debug, "worker_ready", {{"crew", name_of(post.station.crew)}});
}

/// One after the other.
void serve_next(ApiWorker& worker, UniqueFd connection, const Doorbell& /*doorbell*/) {
  worker.serve(std::move(connection));
}
/// Together with those behind it.
void serve_next(ResolverWorker& worker, UniqueFd connection, const Doorbell& doorbell) {
  std::vector<UniqueFd> connections;
  for (; connection; connection = doorbell.accept()) {
    connections.push_back(std::move(connection));
    if (connections.size() == ResolverWorker::kTogether) break;
  }
  worker.serve(std::move(connections));
}

template <class Worker>
void serve_visitors(const WorkerPost& post, const Program& program, const ServerSettings& settings,
                    SharedSegment& shared) {
  volatile ChildOrders& orders = child_orders();
  WorkerState& state = shared.workers[post.slot];
  Worker worker(post, program, settings, shared);
  Doorbell doorbell(post.station);
  start(post, state);

  const std::uint64_t share = share_of(post, settings);
  while (orders.leave == 0 && orders.drain == 0 && (share == 0 || state.requests < share)) {
    doorbell.wait();
    if (orders.reopen != 0) reopen_log(program);
    if (UniqueFd connection = doorbell.accept())
      serve_next(worker, std::move(connection), doorbell);
  }
  // A wake-up may have come to us in this moment, so one connection is ours; draining, all are.
  doorbell.leave();
  do {
    UniqueFd connection = doorbell.accept();
    if (!connection) break;
    serve_next(worker, std::move(connection), doorbell);
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
  switch (post.station.crew) {
    case Crew::Api:
      serve_visitors<ApiWorker>(post, program, settings, shared);
      break;
    case Crew::Gate:
      keep_the_gate(post, program, settings, shared);
      break;
    case Crew::Resolver:
      serve_visitors<ResolverWorker>(post, program, settings, shared);
      break;
  }
  return 0;
}

}  // namespace postern::fcgi

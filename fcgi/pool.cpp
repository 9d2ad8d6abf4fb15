#include "fcgi/pool.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "fcgi/child.hpp"
#include "fcgi/log.hpp"
#include "fcgi/signals.hpp"

namespace postern::fcgi {
namespace {

constexpr std::int64_t kInsistMs = 500;

std::int64_t in_ms(std::chrono::milliseconds duration) {
  return duration.count();
}

}  // namespace

Pool::Pool(const Station& station, std::vector<int> strangers, const Program& program,
           SharedSegment& shared)
    : station_(station), strangers_(std::move(strangers)), program_(program), shared_(shared) {}

unsigned Pool::wanted() const {
  switch (station_.crew) {
    case Crew::Api:
      return settings_->api.workers;
    case Crew::Gate:
      return settings_->gate.workers;
    case Crew::Resolver:
      break;
  }
  return settings_->resolvers;
}

void Pool::renew(std::shared_ptr<const ServerSettings> settings) {
  settings_ = std::move(settings);
  ++generation_;
}

void Pool::tick(std::int64_t now) {
  for (Worker& worker : workers_) watch(worker, now);
  if (stopping_) return;
  fill(now);
  send_old_away(now);
}

void Pool::watch(Worker& worker, std::int64_t now) {
  if (worker.killed) return;
  const std::int64_t busy_since = shared_.workers[worker.slot].busy_since_ms;
  if (busy_since != 0 && now - busy_since > in_ms(settings_->request_timeout)) {
    log(LogLevel::Error, "worker_stuck",
        {{"crew", name()}, {"worker", std::int64_t{worker.pid}}, {"ms", now - busy_since}});
    ++shared_.counters.workers_stuck;
    kill(worker.pid, SIGKILL);
    worker.killed = true;
  } else if (worker.told != 0) {
    insist(worker, now);
  }
}

/// A signal can get lost on a process that is just starting, so it is repeated
/// until it has done its work.
void Pool::insist(Worker& worker, std::int64_t now) {
  if (now - worker.told > in_ms(settings_->drain_timeout)) {
    log(LogLevel::Error, "worker_would_not_go",
        {{"crew", name()}, {"worker", std::int64_t{worker.pid}}});
    kill(worker.pid, SIGKILL);
    worker.killed = true;
  } else if (now - worker.signalled >= kInsistMs) {
    tell(worker, now);
  }
}

void Pool::tell(Worker& worker, std::int64_t now) {
  if (worker.told == 0) worker.told = now;
  worker.signalled = now;
  kill(worker.pid, stopping_ ? kDrainSignal : kLeaveSignal);
}

void Pool::fill(std::int64_t now) {
  auto present = std::count_if(workers_.begin(), workers_.end(), [this](const Worker& worker) {
    return worker.generation == generation_;
  });
  for (; present < static_cast<std::ptrdiff_t>(wanted()) && backoff_.ready(now); ++present) {
    const auto slot = free_slot();
    if (!slot) return;
    spawn(*slot, now);
  }
}

void Pool::send_old_away(std::int64_t now) {
  const auto ready = std::count_if(workers_.begin(), workers_.end(), [this](const Worker& worker) {
    return worker.generation == generation_ && shared_.workers[worker.slot].ready != 0;
  });
  // With every slot taken the new ones cannot come before some old ones have gone.
  if (ready < static_cast<std::ptrdiff_t>(wanted()) && free_slot()) return;
  for (Worker& worker : workers_) {
    if (worker.generation != generation_ && worker.told == 0) tell(worker, now);
  }
}

std::optional<unsigned> Pool::free_slot() const {
  for (unsigned slot = 0; slot < kMaxWorkers; ++slot) {
    if (shared_.workers[slot].pid == 0) return slot;
  }
  return std::nullopt;
}

void Pool::spawn(unsigned slot, std::int64_t now) {
  WorkerState& state = shared_.workers[slot];
  state.requests = 0;
  state.ready = 0;
  state.busy_since_ms = now;  // so that the watchdog sees one that hangs while it starts
  try {
    const pid_t pid = spawn_child("worker", [this, slot] {
      for (const int fd : strangers_) ::close(fd);
      return run_worker({station_, slot}, program_, *settings_, shared_);
    });
    state.pid = pid;
    workers_.push_back({pid, slot, generation_, now});
    ++shared_.counters.workers_started;
    log(LogLevel::Debug, "worker_started", {{"crew", name()}, {"worker", std::int64_t{pid}}});
  } catch (const std::system_error& error) {
    state.busy_since_ms = 0;
    backoff_.died(0, now);
    log(LogLevel::Error, "worker_not_started", {{"crew", name()}, {"error", error.what()}});
  }
}

void Pool::stop(std::int64_t now) {
  stopping_ = true;
  for (Worker& worker : workers_) {
    worker.told = 0;  // one that was leaving is now asked to drain
    tell(worker, now);
  }
}

void Pool::reopen_logs() const {
  for (const Worker& worker : workers_) kill(worker.pid, kReopenSignal);
}

bool Pool::reap(pid_t pid, int status, std::int64_t now) {
  const auto found = std::find_if(workers_.begin(), workers_.end(),
                                  [pid](const Worker& worker) { return worker.pid == pid; });
  if (found == workers_.end()) return false;
  report_death(*found, status, now);
  WorkerState& state = shared_.workers[found->slot];
  state.busy_since_ms = 0;
  state.ready = 0;
  if (program_.worker_gone) program_.worker_gone(shared_, found->slot);
  state.pid = 0;
  workers_.erase(found);
  return true;
}

void Pool::report_death(const Worker& worker, int status, std::int64_t now) {
  const bool went_well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (worker.told != 0 || worker.killed) return;
  if (went_well && shared_.workers[worker.slot].requests > 0) {
    log(LogLevel::Info, "worker_recycled",
        {{"crew", name()}, {"worker", std::int64_t{worker.pid}}});
    return;
  }
  ++shared_.counters.workers_died;
  backoff_.died(now - worker.started, now);
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  log(LogLevel::Error, "worker_died",
      {{"crew", name()},
       {"worker", std::int64_t{worker.pid}},
       {"signal", std::int64_t{signal}},
       {"exit", std::int64_t{code}},
       {"lived_ms", now - worker.started}});
}

}  // namespace postern::fcgi

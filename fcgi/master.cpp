#include "fcgi/master.hpp"

#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "fcgi/handover.hpp"
#include "fcgi/housekeeper.hpp"
#include "fcgi/listener.hpp"
#include "fcgi/log.hpp"
#include "fcgi/pid_file.hpp"
#include "fcgi/pool.hpp"
#include "fcgi/signals.hpp"

namespace postern::fcgi {
namespace {

constexpr timespec kTick{0, 100'000'000};

void require(bool condition, const char* otherwise) {
  if (!condition) throw std::invalid_argument(otherwise);
}

std::shared_ptr<const ServerSettings> read_settings(const Program& program) {
  auto settings = std::make_shared<const ServerSettings>(program.settings());
  const auto& api = settings->api;
  const auto& gate = settings->gate;
  const unsigned resolvers = settings->resolvers;
  require(api.workers >= 1 && gate.workers >= 1 && resolvers >= 1,
          "each pool needs at least one worker");
  require(api.workers <= kMaxWorkers && gate.workers <= kMaxWorkers && resolvers <= kMaxWorkers &&
              api.workers + gate.workers + resolvers <= kMaxWorkers,
          "the pools have more than 256 workers together");
  require(api.socket.address != gate.socket.address, "the pools cannot share one socket");
  require(settings->limits.body + settings->limits.params <= kMaxRequestBytes,
          "the limits of body and parameters are more than 128 KiB together");
  require(settings->receive_timeout.count() >= 1, "receive_timeout must be a second or more");
  require(settings->request_timeout >= settings->receive_timeout,
          "request_timeout must not be shorter than receive_timeout");
  return settings;
}

class Master {
 public:
  explicit Master(const Program& program)
      : program_(program),
        settings_(read_settings(program)),
        api_socket_(settings_->api.socket),
        gate_socket_(settings_->gate.socket),
        pid_file_(settings_->pid_file),
        shared_(map_shared_segment(program.memory_bytes ? program.memory_bytes() : 0)),
        api_({Crew::Api, api_socket_.fd()},
             {gate_socket_.fd(), handover_.giving_end(), handover_.taking_end()}, program, shared_),
        gate_({Crew::Gate, gate_socket_.fd(), handover_.giving_end()},
              {api_socket_.fd(), handover_.taking_end()}, program, shared_),
        resolvers_({Crew::Resolver, handover_.taking_end()},
                   {api_socket_.fd(), gate_socket_.fd(), handover_.giving_end()}, program, shared_),
        housekeeper_(
            {api_socket_.fd(), gate_socket_.fd(), handover_.giving_end(), handover_.taking_end()},
            program, shared_) {
    using std::chrono::system_clock;
    shared_.started_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                             system_clock::now().time_since_epoch())
                             .count();
  }

  void run() {
    log(LogLevel::Info, "started",
        {{"api", api_socket_.address()},
         {"api_workers", std::int64_t{settings_->api.workers}},
         {"gate", gate_socket_.address()},
         {"gate_workers", std::int64_t{settings_->gate.workers}},
         {"resolvers", std::int64_t{settings_->resolvers}}});
    for (Pool* pool : pools_) pool->renew(settings_);
    while (!stopping_ || !housekeeper_.empty() || anybody_works()) {
      tick();
      obey(sigtimedwait(&signals_, nullptr, &kTick));
      reap();
    }
    log(LogLevel::Info, "stopped");
  }

  /// What run_master() blocks before anything else, and run() waits for.
  static sigset_t signals() { return signal_set({SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD}); }

 private:
  void tick() {
    const std::int64_t now = monotonic_ms();
    for (Pool* pool : pools_) pool->tick(now);
    // Whom the gate's workers hand on in their last moment is still served.
    if (stopping_ && gate_.empty() && !resolvers_.stopping()) resolvers_.stop(now);
    const std::chrono::milliseconds patience =
        stopping_ ? settings_->drain_timeout : settings_->request_timeout;
    housekeeper_.tick(now, patience.count());
  }

  void obey(int signal) {
    if (signal == SIGTERM || signal == SIGINT || signal == SIGQUIT) stop();
    if (signal == SIGHUP && !stopping_) reload();
  }

  void reap() {
    int status = 0;
    for (pid_t pid = waitpid(-1, &status, WNOHANG); pid > 0; pid = waitpid(-1, &status, WNOHANG)) {
      const std::int64_t now = monotonic_ms();
      const bool ours = std::any_of(pools_.begin(), pools_.end(),
                                    [&](Pool* pool) { return pool->reap(pid, status, now); });
      if (!ours) housekeeper_.reap(pid, now);
    }
  }

  [[nodiscard]] bool anybody_works() const {
    return std::any_of(pools_.begin(), pools_.end(),
                       [](const Pool* pool) { return !pool->empty(); });
  }

  void stop() {
    if (stopping_) return;
    stopping_ = true;
    log(LogLevel::Info, "stopping");
    api_socket_.stop_new_connections();
    gate_socket_.stop_new_connections();
    const std::int64_t now = monotonic_ms();
    api_.stop(now);
    gate_.stop(now);
    housekeeper_.stop(now);
  }

  void reload() {
    try {
      const auto fresh = read_settings(program_);
      open_log(program_.log_settings());
      const bool moved = fresh->api.socket.address != settings_->api.socket.address ||
                         fresh->gate.socket.address != settings_->gate.socket.address;
      if (moved) log(LogLevel::Warning, "socket_change_needs_restart");
      settings_ = fresh;
    } catch (const std::exception& error) {
      log(LogLevel::Error, "reload_refused", {{"error", error.what()}});
      return;
    }
    log(LogLevel::Info, "reload");
    for (const Pool* pool : pools_) pool->reopen_logs();
    for (Pool* pool : pools_) pool->renew(settings_);
    housekeeper_.restart(monotonic_ms());
  }

  const Program& program_;
  std::shared_ptr<const ServerSettings> settings_;
  Listener api_socket_, gate_socket_;
  Handover handover_;
  PidFile pid_file_;
  SharedSegment& shared_;
  Pool api_, gate_, resolvers_;
  std::array<Pool*, 3> pools_{&resolvers_, &api_, &gate_};
  Housekeeper housekeeper_;
  sigset_t signals_ = signals();
  bool stopping_ = false;
};

}  // namespace

int run_master(const Program& program) {
  const sigset_t blocked = Master::signals();
  sigprocmask(SIG_BLOCK, &blocked, nullptr);
  (void)signal(SIGPIPE, SIG_IGN);
  (void)signal(SIGCHLD, SIG_DFL);
  bool logs_to_file = false;
  try {
    const LogSettings log_settings = program.log_settings();
    open_log(log_settings);
    logs_to_file = !log_settings.file.empty() && log_settings.file != "stderr";
    Master(program).run();
    return 0;
  } catch (const std::exception& error) {
    log(LogLevel::Error, "start_failed", {{"error", error.what()}});
    if (logs_to_file) (void)std::fprintf(stderr, "postern: %s\n", error.what());
    return 1;
  }
}

}  // namespace postern::fcgi

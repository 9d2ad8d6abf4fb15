#include "cli/housekeeper.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "cli/domain_host.hpp"
#include "domain/housekeeping.hpp"
#include "fcgi/log.hpp"

namespace postern::cli {
namespace {

constexpr std::chrono::milliseconds kBeat{250};
constexpr std::chrono::seconds kSweepEvery{60};

/// What the sweeping thread has to say, for the main thread to log: a log belongs to one thread.
class Reports {
 public:
  void swept(const domain::Sweep& sweep) {
    const std::lock_guard lock(mutex_);
    swept_ = sweep;
  }
  void failed(const std::string& what) {
    const std::lock_guard lock(mutex_);
    failed_ = what;
  }
  void write() {
    const std::lock_guard lock(mutex_);
    if (swept_) {
      fcgi::log(fcgi::LogLevel::Info, "swept",
                {{"sessions", swept_->sessions},
                 {"limits", swept_->limits},
                 {"audit", swept_->audit},
                 {"networks", swept_->networks},
                 {"tombstones", swept_->tombstones}});
    }
    if (failed_) fcgi::log(fcgi::LogLevel::Warning, "sweep_failed", {{"what", *failed_}});
    swept_.reset();
    failed_.reset();
  }

 private:
  std::mutex mutex_;
  std::optional<domain::Sweep> swept_;
  std::optional<std::string> failed_;
};

void sweep_once(domain::Services& services, Reports& reports) {
  try {
    const auto swept = domain::sweep(services);
    if (swept.sessions + swept.limits + swept.audit + swept.networks + swept.tombstones > 0)
      reports.swept(swept);
  } catch (const std::exception& error) {
    reports.failed(error.what());
  }
}

void sweep_until_stopped(const std::stop_token& stop, const Config& config, Reports& reports) {
  std::array<domain::HashSlots::Slot, 1> slots{};
  DomainHost host(config, slots, "postern housekeeper");
  std::mutex mutex;
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    sweep_once(host.services(), reports);
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, kSweepEvery, [] { return false; });
  }
}

}  // namespace

void keep_house(const std::shared_ptr<const LoadedConfig>& loaded, fcgi::SharedSegment& shared,
                const std::function<bool()>& stop_requested) {
  Reports reports;
  std::exception_ptr broken;
  std::atomic<bool> ended{false};
  {
    const std::jthread sweeper([&](const std::stop_token& stop) {
      try {
        sweep_until_stopped(stop, loaded->config, reports);
      } catch (...) {
        broken = std::current_exception();
      }
      ended = true;
    });
    while (!stop_requested() && !ended) {
      shared.housekeeper_ms = fcgi::monotonic_ms();
      reports.write();
      std::this_thread::sleep_for(kBeat);
    }
  }
  // Without its sweeper this process is of no use; its master replaces it.
  if (broken) std::rethrow_exception(broken);
}

}  // namespace postern::cli

#include "cli/housekeeper.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "cli/domain_host.hpp"
#include "domain/housekeeping.hpp"
#include "fcgi/log.hpp"

namespace postern::cli {
namespace {

constexpr std::chrono::milliseconds kBeat{250};
constexpr std::chrono::seconds kSweepEvery{60};

void sweep_once(domain::Services& services) {
  try {
    const auto swept = domain::sweep(services);
    if (swept.sessions + swept.limits + swept.audit + swept.networks == 0) return;
    fcgi::log(fcgi::LogLevel::Info, "swept",
              {{"sessions", swept.sessions},
               {"limits", swept.limits},
               {"audit", swept.audit},
               {"networks", swept.networks}});
  } catch (const std::exception& error) {
    fcgi::log(fcgi::LogLevel::Warning, "sweep_failed", {{"what", error.what()}});
  }
}

/// The one thread of this process that logs and talks to the database.
void sweep_until_stopped(const std::stop_token& stop, const Config& config) {
  std::array<domain::HashSlots::Slot, 1> slots{};
  DomainHost host(config, slots, "postern housekeeper");
  std::mutex mutex;
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    sweep_once(host.services());
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, kSweepEvery, [] { return false; });
  }
}

}  // namespace

void keep_house(const std::shared_ptr<const LoadedConfig>& loaded, fcgi::SharedSegment& shared,
                const std::function<bool()>& stop_requested) {
  std::exception_ptr broken;
  std::atomic<bool> ended{false};
  {
    const std::jthread sweeper([&](const std::stop_token& stop) {
      try {
        sweep_until_stopped(stop, loaded->config);
      } catch (...) {
        broken = std::current_exception();
      }
      ended = true;
    });
    while (!stop_requested() && !ended) {
      shared.housekeeper_ms = fcgi::monotonic_ms();
      std::this_thread::sleep_for(kBeat);
    }
  }
  // Without its sweeper this process is of no use; its master replaces it.
  if (broken) std::rethrow_exception(broken);
}

}  // namespace postern::cli

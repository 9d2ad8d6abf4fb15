#include "cli/upkeep.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>

#include "cli/domain_host.hpp"
#include "domain/housekeeping.hpp"
#include "domain/key_use.hpp"
#include "domain/revocation_watch.hpp"
#include "domain/signing_key_rotation.hpp"

namespace postern::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kSweepEvery{60};
constexpr int kSweepsAnHour = 60;
constexpr seconds kWriteUsesEvery{2};
constexpr milliseconds kWatchAtOnce{100};

void sweep_once(domain::Services& services, bool idle_as_well, HousekeeperReports& reports) {
  try {
    auto swept = domain::sweep(services);
    if (idle_as_well) swept.sessions += domain::sweep_idle_sessions(services);
    reports.swept(swept);
  } catch (const std::exception& error) {
    reports.sweep_failed(error.what());
  }
}

void rotate_once(domain::Services& services, HousekeeperReports& reports) {
  try {
    for (const auto algorithm : domain::kSigningAlgorithms) {
      const auto kid = domain::rotate_signing_keys_when_due(services, algorithm);
      if (kid) reports.key_made(*kid);
    }
  } catch (const std::exception& error) {
    reports.rotation_failed(error.what());
  }
}

/// Tells of a failure once, not every two seconds.
class UseNotes {
 public:
  UseNotes(domain::Services& services, domain::CredentialCache& cache, HousekeeperReports& reports)
      : services_(services), writer_(cache), reports_(reports) {}

  void write(seconds period) {
    try {
      writer_.write(services_.database, period);
      failing_ = false;
    } catch (const std::exception& error) {
      if (!failing_) reports_.key_uses_not_written(error.what());
      failing_ = true;
    }
  }

 private:
  domain::Services& services_;
  domain::KeyUseWriter writer_;
  HousekeeperReports& reports_;
  bool failing_ = false;
};

}  // namespace

void keep_tables(const std::stop_token& stop, const Config& config, domain::CredentialCache& cache,
                 HousekeeperReports& reports) {
  std::array<domain::HashSlots::Slot, 1> slots{};
  DomainHost host(config, slots, {.application_name = "postern housekeeper"});
  UseNotes notes(host.services(), cache, reports);
  std::mutex mutex;
  std::condition_variable_any wake;
  int sweeps = 0;
  for (seconds since_sweep = kSweepEvery; !stop.stop_requested(); since_sweep += kWriteUsesEvery) {
    if (since_sweep >= kSweepEvery) {
      sweep_once(host.services(), sweeps++ % kSweepsAnHour == 0, reports);
      rotate_once(host.services(), reports);
      since_sweep = seconds(0);
    }
    notes.write(domain::CredentialCache::kUsePeriod);
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, kWriteUsesEvery, [] { return false; });
  }
  notes.write(seconds(0));
}

void keep_cache_coherent(const std::stop_token& stop, const Config& config,
                         domain::CredentialCache& cache, HousekeeperReports& reports) {
  if (!cache.enabled()) return;
  const domain::SystemClock clock;
  domain::SodiumRandom random;
  const auto watch = domain::make_revocation_watch(database_options(config, "postern watch"),
                                                   config.domain.cache, clock, random, cache);
  while (!stop.stop_requested()) reports.watched(watch->run_once(kWatchAtOnce));
}

}  // namespace postern::cli

#include "cli/housekeeper.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <thread>

#include "cli/logout_delivery.hpp"
#include "cli/mail/mail_delivery.hpp"
#include "cli/shared_memory.hpp"
#include "cli/upkeep.hpp"

namespace postern::cli {
namespace {

constexpr std::chrono::milliseconds kBeat{250};

using Work = void (*)(const std::stop_token&, const Config&, domain::CredentialCache&,
                      HousekeeperReports&);

/// A thread, and what became of it.
class Hand {
 public:
  Hand(Work work, const Config& config, domain::CredentialCache& cache, HousekeeperReports& reports)
      : thread_([this, work, &config, &cache, &reports](const std::stop_token& stop) {
          try {
            work(stop, config, cache, reports);
          } catch (...) {
            broken_ = std::current_exception();
            failed_ = true;
          }
        }) {}

  [[nodiscard]] bool failed() const { return failed_; }
  void stop() { thread_.request_stop(); }
  void end() {
    thread_.join();
    if (broken_) std::rethrow_exception(broken_);
  }

 private:
  std::exception_ptr broken_;
  std::atomic<bool> failed_{false};
  std::jthread thread_;  // the last: it uses the others
};

}  // namespace

void keep_house(const std::shared_ptr<const LoadedConfig>& loaded, fcgi::SharedSegment& shared,
                const std::function<bool()>& stop_requested) {
  const Config& config = loaded->config;
  auto cache = shared_cache(shared, kHousekeeperWriter);
  HousekeeperReports reports;
  Hand tables(keep_tables, config, cache, reports);
  Hand coherence(keep_cache_coherent, config, cache, reports);
  Hand mail(deliver_mail, config, cache, reports);
  Hand logouts(deliver_logouts, config, cache, reports);
  while (!stop_requested() && !tables.failed() && !coherence.failed() && !mail.failed() &&
         !logouts.failed()) {
    shared.housekeeper_ms = fcgi::monotonic_ms();
    reports.write();
    std::this_thread::sleep_for(kBeat);
  }
  tables.stop();
  coherence.stop();
  mail.stop();
  logouts.stop();
  // Without one of its hands this process is of no use; its master replaces it.
  coherence.end();
  tables.end();
  mail.end();
  logouts.end();
  reports.write();
}

}  // namespace postern::cli

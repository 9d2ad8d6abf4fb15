#pragma once

#include <cstdint>
#include <optional>

#include "domain/revocation_watch.hpp"
#include "domain/watch_state.hpp"

namespace postern::domain {

/// Learns of revocations by asking for them, every CacheSettings::poll_interval: what the journal
/// has beyond the last number seen. For poolers of transactions and engines that have no LISTEN. A
/// revocation is applied at the latest one interval and one question after its commit; the bound is
/// the stale limit, as of a listener. Everything is made void after a failed question, since
/// another server may answer the next, and when the journal does not hold all that the clock
/// counts.
class RevocationPoller final : public RevocationWatch {
 public:
  static constexpr const char* kApplicationName = "postern poller";
  /// More revocations than these in one interval are taken as "everything".
  static constexpr int kMostAtOnce = 1000;

  RevocationPoller(const Database::Options& where, const CacheSettings& settings,
                   const Clock& clock, CredentialCache& cache);

  WatchReport run_once(std::chrono::milliseconds wait) override;

 private:
  void ask(WatchReport& report);
  void apply(const Rows& rows, WatchReport& report);
  [[nodiscard]] std::chrono::milliseconds until_due() const;

  Database database_;
  std::chrono::milliseconds poll_interval_;
  const Clock& clock_;
  CredentialCache& cache_;
  WatchState state_;
  std::optional<std::int64_t> last_seen_;  ///< number; none: nothing that is known can be relied on
  std::chrono::milliseconds next_question_{0};
};

}  // namespace postern::domain

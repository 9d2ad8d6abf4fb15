#pragma once

#include <string>

#include "domain/revocation_watch.hpp"

namespace postern::domain {

/// What both kinds of RevocationWatch remember: whether the others are heard, and when to try again
/// after a failure.
class WatchState {
 public:
  WatchState(const CacheSettings& settings, const Clock& clock, CredentialCache& cache)
      : stale_limit_(settings.stale_limit), clock_(clock), cache_(cache) {}
  /// Without anybody who listens the cache must not be believed a moment longer.
  ~WatchState() { cache_.trust_until(std::chrono::milliseconds(0)); }
  WatchState(const WatchState&) = delete;
  WatchState& operator=(const WatchState&) = delete;

  /// Everything that had been revoked at `uptime` has been applied.
  void heard(std::chrono::milliseconds uptime, WatchReport& report);
  /// Tells of it once, and lets more and more time pass before the next attempt.
  void failed(const std::string& why, WatchReport& report);
  /// How long to leave the database alone.
  [[nodiscard]] std::chrono::milliseconds until_next_attempt() const;

 private:
  static constexpr std::chrono::milliseconds kFirstPause{50}, kLongestPause{1000};

  std::chrono::milliseconds stale_limit_;
  const Clock& clock_;
  CredentialCache& cache_;
  bool lost_ = false;
  std::chrono::milliseconds pause_ = kFirstPause;
  std::chrono::milliseconds next_attempt_{0};
};

}  // namespace postern::domain

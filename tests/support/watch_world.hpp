#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/revocation_watch.hpp"
#include "domain/revoked_subject.hpp"
#include "tests/support/cache_world.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::test {

/// The cache of one machine, in the time of this machine, and what watches over it.
class WatchedMachine {
 public:
  WatchedMachine() = default;

  void watch(const std::string& url, const domain::CacheSettings& settings);
  void stop_watching() { watch_.reset(); }
  /// Lets the watch run until `wanted` is so; false when that is not so within a minute.
  bool run_until(const std::function<bool()>& wanted);
  /// Lets it run once.
  void run(std::chrono::milliseconds wait = std::chrono::milliseconds(10));
  /// Heard from the database just now.
  bool settle();

  void remember(const domain::AccountId& account, const domain::Uuid& credential);
  [[nodiscard]] bool believes(const domain::Uuid& credential) const;
  [[nodiscard]] bool trusted() const { return cache.trusted(clock); }
  [[nodiscard]] bool trusted_in(std::chrono::milliseconds from_now) const;

  domain::SystemClock clock;
  domain::SodiumRandom random;
  CacheWorld memory{CacheWorld::kSmall, false};
  domain::CredentialCache& cache = memory.cache;
  // All that was reported.
  std::int64_t applied = 0;
  std::vector<std::string> lost, missed;
  int regained = 0;

 private:
  std::unique_ptr<domain::RevocationWatch> watch_;
};

/// A server and a second machine over it, without a cache, that revokes.
class WatchWorld : public DomainWorld {
 public:
  WatchWorld();

  /// Of the machine that listens. A slow machine's pauses are no reason not to believe.
  domain::CacheSettings watching;
  /// Ends the server's side of every connection of that application.
  void terminate(const std::string& application_name);
  /// The clock's number.
  std::int64_t number();
  void revoke(const domain::RevokedSubject& subject);
};

}  // namespace postern::test

#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "domain/access_token.hpp"
#include "domain/account.hpp"
#include "domain/api_key.hpp"
#include "domain/authenticate.hpp"
#include "domain/services.hpp"
#include "domain/session.hpp"
#include "tests/support/test_database.hpp"

namespace postern::test {

/// Stands still until told to move.
class FixedClock final : public domain::Clock {
 public:
  [[nodiscard]] domain::Instant now() const override { return now_; }
  [[nodiscard]] std::chrono::milliseconds uptime() const override { return uptime_; }
  void set(domain::Instant instant) { now_ = instant; }
  void advance(std::chrono::microseconds by) {
    now_ += by;
    uptime_ += std::chrono::floor<std::chrono::milliseconds>(by);
  }

 private:
  domain::Instant now_ = domain::from_unix_seconds(1'800'000'000);  // 2027-01-15T08:00:00Z
  std::chrono::milliseconds uptime_ = std::chrono::hours(1);
};

/// Argon2id as cheap as libsodium allows; the program's own configuration refuses this.
domain::PasswordSettings cheap_passwords();

/// Everything the domain works with, over a database of its own. Change `settings` before the first
/// use of what depends on it.
class DomainWorld {
 public:
  DomainWorld();

  TestDatabase database_server;
  FixedClock clock;
  domain::SodiumRandom random;
  domain::Settings settings;
  domain::KeyRing ring;
  domain::Database database;
  domain::SigningKeys signing_keys;
  std::array<domain::HashSlots::Slot, 8> slots{};
  domain::PasswordHasher passwords;
  alignas(64) std::array<std::byte, std::size_t{64} * 257> limiter_memory{};
  domain::Limiter limiter;
  domain::Services services;
  domain::Origin origin{"192.0.2.1", "test agent", "request-1"};

  static constexpr const char* kPassword = "correct horse battery";
  /// An approved, active account with kPassword.
  domain::Account account(const std::string& username = "alice",
                          const std::string& role = "member");
  domain::Tokens login(const std::string& username = "alice",
                       domain::SessionKind kind = domain::SessionKind::Native);
};

}  // namespace postern::test

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "domain/access_token.hpp"
#include "domain/services.hpp"

namespace postern::bench {

/// Stands still until told to move.
class FixedClock final : public domain::Clock {
 public:
  [[nodiscard]] domain::Instant now() const override { return now_; }
  [[nodiscard]] std::chrono::milliseconds uptime() const override { return std::chrono::hours(1); }
  void advance(std::chrono::microseconds by) { now_ += by; }

 private:
  domain::Instant now_ = domain::from_unix_seconds(1'800'000'000);  // 2027-01-15T08:00:00Z
};

/// The same bytes in every process (splitmix64).
class FixedRandom final : public domain::Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
  [[nodiscard]] std::uint64_t next();

 private:
  std::uint64_t state_ = 0;
};

/// Everything the domain works with, but a database: what would ask one throws. Keys, time and
/// randomness are the same in every process.
struct World {
  World();

  FixedClock clock;
  FixedRandom random;
  domain::Settings settings;
  domain::KeyRing ring;
  domain::Database database;
  domain::SigningKeys signing_keys;  ///< with one key
  std::array<domain::HashSlots::Slot, 1> slots{};
  domain::PasswordHasher passwords;
  domain::Limiter limiter;
  domain::Services services;

  [[nodiscard]] domain::AccessClaims claims();
};

/// Operations hold on to it together.
[[nodiscard]] inline std::shared_ptr<World> make_world() {
  return std::make_shared<World>();
}

}  // namespace postern::bench

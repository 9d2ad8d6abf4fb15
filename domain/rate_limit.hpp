#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/services.hpp"

namespace postern::domain {

/// A sliding window: at most `limit` hits within any `window`. 1 <= limit <= 1000.
struct WindowLimit {
  std::uint32_t limit;
  seconds window;
};

struct Charge {
  bool allowed;
  seconds retry_after;      ///< when refused: until the oldest hit leaves the window, at least 1
  std::uint32_t remaining;  ///< when allowed
};

/// Counts one hit on `name` in one atomic statement, before the work that it guards, so that
/// simultaneous attempts cannot slip past (CVE-2024-4629). Kept in the database: it survives
/// restarts and holds for all machines. A refused hit is not counted, so no one is locked out for
/// longer than the window by hammering. `name` is stored as a keyed hash only. Not to be called
/// within a transaction: a rollback must not take the hit back.
[[nodiscard]] Charge charge(Services& services, std::string_view name, const WindowLimit& limit);

/// Forgets all hits on `name`.
void forgive(Executor& executor, Services& services, std::string_view name);

/// Takes back the newest hit, for what turned out not to be an attempt.
void refund(Executor& executor, Services& services, std::string_view name);

/// What stands for `text` in the database where only equality matters (rule R5).
[[nodiscard]] Digest lookup_hash(Services& services, std::string_view text);

/// The network an address counts as: an IPv4 address itself, an IPv6 address's /64 (one customer
/// holds at least that much), an IPv4-mapped one its IPv4; anything else "unknown".
[[nodiscard]] std::string network_of(std::string_view address);

}  // namespace postern::domain

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace postern::domain {

/// So many at once, given back evenly within the window: at most `limit` immediately, then one
/// every window/limit (rounded up to 1/32 ms); in any one window never more than twice the limit.
/// 1 <= limit <= 100,000; 1 s <= window <= 1 day; anything else throws std::invalid_argument.
struct Rate {
  std::uint32_t limit = 1;
  std::chrono::seconds window{60};
};

/// What became of one attempt, and what may be told of it (RateLimit-*, X-RateLimit-*).
struct Charge {
  bool allowed = true;
  std::uint32_t limit = 0;
  std::uint32_t remaining = 0;          ///< that could follow at once
  std::chrono::seconds retry_after{0};  ///< when refused: until one would be allowed, at least 1
  std::chrono::seconds reset_after{0};  ///< until all of it would be allowed again, rounded up
};

/// The one limiter, for addresses, accounts, keys and routes: GCRA (ITU-T I.371; one number a
/// name), in memory which all processes of this machine share.
///
/// Exact: a decision is one compare-and-swap of one word, so that of any number of simultaneous
/// attempts no more are allowed than the rate says (CVE-2024-4629), whichever workers they reach. A
/// refused attempt changes nothing, so that hammering locks nobody out for longer. There are no
/// locks: who dies or is stopped in the middle keeps nobody waiting.
///
/// Bounded (rule R9): a fixed table. A place whose time has passed says nothing any more and is
/// used anew, so that forgetting it loses nothing; where all places of a bucket are in use, the one
/// that would have been free first is given up.
///
/// NOT kept: over a restart of the master process, nor between machines, each of which allows the
/// rate for itself. Names are found by a keyed hash (SipHash-2-4), by 20 bits of it besides those
/// that choose the bucket: two names of millions may share a limit, but nobody without the key can
/// aim at one.
class Limiter {
 public:
  static constexpr std::size_t kKeyBytes = 16;

  /// No memory: allows everything, and tells so in `remaining`.
  Limiter() = default;
  /// `memory`: bytes_for() zeroed bytes, aligned to 64, shared by all; `key`: the same in all.
  Limiter(std::span<std::byte> memory, std::span<const std::byte, kKeyBytes> key);
  /// At least so many names at once.
  [[nodiscard]] static std::size_t bytes_for(std::size_t names);

  /// Counts one attempt, if it is allowed. `now` is Clock::uptime(), the same in all processes of
  /// the machine, and never goes back.
  Charge charge(std::string_view name, const Rate& rate, std::chrono::milliseconds now);
  /// The same answer without counting.
  [[nodiscard]] Charge look(std::string_view name, const Rate& rate,
                            std::chrono::milliseconds now) const;
  /// Takes one attempt back, for what turned out not to be one.
  void refund(std::string_view name, const Rate& rate, std::chrono::milliseconds now);
  /// Forgets all of them.
  void forgive(std::string_view name, std::chrono::milliseconds now);

  /// How often a place in use was given up for another name.
  [[nodiscard]] std::uint64_t given_up() const;

 private:
  struct Layout;
  struct Seat;
  [[nodiscard]] Seat seat_of(std::string_view name) const;

  Layout* layout_ = nullptr;
  std::size_t buckets_ = 0;  ///< a power of two
  std::byte key_[kKeyBytes]{};
};

}  // namespace postern::domain

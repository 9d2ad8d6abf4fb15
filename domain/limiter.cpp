#include "domain/limiter.hpp"

#include <sodium.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <new>
#include <stdexcept>

#include "domain/limiter_bucket.hpp"
#include "domain/once_name.hpp"

namespace postern::domain {
namespace {

using Ticks = LimiterTicks;
constexpr Ticks kTicksPerMs = 32;
constexpr Ticks kTicksPerSecond = 1000 * kTicksPerMs;

constexpr std::uint32_t kLargestLimit = 100'000;
constexpr std::chrono::seconds kLongestWindow = std::chrono::days(1);

using Word = std::atomic<std::uint64_t>;
static_assert(Word::is_always_lock_free);
using Bucket = LimiterBucket<Word>;
static_assert(sizeof(Bucket) == 64);

std::chrono::seconds seconds_for(Ticks ticks) {
  return std::chrono::seconds((std::max<Ticks>(ticks, 0) + kTicksPerSecond - 1) / kTicksPerSecond);
}

/// A rate in ticks, and what an arrival time means under it.
struct Pace {
  Ticks step;   ///< between two attempts in the long run
  Ticks depth;  ///< how far the arrival time may lie ahead of now
  std::uint32_t limit;

  explicit Pace(const Rate& rate) : limit(rate.limit) {
    if (rate.limit < 1 || rate.limit > kLargestLimit || rate.window < std::chrono::seconds(1) ||
        rate.window > kLongestWindow)
      throw std::invalid_argument("a rate out of range");
    step = (rate.window.count() * kTicksPerSecond + rate.limit - 1) / rate.limit;
    depth = step * rate.limit;
  }

  [[nodiscard]] Charge tell(bool allowed, Ticks arrival, Ticks now) const {
    const Ticks ahead = std::max<Ticks>(arrival - now, 0);
    Charge charge{.allowed = allowed, .limit = limit};
    charge.remaining = static_cast<std::uint32_t>(std::max<Ticks>(depth - ahead, 0) / step);
    charge.reset_after = seconds_for(ahead);
    if (!allowed) {
      charge.retry_after = std::max(std::chrono::seconds(1), seconds_for(ahead + step - depth));
    }
    return charge;
  }
};

Ticks ticks(std::chrono::milliseconds now) {
  return now.count() * kTicksPerMs;
}

}  // namespace

struct Limiter::Layout {
  alignas(64) Word given_up;
};

namespace {

/// How many buckets of once_name.hpp stand behind so many of all other names.
constexpr std::size_t once_beside(std::size_t buckets) {
  return buckets / 2;
}

constexpr std::uint64_t mark_in(std::uint64_t hash) {
  return std::max<std::uint64_t>(hash >> (64 - Bucket::kMarkBits), 1);
}

}  // namespace

/// Where a name belongs, and what marks it there.
struct Limiter::Seat {
  Bucket& bucket;
  std::uint64_t mark;
};

Limiter::Limiter(std::span<std::byte> memory, std::span<const std::byte, kKeyBytes> key) {
  static_assert(crypto_shorthash_KEYBYTES == kKeyBytes);
  std::copy(key.begin(), key.end(), std::begin(key_));
  if (memory.size() < sizeof(Layout) + sizeof(Bucket)) return;
  if (reinterpret_cast<std::uintptr_t>(memory.data()) % alignof(Bucket) != 0)
    throw std::invalid_argument("the limiter's memory is not aligned");
  // Zeroed memory is what these types are at first: nothing is constructed, since others may be
  // using it already.
  layout_ = std::launder(reinterpret_cast<Layout*>(memory.data()));
  const auto room = (memory.size() - sizeof(Layout)) / sizeof(Bucket);
  buckets_ = std::bit_floor(room);
  if (buckets_ + once_beside(buckets_) > room) buckets_ /= 2;
}

std::size_t Limiter::bytes_for(std::size_t names) {
  constexpr std::size_t kUsual = 4;  ///< names in a bucket: few of them overflow
  const auto buckets = std::bit_ceil(std::max<std::size_t>(names / kUsual, 1));
  return sizeof(Layout) + (buckets + once_beside(buckets)) * sizeof(Bucket);
}

Limiter::Seat Limiter::seat_of(std::string_view name) const {
  std::uint64_t hash = 0;
  crypto_shorthash(reinterpret_cast<unsigned char*>(&hash),
                   reinterpret_cast<const unsigned char*>(name.data()), name.size(),
                   reinterpret_cast<const unsigned char*>(key_));
  auto* first = reinterpret_cast<Bucket*>(layout_ + 1);
  const auto once = once_beside(buckets_);
  if (once > 0 && name.starts_with(kOncePrefix))
    return {first[buckets_ + (hash & (once - 1))], mark_in(hash)};
  return {first[hash & (buckets_ - 1)], mark_in(hash)};
}

Charge Limiter::charge(std::string_view name, const Rate& rate, std::chrono::milliseconds now) {
  const Pace pace(rate);
  const Ticks time = ticks(now);
  if (layout_ == nullptr) return pace.tell(true, time, time);
  const Seat seat = seat_of(name);
  const auto counted =
      seat.bucket.charge(seat.mark, pace.step, pace.depth, time, layout_->given_up);
  return pace.tell(counted.allowed, counted.arrival, time);
}

Charge Limiter::look(std::string_view name, const Rate& rate, std::chrono::milliseconds now) const {
  const Pace pace(rate);
  const Ticks time = ticks(now);
  if (layout_ == nullptr) return pace.tell(true, time, time);
  const Seat seat = seat_of(name);
  const Ticks arrival = seat.bucket.arrival(seat.mark, time);
  return pace.tell(arrival + pace.step - time <= pace.depth, arrival, time);
}

void Limiter::refund(std::string_view name, const Rate& rate, std::chrono::milliseconds now) {
  const Pace pace(rate);
  if (layout_ == nullptr) return;
  const Seat seat = seat_of(name);
  seat.bucket.refund(seat.mark, pace.step, ticks(now));
}

void Limiter::forgive(std::string_view name, std::chrono::milliseconds now) {
  if (layout_ == nullptr) return;
  const Seat seat = seat_of(name);
  seat.bucket.forgive(seat.mark, ticks(now));
}

std::uint64_t Limiter::given_up() const {
  return layout_ == nullptr ? 0 : layout_->given_up.load();
}

}  // namespace postern::domain

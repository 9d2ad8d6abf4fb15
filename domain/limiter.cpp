#include "domain/limiter.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <new>
#include <stdexcept>

namespace postern::domain {
namespace {

/// Time in 1/32 ms since the machine's start: fine enough for 100,000 a minute, and 44 bits of it
/// last for 17 years.
using Ticks = std::int64_t;
constexpr Ticks kTicksPerMs = 32;
constexpr Ticks kTicksPerSecond = 1000 * kTicksPerMs;
constexpr unsigned kTimeBits = 44;
constexpr std::uint64_t kTimeMask = (std::uint64_t{1} << kTimeBits) - 1;

constexpr std::uint32_t kLargestLimit = 100'000;
constexpr std::chrono::seconds kLongestWindow = std::chrono::days(1);

/// Of the keyed hash; which bucket is other bits of it.
constexpr unsigned kMarkBits = 64 - kTimeBits;
constexpr std::uint64_t kMarkMask = (std::uint64_t{1} << kMarkBits) - 1;

/// A name's mark and its theoretical arrival time, in the one word that is ever changed. 0: empty.
using Word = std::atomic<std::uint64_t>;
static_assert(Word::is_always_lock_free);

std::uint64_t make_word(std::uint64_t mark, Ticks arrival) {
  return mark << kTimeBits | (static_cast<std::uint64_t>(arrival) & kTimeMask);
}
std::uint64_t mark_of(std::uint64_t word) {
  return word >> kTimeBits;
}
Ticks arrival_of(std::uint64_t word) {
  return static_cast<Ticks>(word & kTimeMask);
}

/// Which place is the next to change its name: a number that only grows, the place, the new mark.
struct Announcement {
  static constexpr unsigned kPlaceBits = 3;

  std::uint64_t word = 0;  ///< 0: there was none yet

  [[nodiscard]] std::uint64_t mark() const { return word & kMarkMask; }
  [[nodiscard]] std::size_t place() const {
    return word >> kMarkBits & ((std::size_t{1} << kPlaceBits) - 1);
  }
  [[nodiscard]] Announcement next(std::size_t place, std::uint64_t mark) const {
    const std::uint64_t number = (word >> (kMarkBits + kPlaceBits)) + 1;
    return {number << (kMarkBits + kPlaceBits) | std::uint64_t{place} << kMarkBits | mark};
  }
};

constexpr std::size_t kPlaces = 7;
static_assert(kPlaces <= std::size_t{1} << Announcement::kPlaceBits);

struct alignas(64) Bucket {
  Word announced;
  std::array<Word, kPlaces> places;
};
static_assert(sizeof(Bucket) == 64);

struct Found {
  Word* place = nullptr;
  std::uint64_t word = 0;
};

Found find(Bucket& bucket, std::uint64_t mark) {
  for (Word& place : bucket.places) {
    const std::uint64_t word = place.load();
    if (word != 0 && mark_of(word) == mark) return {&place, word};
  }
  return {};
}

/// The place that is empty, or that says nothing any more for longest, or will first.
std::size_t spare(const Bucket& bucket) {
  std::size_t least = 0;
  for (std::size_t place = 1; place < kPlaces; ++place) {
    if (arrival_of(bucket.places[place].load()) < arrival_of(bucket.places[least].load()))
      least = place;
  }
  return least;
}

/// What is to be written of a name that has no place.
struct Newcomer {
  std::uint64_t mark;
  Ticks arrival, now;
};

/// One step towards a place for a name which find() did not find after `last` was read; true once
/// the name has one and its attempt is counted there. Otherwise look again.
///
/// A place changes its name in two steps, so that no name ever has two of them: it is announced,
/// and then anybody, not only who announced it, makes it true before anything else is announced.
/// Nobody waits for anybody: who dies or is stopped between the two leaves nothing locked.
bool bring_in(Bucket& bucket, Announcement last, const Newcomer& newcomer, Word& given_up) {
  if (last.word != 0) {
    Word& place = bucket.places[last.place()];
    std::uint64_t word = place.load();
    if (bucket.announced.load() != last.word) return false;
    const bool is_ours = last.mark() == newcomer.mark;
    if (mark_of(word) != last.mark()) {
      const Ticks arrival = is_ours ? newcomer.arrival : newcomer.now;
      if (!place.compare_exchange_strong(word, make_word(last.mark(), arrival))) return false;
      if (arrival_of(word) > newcomer.now) ++given_up;
      return is_ours;
    }
    if (is_ours) return false;
  }
  const auto next = last.next(spare(bucket), newcomer.mark);
  bucket.announced.compare_exchange_strong(last.word, next.word);
  return false;
}

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

  [[nodiscard]] bool allows(Ticks next, Ticks now) const { return next - now <= depth; }
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
  std::uint64_t buckets;  ///< a power of two

  Bucket& bucket(std::uint64_t hash) {
    auto* first = reinterpret_cast<Bucket*>(this + 1);
    return first[hash & (buckets - 1)];
  }
};

namespace {

/// Which bucket a name belongs into, and what marks it there.
struct Name {
  std::uint64_t hash, mark;

  Name(std::string_view name, const std::byte* key) : hash(0), mark(0) {
    crypto_shorthash(reinterpret_cast<unsigned char*>(&hash),
                     reinterpret_cast<const unsigned char*>(name.data()), name.size(),
                     reinterpret_cast<const unsigned char*>(key));
    mark = std::max<std::uint64_t>(hash >> (64 - kMarkBits), 1);
  }
};

}  // namespace

Limiter::Limiter(std::span<std::byte> memory, std::span<const std::byte, kKeyBytes> key) {
  static_assert(crypto_shorthash_KEYBYTES == kKeyBytes);
  std::copy(key.begin(), key.end(), std::begin(key_));
  if (memory.size() < sizeof(Layout) + sizeof(Bucket)) return;
  if (reinterpret_cast<std::uintptr_t>(memory.data()) % alignof(Layout) != 0)
    throw std::invalid_argument("the limiter's memory is not aligned");
  // Zeroed memory is what these types are at first: nothing is constructed, since others may be
  // using it already. All of them write the same number.
  layout_ = std::launder(reinterpret_cast<Layout*>(memory.data()));
  const std::uint64_t buckets = std::bit_floor((memory.size() - sizeof(Layout)) / sizeof(Bucket));
  std::atomic_ref(layout_->buckets).store(buckets);
}

std::size_t Limiter::bytes_for(std::size_t names) {
  constexpr std::size_t kUsual = 4;  ///< names in a bucket: few of them overflow
  return sizeof(Layout) + std::bit_ceil(std::max<std::size_t>(names / kUsual, 1)) * sizeof(Bucket);
}

Charge Limiter::charge(std::string_view name, const Rate& rate, std::chrono::milliseconds now) {
  const Pace pace(rate);
  const Ticks time = ticks(now);
  if (layout_ == nullptr) return pace.tell(true, time, time);
  const Name wanted(name, key_);
  Bucket& bucket = layout_->bucket(wanted.hash);
  for (;;) {
    const Announcement last{bucket.announced.load()};
    Found found = find(bucket, wanted.mark);
    if (found.place == nullptr) {
      const Newcomer newcomer{wanted.mark, time + pace.step, time};
      if (!bring_in(bucket, last, newcomer, layout_->given_up)) continue;
      return pace.tell(true, newcomer.arrival, time);
    }
    const Ticks arrival = arrival_of(found.word);
    const Ticks next = std::max(arrival, time) + pace.step;
    if (!pace.allows(next, time)) return pace.tell(false, arrival, time);
    if (found.place->compare_exchange_weak(found.word, make_word(wanted.mark, next)))
      return pace.tell(true, next, time);
  }
}

Charge Limiter::look(std::string_view name, const Rate& rate, std::chrono::milliseconds now) const {
  const Pace pace(rate);
  const Ticks time = ticks(now);
  if (layout_ == nullptr) return pace.tell(true, time, time);
  const Name wanted(name, key_);
  const Found found = find(layout_->bucket(wanted.hash), wanted.mark);
  const Ticks arrival = found.place == nullptr ? time : std::max(arrival_of(found.word), time);
  return pace.tell(pace.allows(arrival + pace.step, time), arrival, time);
}

void Limiter::refund(std::string_view name, const Rate& rate, std::chrono::milliseconds now) {
  const Pace pace(rate);
  if (layout_ == nullptr) return;
  const Name wanted(name, key_);
  Bucket& bucket = layout_->bucket(wanted.hash);
  for (;;) {
    Found found = find(bucket, wanted.mark);
    if (found.place == nullptr || arrival_of(found.word) <= ticks(now)) return;
    const Ticks earlier = std::max<Ticks>(arrival_of(found.word) - pace.step, 0);
    if (found.place->compare_exchange_weak(found.word, make_word(wanted.mark, earlier))) return;
  }
}

void Limiter::forgive(std::string_view name, std::chrono::milliseconds now) {
  if (layout_ == nullptr) return;
  const Name wanted(name, key_);
  Bucket& bucket = layout_->bucket(wanted.hash);
  for (;;) {
    Found found = find(bucket, wanted.mark);
    if (found.place == nullptr) return;
    if (found.place->compare_exchange_weak(found.word, make_word(wanted.mark, ticks(now)))) return;
  }
}

std::uint64_t Limiter::given_up() const {
  return layout_ == nullptr ? 0 : layout_->given_up.load();
}

}  // namespace postern::domain

#include "domain/limiter.hpp"

#include <sched.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <csignal>
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

constexpr std::size_t kPlaces = 7;
struct alignas(64) Bucket {
  std::atomic<std::int64_t> owner;  ///< pid of who brings in a new name; 0: nobody
  std::array<Word, kPlaces> places;
};
static_assert(sizeof(Bucket) == 64);

/// Who brings in a new name keeps others from bringing in the same one beside it. Charging a name
/// that is there needs no lock. The lock of a dead process is taken over.
class Lock {
 public:
  explicit Lock(Bucket& bucket) : bucket_(bucket) {
    constexpr int kMostTurns = 10'000;
    constexpr int kLookEvery = 100;
    for (int turn = 1; turn <= kMostTurns; ++turn) {
      std::int64_t nobody = 0;
      if (bucket_.owner.compare_exchange_strong(nobody, getpid())) {
        held_ = true;
        return;
      }
      if (turn % kLookEvery == 0 && take_from_dead(nobody)) return;
      sched_yield();
    }
  }
  ~Lock() {
    if (held_) bucket_.owner.store(0);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  [[nodiscard]] bool held() const { return held_; }

 private:
  bool take_from_dead(std::int64_t owner) {
    if (owner == 0 || kill(static_cast<pid_t>(owner), 0) == 0 || errno != ESRCH) return false;
    held_ = bucket_.owner.compare_exchange_strong(owner, getpid());
    return held_;
  }

  Bucket& bucket_;
  bool held_ = false;
};

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
Found spare(Bucket& bucket) {
  Found least;
  for (Word& place : bucket.places) {
    const std::uint64_t word = place.load();
    if (least.place == nullptr || arrival_of(word) < arrival_of(least.word)) least = {&place, word};
  }
  return least;
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
    step = std::max<Ticks>(1, rate.window.count() * kTicksPerSecond / rate.limit);
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
  alignas(64) std::atomic<std::uint64_t> given_up;
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
    mark = std::max<std::uint64_t>(hash >> kTimeBits, 1);
  }
};

enum class Brought { Yes, Raced, NotHeld };

Brought bring_in(Bucket& bucket, std::uint64_t mark, Ticks arrival, Ticks now,
                 std::atomic<std::uint64_t>& given_up) {
  const Lock lock(bucket);
  if (!lock.held()) return Brought::NotHeld;
  if (find(bucket, mark).place != nullptr) return Brought::Raced;
  Found place = spare(bucket);
  if (!place.place->compare_exchange_strong(place.word, make_word(mark, arrival)))
    return Brought::Raced;
  if (arrival_of(place.word) > now) ++given_up;
  return Brought::Yes;
}

}  // namespace

Limiter::Limiter(std::span<std::byte> memory, std::span<const std::byte, kKeyBytes> key) {
  static_assert(crypto_shorthash_KEYBYTES == kKeyBytes);
  std::copy(key.begin(), key.end(), std::begin(key_));
  if (memory.size() < sizeof(Layout) + sizeof(Bucket)) return;
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
    Found found = find(bucket, wanted.mark);
    if (found.place == nullptr) {
      const Ticks next = time + pace.step;
      const auto brought = bring_in(bucket, wanted.mark, next, time, layout_->given_up);
      if (brought == Brought::Yes) return pace.tell(true, next, time);
      // Somebody has been holding the bucket for long: in doubt, no (rule R7).
      if (brought == Brought::NotHeld) return pace.tell(false, time + pace.depth, time);
      continue;
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

void Limiter::forgive(std::string_view name) {
  if (layout_ == nullptr) return;
  const Name wanted(name, key_);
  Bucket& bucket = layout_->bucket(wanted.hash);
  for (;;) {
    Found found = find(bucket, wanted.mark);
    if (found.place == nullptr) return;
    if (found.place->compare_exchange_weak(found.word, make_word(wanted.mark, 0))) return;
  }
}

std::uint64_t Limiter::given_up() const {
  return layout_ == nullptr ? 0 : layout_->given_up.load();
}

}  // namespace postern::domain

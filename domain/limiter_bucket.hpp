#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace postern::domain {

/// Time in 1/32 ms since the machine's start: fine enough for 100,000 a minute, and 44 bits of it
/// last for 17 years.
using LimiterTicks = std::int64_t;

/// Seven names of the limiter (limiter.hpp), in a cache line which processes share, and everything
/// that is ever done to it at the same time. A name is a mark, 1 to kMarkMask; for each there is
/// one word, the mark and its theoretical arrival time, and each decision is one compare-and-swap
/// of it.
///
/// A place changes its name in two steps, so that no name ever has two places: it is announced, and
/// then anybody, not only who announced it, makes it true, or calls it off by announcing nobody,
/// before anything else is announced. Nobody waits for anybody: who dies or is stopped between the
/// two leaves nothing locked.
///
/// `Word` is std::atomic<std::uint64_t>, or what a test puts in its place. Zeroed memory is an
/// empty bucket.
template <typename Word>
class alignas(64) LimiterBucket {
 public:
  using Ticks = LimiterTicks;
  static constexpr unsigned kTimeBits = 44;
  static constexpr unsigned kMarkBits = 64 - kTimeBits;
  static constexpr std::uint64_t kMarkMask = (std::uint64_t{1} << kMarkBits) - 1;
  static constexpr std::size_t kPlaces = 7;

  struct Counted {
    bool allowed;
    Ticks arrival;  ///< the name's, now
  };
  /// Moves the name's arrival time on by `step`, if that takes it no further than `depth` ahead.
  /// Adds one to `given_up` where a name still ahead lost its place.
  Counted charge(std::uint64_t mark, Ticks step, Ticks depth, Ticks now, Word& given_up) {
    for (;;) {
      const Announcement last{announced_.load()};
      const Found found = find(mark);
      if (found.place == nullptr) {
        if (bring_in(last, {mark, now + step, now}, given_up)) return {true, now + step};
        continue;
      }
      const Ticks next = std::max(arrival_of(found.word), now) + step;
      if (next - now > depth) return {false, arrival_of(found.word)};
      if (change(found, mark, next)) return {true, next};
    }
  }

  /// Its arrival time, or `now` where that is later or there is none.
  [[nodiscard]] Ticks arrival(std::uint64_t mark, Ticks now) {
    const Found found = find(mark);
    return found.place == nullptr ? now : std::max(arrival_of(found.word), now);
  }

  /// Takes one step back, unless it says nothing any more.
  void refund(std::uint64_t mark, Ticks step, Ticks now) {
    for (;;) {
      const Found found = find(mark);
      if (found.place == nullptr || arrival_of(found.word) <= now) return;
      if (change(found, mark, std::max<Ticks>(arrival_of(found.word) - step, 0))) return;
    }
  }

  void forgive(std::uint64_t mark, Ticks now) {
    for (;;) {
      const Found found = find(mark);
      if (found.place == nullptr || change(found, mark, now)) return;
    }
  }

 private:
  /// Which place is the next to change its name: a number that only grows, the place, the new mark.
  struct Announcement {
    static constexpr unsigned kPlaceBits = 3;

    std::uint64_t word;  ///< 0: there was none yet

    [[nodiscard]] std::uint64_t mark() const { return word & kMarkMask; }
    [[nodiscard]] std::size_t place() const {
      return word >> kMarkBits & ((std::size_t{1} << kPlaceBits) - 1);
    }
    [[nodiscard]] Announcement next(std::size_t place, std::uint64_t mark) const {
      const std::uint64_t number = (word >> (kMarkBits + kPlaceBits)) + 1;
      return {number << (kMarkBits + kPlaceBits) | std::uint64_t{place} << kMarkBits | mark};
    }
  };
  static_assert(kPlaces <= std::size_t{1} << Announcement::kPlaceBits);
  static constexpr std::uint64_t kNobody = 0;  ///< announced where the last was called off

  struct Found {
    Word* place = nullptr;
    std::uint64_t word = 0;
  };

  /// What is to be written of a name that has no place.
  struct Newcomer {
    std::uint64_t mark;
    Ticks arrival, now;
  };

  static std::uint64_t make_word(std::uint64_t mark, Ticks arrival) {
    constexpr std::uint64_t kTimeMask = (std::uint64_t{1} << kTimeBits) - 1;
    return mark << kTimeBits | (static_cast<std::uint64_t>(arrival) & kTimeMask);
  }
  static std::uint64_t mark_of(std::uint64_t word) { return word >> kTimeBits; }
  static Ticks arrival_of(std::uint64_t word) {
    return static_cast<Ticks>(word << kMarkBits >> kMarkBits);
  }

  static bool change(const Found& found, std::uint64_t mark, Ticks arrival) {
    std::uint64_t expected = found.word;
    return found.place->compare_exchange_strong(expected, make_word(mark, arrival));
  }

  Found find(std::uint64_t mark) {
    for (Word& place : places_) {
      const std::uint64_t word = place.load();
      if (word != 0 && mark_of(word) == mark) return {&place, word};
    }
    return {};
  }

  /// The place that is empty, or that says nothing any more for longest, or will first.
  [[nodiscard]] std::size_t spare() const {
    std::array<Ticks, kPlaces> arrivals{};
    for (std::size_t place = 0; place < kPlaces; ++place)
      arrivals[place] = arrival_of(places_[place].load());
    return static_cast<std::size_t>(std::min_element(arrivals.begin(), arrivals.end()) -
                                    arrivals.begin());
  }

  /// One step towards a place for a name that find() did not find after `last` was read; true once
  /// it has one and its attempt is counted there. Otherwise look again.
  bool bring_in(Announcement last, const Newcomer& newcomer, Word& given_up) {
    if (last.word != 0) {
      const Found place{&places_[last.place()], places_[last.place()].load()};
      // What was announced since has the place changed already: this word is no old name's.
      if (announced_.load() != last.word) return false;
      if (mark_of(place.word) == newcomer.mark) return false;  // it came in after we searched
      if (last.mark() == kNobody) {
        if (!shake_off(place)) return false;
      } else if (mark_of(place.word) != last.mark()) {
        if (arrival_of(place.word) <= newcomer.now || spare() == last.place())
          return make_true(last, place, newcomer, given_up);
        // The old name came back to life, and there are better places: it is called off.
        announce(last, last.place(), kNobody);
        return false;
      }
    }
    announce(last, spare(), newcomer.mark);
    return false;
  }

  void announce(Announcement last, std::size_t place, std::uint64_t mark) {
    announced_.compare_exchange_strong(last.word, last.next(place, mark).word);
  }

  /// Somebody else's name comes in with nothing counted.
  static bool make_true(Announcement announcement, const Found& place, const Newcomer& newcomer,
                        Word& given_up) {
    const bool is_ours = announcement.mark() == newcomer.mark;
    if (!change(place, announcement.mark(), is_ours ? newcomer.arrival : newcomer.now))
      return false;
    if (arrival_of(place.word) > newcomer.now) ++given_up;
    return is_ours;
  }

  /// Another word in the place, by one tick, so that nobody who still believes in what was called
  /// off can make it true any more.
  static bool shake_off(const Found& place) {
    const Ticks arrival = arrival_of(place.word);
    return change(place, mark_of(place.word), arrival > 0 ? arrival - 1 : arrival + 1);
  }

  Word announced_;
  std::array<Word, kPlaces> places_;
};

}  // namespace postern::domain

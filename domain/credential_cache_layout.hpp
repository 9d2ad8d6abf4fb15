#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <limits>
#include <optional>

#include "domain/credential_cache.hpp"

namespace postern::domain {

// How the credential cache's memory is used. Lock-free atomics only: processes share it, and any of
// them may die anywhere.

/// Only for credential_cache.cpp.
namespace cache_detail {

inline constexpr std::size_t kWays = 8;
inline constexpr std::size_t kSlots = 65536;
inline constexpr std::size_t kIdentityWords = sizeof(Identity) / sizeof(std::uint64_t);
inline constexpr std::chrono::seconds kUseResolution{1};

static_assert(sizeof(Identity) % sizeof(std::uint64_t) == 0);

using Word = std::atomic<std::uint64_t>;
using SignedWord = std::atomic<std::int64_t>;

/// The sequence counter of an entry: busy bit, the writer that has it, and a count which no reader
/// can see twice.
inline constexpr std::uint64_t kBusy = 1;
inline constexpr unsigned kCountShift = 16;

[[nodiscard]] constexpr std::uint64_t next(std::uint64_t sequence) {
  return ((sequence >> kCountShift) + 1) << kCountShift;
}
[[nodiscard]] constexpr std::uint64_t claimed(std::uint64_t sequence, std::uint32_t writer) {
  return next(sequence) | std::uint64_t{writer} << 1 | kBusy;
}
[[nodiscard]] constexpr bool is_claimed_by(std::uint64_t sequence, std::uint32_t writer) {
  return (sequence & ((std::uint64_t{1} << kCountShift) - 1)) ==
         (std::uint64_t{writer} << 1 | kBusy);
}

/// Length, refusal and whether there is a key, in one word.
struct Meta {
  std::uint16_t length = 0;
  std::optional<Errc> refusal{};
  bool has_key = false;

  [[nodiscard]] std::uint64_t word() const {
    const std::uint64_t code = refusal ? static_cast<std::uint64_t>(*refusal) + 1 : 0;
    return length | code << 16 | std::uint64_t{has_key} << 32;
  }
  static Meta of(std::uint64_t word) {
    Meta meta{static_cast<std::uint16_t>(word & 0xFFFF), {}, (word >> 32 & 1) != 0};
    const auto code = static_cast<std::uint16_t>(word >> 16 & 0xFFFF);
    if (code != 0) meta.refusal = static_cast<Errc>(code - 1);
    return meta;
  }
};

[[nodiscard]] inline std::array<std::uint64_t, 2> halves(const Uuid& id) {
  std::array<std::uint64_t, 2> words{};
  std::memcpy(words.data(), id.bytes.data(), id.bytes.size());
  return words;
}

/// Ids are mostly random bits; this only spreads them.
[[nodiscard]] inline std::uint32_t slot_of(const Uuid& id) {
  const auto [high, low] = halves(id);
  return static_cast<std::uint32_t>(
      ((high ^ (low * 0x9E3779B97F4A7C15ULL)) * 0xD6E8FEB86659FD93ULL) >> 48);
}

[[nodiscard]] inline std::uint64_t both_slots(const Uuid& one, const Uuid& other) {
  return std::uint64_t{slot_of(one)} << 32 | slot_of(other);
}

[[nodiscard]] inline std::int64_t micros(Instant instant) {
  return instant.time_since_epoch().count();
}
[[nodiscard]] inline Instant from_micros(std::int64_t value) {
  return Instant(std::chrono::microseconds(value));
}

/// Counted by one process each, so that counting is no contest.
struct alignas(64) WriterState {
  Word writing;  ///< number + 1 of the entry under its pen
  Word hits, misses, stored, evicted, voided, too_large;

  static void add(Word& word) {
    word.store(word.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
};

}  // namespace cache_detail
using namespace cache_detail;  // NOLINT: this header is one source's own

struct alignas(64) CredentialCache::Entry {
  Word sequence;
  std::array<Word, 4> fingerprint;
  Word stamp;              ///< 0: nothing is here
  SignedWord valid_until;  ///< microseconds since 1970, as all times here
  Word slots;              ///< account's in the upper half, credential's in the lower
  SignedWord used_at;
  SignedWord noted_at;  ///< what the key's row says, or is about to
  std::array<Word, 2> key;
  Word meta;
  std::array<Word, kIdentityWords> identity;

  [[nodiscard]] bool is_for(const Fingerprint& wanted) const {
    bool same = true;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      same = same && fingerprint[i].load(std::memory_order_relaxed) == wanted[i];
    }
    return same;
  }

  /// Reads under the sequence counter: false where a writer came between.
  template <class Read>
  [[nodiscard]] bool consistently(Read read) const {
    const std::uint64_t before = sequence.load(std::memory_order_acquire);
    if ((before & kBusy) != 0) return false;
    read();
    std::atomic_thread_fence(std::memory_order_acquire);
    return sequence.load(std::memory_order_relaxed) == before;
  }

  void name(const Fingerprint& whose, Stamp when) {
    for (std::size_t i = 0; i < whose.size(); ++i) {
      fingerprint[i].store(whose[i], std::memory_order_relaxed);
    }
    stamp.store(when, std::memory_order_relaxed);
  }

  void write(const CacheRecord& record, const CachedCheck& check, std::int64_t now,
             std::int64_t noted) {
    valid_until.store(micros(record.valid_until), std::memory_order_relaxed);
    slots.store(both_slots(record.account.uuid, record.credential), std::memory_order_relaxed);
    used_at.store(now, std::memory_order_relaxed);
    if (record.key_used_at) noted = std::max(noted, micros(*record.key_used_at));
    noted_at.store(noted, std::memory_order_relaxed);
    const auto id = halves(record.key ? record.key->uuid : Uuid{});
    key[0].store(id[0], std::memory_order_relaxed);
    key[1].store(id[1], std::memory_order_relaxed);
    const Identity& known = check.refusal ? Identity() : check.identity;
    const Meta about{static_cast<std::uint16_t>(known.used_bytes()), check.refusal,
                     record.key.has_value()};
    meta.store(about.word(), std::memory_order_relaxed);
    put(known, about.length);
  }

  /// The use of a key that its row will not tell, if this entry goes now.
  [[nodiscard]] std::optional<KeyUse> unnoted_use(
      std::chrono::microseconds period = CredentialCache::kUsePeriod) const {
    const std::int64_t used = used_at.load(std::memory_order_relaxed);
    const std::int64_t noted = noted_at.load(std::memory_order_relaxed);
    if (!Meta::of(meta.load(std::memory_order_relaxed)).has_key) return std::nullopt;
    if (used <= noted || used - noted < period.count()) return std::nullopt;
    const std::array<std::uint64_t, 2> words{key[0].load(std::memory_order_relaxed),
                                             key[1].load(std::memory_order_relaxed)};
    Uuid id;
    std::memcpy(id.bytes.data(), words.data(), id.bytes.size());
    return KeyUse{KeyId{id}, from_micros(used)};
  }

  void put(const Identity& from, std::size_t bytes) {
    std::array<std::uint64_t, kIdentityWords> words{};
    std::memcpy(words.data(), &from, bytes);
    for (std::size_t i = 0; i * sizeof(std::uint64_t) < bytes; ++i) {
      identity[i].store(words[i], std::memory_order_relaxed);
    }
  }
  void take(Identity& into, std::size_t bytes) const {
    std::array<std::uint64_t, kIdentityWords> words;
    const std::size_t count = std::min((bytes + 7) / 8, words.size());
    for (std::size_t i = 0; i < count; ++i) {
      words[i] = identity[i].load(std::memory_order_relaxed);
    }
    std::memcpy(static_cast<void*>(&into), words.data(), count * sizeof(std::uint64_t));
  }
};

struct alignas(64) CredentialCache::Layout {
  Word counter;
  Word everything;
  SignedWord trusted_until;  ///< milliseconds of uptime
  std::size_t sets;
  std::array<WriterState, kMaxWriters> writers;
  std::array<Word, kSlots> slots;

  /// One bit for each set that was ever written, so that nobody looks through memory that was never
  /// touched, which would make it real.
  [[nodiscard]] Word* touched() { return reinterpret_cast<Word*>(this + 1); }
  [[nodiscard]] static std::size_t touched_bytes(std::size_t sets) {
    return (sets + 511) / 512 * 64;
  }
  [[nodiscard]] Entry* entries() {
    return reinterpret_cast<Entry*>(reinterpret_cast<std::byte*>(this + 1) + touched_bytes(sets));
  }
  [[nodiscard]] Entry* set_of(const Fingerprint& fingerprint) {
    return entries() + ((fingerprint[0] >> 32) * sets >> 32) * kWays;
  }
  void touch(const Entry* set) {
    const auto number = static_cast<std::size_t>(set - entries()) / kWays;
    Word& word = touched()[number / 64];
    const std::uint64_t bit = std::uint64_t{1} << number % 64;
    if ((word.load(std::memory_order_relaxed) & bit) == 0) word.fetch_or(bit);
  }

  [[nodiscard]] bool is_void(std::uint64_t stamp, std::uint64_t both) const {
    return stamp <= everything.load(std::memory_order_acquire) ||
           stamp <= slots[both >> 32].load(std::memory_order_acquire) ||
           stamp <= slots[both & 0xFFFFFFFF].load(std::memory_order_acquire);
  }

  /// The place for a new answer: its own, an empty one, a void or spent one, else the one that was
  /// used longest ago. Never one that is being written, unless all are.
  [[nodiscard]] Entry* place_for(Entry* set, const Fingerprint& fingerprint,
                                 std::int64_t now) const {
    Entry* best = set;
    std::int64_t best_rank = std::numeric_limits<std::int64_t>::max();
    for (Entry* entry = set; entry != set + kWays; ++entry) {
      if ((entry->sequence.load(std::memory_order_relaxed) & kBusy) != 0) continue;
      const std::int64_t rank = rank_of(*entry, fingerprint, now);
      if (rank < best_rank) {
        best = entry;
        best_rank = rank;
      }
    }
    return best;
  }

  [[nodiscard]] std::int64_t rank_of(const Entry& entry, const Fingerprint& fingerprint,
                                     std::int64_t now) const {
    const std::uint64_t stamp = entry.stamp.load(std::memory_order_relaxed);
    if (stamp != 0 && entry.is_for(fingerprint)) return -3;
    if (stamp == 0) return -2;
    const bool spent = entry.valid_until.load(std::memory_order_relaxed) <= now;
    if (spent || is_void(stamp, entry.slots.load(std::memory_order_relaxed))) return -1;
    return entry.used_at.load(std::memory_order_relaxed);
  }

  /// The later of two revocations wins, whoever writes last.
  void advance(Word& slot) {
    const std::uint64_t value = counter.fetch_add(1) + 1;
    std::uint64_t seen = slot.load();
    while (seen < value && !slot.compare_exchange_weak(seen, value)) {
    }
  }
};

}  // namespace postern::domain

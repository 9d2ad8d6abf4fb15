#include "domain/credential_cache.hpp"

#include <utility>

#include "domain/credential_cache_layout.hpp"

namespace postern::domain {
std::size_t CredentialCache::bytes_for(std::size_t entries) {
  const std::size_t sets = entries / kWays;
  if (sets == 0) return 0;
  return sizeof(Layout) + Layout::touched_bytes(sets) + sets * kWays * sizeof(Entry);
}

CredentialCache::CredentialCache(std::span<std::byte> memory, std::uint32_t writer)
    : writer_(writer) {
  static_assert(sizeof(Entry) == kEntryBytes);
  static_assert(Word::is_always_lock_free && SignedWord::is_always_lock_free);
  std::size_t sets = memory.size() / (kWays * sizeof(Entry));
  while (sets > 0 && bytes_for(sets * kWays) > memory.size()) --sets;
  if (sets == 0 || writer >= kMaxWriters) return;
  layout_ = reinterpret_cast<Layout*>(memory.data());
  layout_->sets = sets;  // each process writes the same
}

std::size_t CredentialCache::capacity() const {
  return enabled() ? layout_->sets * kWays : 0;
}

bool CredentialCache::trusted(const Clock& clock) const {
  return enabled() && clock.uptime().count() < layout_->trusted_until.load();
}

void CredentialCache::trust_until(std::chrono::milliseconds uptime) {
  if (enabled()) layout_->trusted_until.store(uptime.count());
}

CredentialCache::Stamp CredentialCache::stamp() const {
  // One more than the counter, since 0 marks an empty entry: void from the next revocation on.
  return enabled() ? layout_->counter.load() + 1 : 0;
}

bool CredentialCache::find(const Fingerprint& fingerprint, const Clock& clock,
                           CachedCheck& found) const {
  if (!enabled()) return false;
  auto& mine = layout_->writers[writer_];
  Entry* const set = layout_->set_of(fingerprint);
  const auto end = set + kWays;
  Entry* const entry =
      std::find_if(set, end, [&](const Entry& each) { return each.is_for(fingerprint); });
  if (entry == end || !trusted(clock)) {
    WriterState::add(mine.misses);
    return false;
  }
  std::uint64_t stamp = 0;
  std::uint64_t slots = 0;
  std::int64_t valid_until = 0;
  Meta meta;
  const bool whole = entry->consistently([&] {
    stamp = entry->is_for(fingerprint) ? entry->stamp.load(std::memory_order_relaxed) : 0;
    slots = entry->slots.load(std::memory_order_relaxed);
    valid_until = entry->valid_until.load(std::memory_order_relaxed);
    meta = Meta::of(entry->meta.load(std::memory_order_relaxed));
    entry->take(found.identity, meta.length);
  });
  const Instant now = clock.now();
  const bool is_void = whole && stamp != 0 && layout_->is_void(stamp, slots);
  if (is_void) WriterState::add(mine.voided);
  if (!whole || stamp == 0 || is_void || micros(now) >= valid_until ||
      !found.identity.sound(meta.length)) {
    WriterState::add(mine.misses);
    return false;
  }
  found.refusal = meta.refusal;
  if (from_micros(entry->used_at.load(std::memory_order_relaxed)) + kUseResolution <= now) {
    entry->used_at.store(micros(now), std::memory_order_relaxed);
  }
  WriterState::add(mine.hits);
  return true;
}

std::optional<KeyUse> CredentialCache::store(const Fingerprint& fingerprint, Stamp stamp,
                                             const Clock& clock, const CacheRecord& record,
                                             const CachedCheck& check) {
  if (!enabled()) return std::nullopt;
  auto& mine = layout_->writers[writer_];
  const std::int64_t now = micros(clock.now());
  Entry* const set = layout_->set_of(fingerprint);
  Entry* const entry = layout_->place_for(set, fingerprint, now);

  // Said before the entry is claimed, so that release() finds it whenever we die.
  mine.writing.store(static_cast<std::uint64_t>(entry - layout_->entries()) + 1);
  std::uint64_t sequence = entry->sequence.load();
  if ((sequence & kBusy) != 0 ||
      !entry->sequence.compare_exchange_strong(sequence, claimed(sequence, writer_))) {
    mine.writing.store(0);
    return std::nullopt;  // somebody else is writing here; this answer is not kept
  }
  std::atomic_thread_fence(std::memory_order_release);

  const bool same = entry->is_for(fingerprint);
  const bool evicts = !same && entry->stamp.load(std::memory_order_relaxed) != 0;
  const auto unwritten = evicts ? entry->unnoted_use() : std::nullopt;
  const std::int64_t noted = same ? entry->noted_at.load(std::memory_order_relaxed) : 0;
  entry->name(fingerprint, stamp);
  if (write_hook_ != nullptr) write_hook_();
  entry->write(record, check, now, noted);

  entry->sequence.store(next(claimed(sequence, writer_)), std::memory_order_release);
  mine.writing.store(0);
  layout_->touch(set);
  WriterState::add(mine.stored);
  if (evicts) WriterState::add(mine.evicted);
  return unwritten;
}

bool CredentialCache::holds(Stamp stamp, const Clock& clock, const Uuid& one,
                            const Uuid& other) const {
  return trusted(clock) && stamp != 0 && !layout_->is_void(stamp, both_slots(one, other));
}

void CredentialCache::void_account(const AccountId& account) {
  if (enabled()) layout_->advance(layout_->slots[slot_of(account.uuid)]);
}

void CredentialCache::void_credential(const Uuid& credential) {
  if (enabled()) layout_->advance(layout_->slots[slot_of(credential)]);
}

void CredentialCache::void_all() {
  if (enabled()) layout_->advance(layout_->everything);
}

CredentialCache::Stamp CredentialCache::everything_void_since() const {
  return enabled() ? layout_->everything.load() : 0;
}

std::vector<KeyUse> CredentialCache::take_uses(std::chrono::seconds period) {
  std::vector<KeyUse> uses;
  const std::size_t sets = enabled() ? layout_->sets : 0;
  for (std::size_t set = 0; set < sets; ++set) {
    if ((layout_->touched()[set / 64].load(std::memory_order_relaxed) >> set % 64 & 1) == 0)
      continue;
    for (Entry *entry = layout_->entries() + set * kWays, *end = entry + kWays; entry != end;
         ++entry) {
      std::optional<KeyUse> use;
      const bool whole = entry->consistently([&] { use = entry->unnoted_use(period); });
      if (!whole || !use) continue;
      // An entry that changed hands just now has its use taken for noted a period too early.
      entry->noted_at.store(micros(use->at), std::memory_order_relaxed);
      uses.push_back(*use);
    }
  }
  return uses;
}

void CredentialCache::release(std::uint32_t writer) {
  if (!enabled() || writer >= kMaxWriters) return;
  const std::uint64_t number = layout_->writers[writer].writing.exchange(0);
  if (number == 0 || number > capacity()) return;
  Entry& entry = layout_->entries()[number - 1];
  const std::uint64_t sequence = entry.sequence.load();
  if (!is_claimed_by(sequence, writer)) return;
  entry.name({}, 0);
  entry.sequence.store(next(sequence), std::memory_order_release);
}

CredentialCache::Counts CredentialCache::counts() const {
  Counts sum;
  if (!enabled()) return sum;
  for (const auto& writer : layout_->writers) {
    sum.hits += writer.hits.load(std::memory_order_relaxed);
    sum.misses += writer.misses.load(std::memory_order_relaxed);
    sum.stored += writer.stored.load(std::memory_order_relaxed);
    sum.evicted += writer.evicted.load(std::memory_order_relaxed);
    sum.voided += writer.voided.load(std::memory_order_relaxed);
    sum.too_large += writer.too_large.load(std::memory_order_relaxed);
  }
  return sum;
}

void CredentialCache::count_too_large() {
  if (enabled()) WriterState::add(layout_->writers[writer_].too_large);
}

}  // namespace postern::domain

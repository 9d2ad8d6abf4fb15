#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "domain/clock.hpp"
#include "domain/error.hpp"
#include "domain/identity.hpp"
#include "domain/uuid.hpp"

namespace postern::domain {

/// What a credential was worth when the database was last asked.
struct CachedCheck {
  std::optional<Errc> refusal;  ///< none: it stands for `identity`
  Identity identity;
};

/// What store() keeps beside the answer.
struct CacheRecord {
  Instant valid_until;                 ///< not believed from then on
  AccountId account;                   ///< either being revoked voids the entry
  Uuid credential;                     ///< session id or key id
  std::optional<KeyId> key;            ///< whose last use is to be noted
  std::optional<Instant> key_used_at;  ///< as the database knows it
};

/// A key that was used and whose row does not say so yet.
struct KeyUse {
  KeyId key;
  Instant at;
};

/// The credentials that were checked lately, in memory which all processes of this machine share
/// (rule R6, rule R9): a fixed table, 8 places for each fingerprint, 1 KiB each. It never grows;
/// the place used longest ago goes first.
///
/// Right at every moment: there is one counter. A check reads it (stamp()) before it asks the
/// database, and stores the answer with it. Revoking something sets the slot of that account or
/// credential to the counter's next value, after the commit and before anybody is told. An entry
/// whose slots are newer than its stamp is void. So an answer that was read before a commit is
/// never believed after the revocation was acknowledged, however the two interleave. Slots are
/// shared by hash: a revocation may void entries of others, which costs them one question to the
/// database.
///
/// Right across machines: entries are believed only while trusted(); who listens to the other
/// machines' revocations extends that (revocation_watch.hpp).
///
/// No locks: entries are guarded by sequence counters. A reader that meets a writer takes it as a
/// miss. A writer that dies in the middle leaves its one entry unreadable until release(writer).
///
/// NOT checked here: the credential itself. Only who verified one may store() under its
/// fingerprint.
class CredentialCache {
 public:
  using Stamp = std::uint64_t;
  using Fingerprint = std::array<std::uint64_t, 4>;  ///< fingerprint.hpp

  static constexpr std::size_t kEntryBytes = 1024;
  static constexpr std::uint32_t kMaxWriters = 512;
  /// How exactly the last use of a key is known.
  static constexpr std::chrono::seconds kUsePeriod{60};
  /// How much memory `entries` of them take, with everything about them.
  [[nodiscard]] static std::size_t bytes_for(std::size_t entries);

  /// Keeps nothing and finds nothing.
  CredentialCache() = default;
  /// `memory` is zeroed by whoever mapped it, 64-byte aligned, and shared by every process that
  /// makes a CredentialCache of it. `writer` is this process's own number, below kMaxWriters; no
  /// two living processes have the same. Memory too small for one set of entries: as if none.
  CredentialCache(std::span<std::byte> memory, std::uint32_t writer);

  [[nodiscard]] bool enabled() const { return layout_ != nullptr; }
  [[nodiscard]] std::size_t capacity() const;  ///< entries

  // Checking.

  /// The answer that is still right, and marks it as used now. False: ask the database.
  [[nodiscard]] bool find(const Fingerprint& fingerprint, const Clock& clock,
                          CachedCheck& found) const;
  [[nodiscard]] Stamp stamp() const;
  /// Keeps an answer. Returns the use of a key that had to give way before it was taken note of.
  std::optional<KeyUse> store(const Fingerprint& fingerprint, Stamp stamp, const Clock& clock,
                              const CacheRecord& record, const CachedCheck& check);

  /// Whether something that was read under this stamp, and that these two being revoked voids, is
  /// still right: for what others keep elsewhere.
  [[nodiscard]] bool holds(Stamp stamp, const Clock& clock, const Uuid& one,
                           const Uuid& other) const;

  // Revoking. What was stored under an earlier stamp() is void from here on.

  void void_account(const AccountId& account);
  void void_credential(const Uuid& credential);
  void void_all();
  /// Another number after each void_all(), of whatever process. 0 where nothing is kept.
  [[nodiscard]] Stamp everything_void_since() const;

  // Believing (revocation_watch.hpp). Nobody has said so at the start.

  [[nodiscard]] bool trusted(const Clock& clock) const;
  void trust_until(std::chrono::milliseconds uptime);

  // Keeping house.

  /// Takes the uses of keys that their rows do not tell yet and that are due: a key's first use,
  /// and afterwards one a `period`.
  [[nodiscard]] std::vector<KeyUse> take_uses(std::chrono::seconds period = kUsePeriod);
  /// After the death of the process that wrote as `writer`: frees what it left half written.
  void release(std::uint32_t writer);

  struct Counts {
    std::uint64_t hits = 0, misses = 0, stored = 0, evicted = 0, voided = 0, too_large = 0;
  };
  [[nodiscard]] Counts counts() const;
  void count_too_large();

  /// Test only: called in store() between claiming an entry and finishing it.
  void set_write_hook_for_test(void (*hook)()) { write_hook_ = hook; }

 private:
  struct Entry;
  struct Layout;

  Layout* layout_ = nullptr;
  std::uint32_t writer_ = 0;
  void (*write_hook_)() = nullptr;
};

}  // namespace postern::domain

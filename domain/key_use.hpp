#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "domain/credential_cache.hpp"
#include "domain/database.hpp"

namespace postern::domain {

/// How many uses one statement writes.
inline constexpr std::size_t kKeyUsesAtOnce = 500;

/// Writes when keys were last used, for their owners to see; a time only ever moves forward, and a
/// key that is gone is passed over. Waits for no row: it returns the uses of keys that somebody
/// else is changing just now, to be tried again. Throws as Database does; uses may have been
/// written by then, and writing them again does no harm.
[[nodiscard]] std::vector<KeyUse> write_key_uses(Executor& executor, std::span<const KeyUse> uses);

/// Brings the uses of keys from the cache to their rows.
class KeyUseWriter {
 public:
  /// How many uses are kept for another attempt; those of more keys are given up.
  static constexpr std::size_t kMostKept = 10'000;

  explicit KeyUseWriter(CredentialCache& cache) : cache_(cache) {}
  /// Those that are due (CredentialCache::take_uses) and those that could not be written before.
  /// Throws as Database does, and keeps them.
  void write(Executor& executor, std::chrono::seconds period);
  [[nodiscard]] std::size_t kept() const { return kept_.size(); }

 private:
  void keep(const std::vector<KeyUse>& uses);

  CredentialCache& cache_;
  std::map<KeyId, Instant> kept_;
};

}  // namespace postern::domain

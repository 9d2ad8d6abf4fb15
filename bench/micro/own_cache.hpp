#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "bench/micro/world.hpp"
#include "domain/credential_cache.hpp"
#include "domain/identity.hpp"

namespace postern::bench {

/// A credential cache in memory of its own, which is believed.
class OwnCache {
 public:
  using Fingerprint = domain::CredentialCache::Fingerprint;

  explicit OwnCache(std::size_t entries);
  ~OwnCache();
  OwnCache(const OwnCache&) = delete;
  OwnCache& operator=(const OwnCache&) = delete;

  /// An ordinary member's.
  [[nodiscard]] static domain::CachedCheck member();
  /// A microsecond after the one before, so that there is one that was used longest ago.
  void store(const Fingerprint& print);
  /// Stores as many fingerprints as asked for, and tells them in the order of storing.
  std::vector<Fingerprint> store_many(std::size_t count);
  [[nodiscard]] bool finds(const Fingerprint& print) const;
  [[nodiscard]] Fingerprint unused_fingerprint();

 private:
  std::span<std::byte> memory_;
  FixedRandom random_;
  domain::CacheRecord record_;
  domain::CachedCheck check_ = member();

 public:
  FixedClock clock;
  domain::CredentialCache cache;
};

}  // namespace postern::bench

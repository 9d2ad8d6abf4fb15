#pragma once

#include <cstddef>
#include <cstdint>

#include "cli/config.hpp"
#include "domain/credential_cache.hpp"
#include "domain/key_ring.hpp"
#include "domain/limiter.hpp"
#include "fcgi/shared_segment.hpp"

namespace postern::cli {

/// What this program keeps in SharedSegment::memory: the limiter first, whose size is fixed, then
/// the credential cache, which has all the rest. Where there is no memory, both do nothing.

/// Writers of the credential cache: the workers by their slots, and the housekeeper.
inline constexpr std::uint32_t kHousekeeperWriter = fcgi::kMaxWorkers;
static_assert(kHousekeeperWriter < domain::CredentialCache::kMaxWriters);

/// What all of it needs; asked once, so that a changed cache.entries takes a restart.
[[nodiscard]] std::size_t memory_bytes(const Config& config);

/// The cache of this machine, as one of its writers.
[[nodiscard]] domain::CredentialCache shared_cache(const fcgi::SharedSegment& shared,
                                                   std::uint32_t writer);
/// The limiter of this machine. Its names are hashed with a key of the current master key: under
/// another one all limits begin anew.
[[nodiscard]] domain::Limiter shared_limiter(const fcgi::SharedSegment& shared,
                                             const domain::KeyRing& ring);

}  // namespace postern::cli

#pragma once

#include <cstddef>
#include <cstdint>

#include "cli/config.hpp"
#include "domain/credential_cache.hpp"
#include "fcgi/shared_segment.hpp"

namespace postern::cli {

/// Writers of the credential cache: the workers by their slots, and the housekeeper.
inline constexpr std::uint32_t kHousekeeperWriter = fcgi::kMaxWorkers;
static_assert(kHousekeeperWriter < domain::CredentialCache::kMaxWriters);

/// What the cache needs of SharedSegment::memory.
[[nodiscard]] std::size_t cache_bytes(const Config& config);
/// The cache of this machine, as one of its writers.
[[nodiscard]] domain::CredentialCache shared_cache(const fcgi::SharedSegment& shared,
                                                   std::uint32_t writer);

}  // namespace postern::cli

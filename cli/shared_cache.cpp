#include "cli/shared_cache.hpp"

namespace postern::cli {

std::size_t cache_bytes(const Config& config) {
  return domain::CredentialCache::bytes_for(config.domain.cache.entries);
}

domain::CredentialCache shared_cache(const fcgi::SharedSegment& shared, std::uint32_t writer) {
  return domain::CredentialCache(shared.memory, writer);
}

}  // namespace postern::cli

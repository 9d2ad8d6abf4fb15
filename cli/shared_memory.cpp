#include "cli/shared_memory.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace postern::cli {
namespace {

/// Names that the limiter has room for at least: 1 MiB, of which only touched pages count.
constexpr std::size_t kLimiterNames = 65'536;
constexpr std::string_view kLimiterKey = "limiter";

struct Parts {
  std::span<std::byte> limiter, cache;
};

/// Both begin on a page of their own.
std::size_t limiter_bytes() {
  constexpr std::size_t kPage = 4096;
  return (domain::Limiter::bytes_for(kLimiterNames) + kPage - 1) / kPage * kPage;
}

Parts parts_of(const fcgi::SharedSegment& shared) {
  const auto limiter = std::min(shared.memory.size(), limiter_bytes());
  return {shared.memory.first(limiter), shared.memory.subspan(limiter)};
}

}  // namespace

std::size_t memory_bytes(const Config& config) {
  return limiter_bytes() + domain::CredentialCache::bytes_for(config.domain.cache.entries);
}

domain::CredentialCache shared_cache(const fcgi::SharedSegment& shared, std::uint32_t writer) {
  return domain::CredentialCache(parts_of(shared).cache, writer);
}

domain::Limiter shared_limiter(const fcgi::SharedSegment& shared, const domain::KeyRing& ring) {
  const auto mac =
      ring.mac(domain::KeyPurpose::LimiterNames, ring.current_id(), domain::as_bytes(kLimiterKey));
  return domain::Limiter(parts_of(shared).limiter,
                         std::as_bytes(std::span(mac)).first<domain::Limiter::kKeyBytes>());
}

}  // namespace postern::cli

#pragma once

#include <cstdint>

#include "domain/services.hpp"

namespace postern::domain {

struct Sweep {
  std::int64_t sessions = 0;
  std::int64_t invites = 0, mail_links = 0, sso_attempts = 0;
  std::int64_t audit = 0;
  std::int64_t networks = 0;
  std::int64_t tombstones = 0;  ///< of API keys revoked longer ago than the audit's retention
  std::int64_t journal = 0;     ///< of revocations
};

/// Deletes what is past its end, in small statements, each at most 1000 rows, so that no lock is
/// held long; at most 100,000 rows of a kind. Nothing's validity depends on it (CVE-2025-64708):
/// everything is judged at use.
[[nodiscard]] Sweep sweep(Services& services);

}  // namespace postern::domain

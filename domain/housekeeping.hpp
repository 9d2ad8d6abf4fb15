#pragma once

#include <cstdint>

#include "domain/oauth_sweep.hpp"
#include "domain/services.hpp"

namespace postern::domain {

struct Sweep {
  std::int64_t sessions = 0;
  std::int64_t invites = 0, mail_links = 0, sso_attempts = 0;
  std::int64_t email_codes = 0;
  std::int64_t challenges = 0;   ///< that were answered, and are refused by their age by now
  std::int64_t unconfirmed = 0;  ///< accounts whose owners never confirmed their addresses
  std::int64_t audit = 0;
  std::int64_t networks = 0;
  std::int64_t tombstones = 0;  ///< of API keys revoked longer ago than the audit's retention
  std::int64_t journal = 0;     ///< of revocations
  OAuthSweep oauth;
};

/// Deletes what is past its end, in small statements, each at most 1000 rows, so that no lock is
/// held long; at most 100,000 rows of a kind. Nothing's validity depends on it (CVE-2025-64708):
/// everything is judged at use. Accounts that wait for the confirmation of their address alone go
/// after 7 days, so that nobody blocks usernames with addresses that are not his: they never were
/// approved, so that no credential of theirs ever held.
[[nodiscard]] Sweep sweep(Services& services);

/// Deletes sessions of all kinds that were not used for their time, a day after it: with their
/// grants, which would keep a client from being swept for as long as a session may last. Reads the
/// whole table, a thousand rows a statement: for once an hour. How many went.
[[nodiscard]] std::int64_t sweep_idle_sessions(Services& services);

}  // namespace postern::domain

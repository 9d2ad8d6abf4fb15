#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "domain/credential_cache.hpp"
#include "domain/database.hpp"
#include "domain/random.hpp"
#include "domain/settings.hpp"

namespace postern::domain {

/// What one run came to, for a log.
struct WatchReport {
  std::int64_t applied = 0;           ///< subjects made void
  std::optional<std::string> lost;    ///< why the others are not heard any more; once a loss
  bool regained = false;              ///< they are heard again; once after a loss
  std::optional<std::string> missed;  ///< why everything was made void, although they are heard
};

/// Hears what other machines, and the command line, revoke, and makes this machine's cache void
/// accordingly (rule R6). The cache is believed for as long as this has heard from the database
/// within CacheSettings::stale_limit: whatever was revoked longer ago than that has been applied
/// here, or the cache is not used. That holds when the connection is cut, when the server hangs,
/// and when this process dies, since believing runs out by itself.
///
/// The first thing after connecting, and after every doubt, is to make everything void: what was
/// revoked while nobody listened is unknown.
class RevocationWatch {
 public:
  virtual ~RevocationWatch() = default;
  /// Applies what there is, waiting for it at most so long, plus the connect timeout where there is
  /// no connection. A database that is away is in the report, never thrown.
  virtual WatchReport run_once(std::chrono::milliseconds wait) = 0;
};

/// A RevocationListener or a RevocationPoller, as the settings say. All arguments must outlive it.
/// Its end takes back what it had said about believing the cache.
[[nodiscard]] std::unique_ptr<RevocationWatch> make_revocation_watch(const Database::Options& where,
                                                                     const CacheSettings& settings,
                                                                     const Clock& clock,
                                                                     Random& random,
                                                                     CredentialCache& cache);

}  // namespace postern::domain

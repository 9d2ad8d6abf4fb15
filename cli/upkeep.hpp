#pragma once

#include <stop_token>

#include "cli/config.hpp"
#include "cli/housekeeper_reports.hpp"
#include "domain/credential_cache.hpp"

namespace postern::cli {

/// The housekeeper's two threads. Each has a connection of its own, so that work which is slow, or
/// waits for the database, holds up nothing of the other.

/// Once a minute deletes what is past its end and makes the next signing key where it is time
/// (signing_key_rotation.hpp), and every two seconds writes down which keys were
/// used; the last of that when stopped.
void keep_tables(const std::stop_token& stop, const Config& config, domain::CredentialCache& cache,
                 HousekeeperReports& reports);

/// Hears what other machines revoke and keeps the cache believed meanwhile (revocation_watch.hpp).
void keep_cache_coherent(const std::stop_token& stop, const Config& config,
                         domain::CredentialCache& cache, HousekeeperReports& reports);

}  // namespace postern::cli

#pragma once

#include <stop_token>

#include "cli/config.hpp"
#include "cli/housekeeper_reports.hpp"
#include "domain/credential_cache.hpp"

namespace postern::cli {

/// The housekeeper's thread that tells clients who signed out (domain/oauth_logout.hpp): looks once
/// a second for notices that are due, and sends those of eight clients at once, by the rules of
/// what strangers name (handlers/oauth/safe_fetch.hpp). 200 and 204 are told (OpenID Connect
/// Back-Channel Logout 1.0 section 2.8); all else is tried again. What keeps it from working is
/// reported once.
void deliver_logouts(const std::stop_token& stop, const Config& config,
                     domain::CredentialCache& cache, HousekeeperReports& reports);

}  // namespace postern::cli

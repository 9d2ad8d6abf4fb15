#pragma once

#include <stop_token>

#include "cli/config.hpp"
#include "cli/housekeeper_reports.hpp"
#include "domain/credential_cache.hpp"

namespace postern::cli {

/// The housekeeper's thread that sends letters (domain/mail_room.hpp), where there is a mail
/// server: looks for them once a second, and rests for two seconds after one that could not be
/// sent. What keeps it from working (templates that are none, a database that is away) is told
/// once, and tried again.
void deliver_mail(const std::stop_token& stop, const Config& config, domain::CredentialCache& cache,
                  HousekeeperReports& reports);

}  // namespace postern::cli

#pragma once

#include <functional>
#include <memory>

#include "cli/config_file.hpp"
#include "fcgi/shared_segment.hpp"

namespace postern::cli {

/// The housekeeper process: shows a sign of life in shared.housekeeper_ms several times a second,
/// and beside it, in threads of their own (upkeep.hpp, mail/mail_delivery.hpp,
/// logout_delivery.hpp), keeps the tables small, notes which keys were used, hears what other
/// machines revoke, sends letters, and tells clients who signed out. A database, a mail server or a
/// client that is away or slow holds these up, never the sign of life. Returns within a second of
/// `stop_requested`, plus what a statement, a connection, a letter or a notice under way takes.
/// Throws what made one of the threads impossible.
void keep_house(const std::shared_ptr<const LoadedConfig>& loaded, fcgi::SharedSegment& shared,
                const std::function<bool()>& stop_requested);

}  // namespace postern::cli

#pragma once

#include "cli/config_key_table.hpp"

namespace postern::cli {

/// The rows of [scriptix] and [session.scriptix].
void add_scriptix_keys(KeyTable& table);

/// At most 32 addresses with one space between: https, or http on this machine alone, with a path
/// and without '#' and without a name or password of somebody.
[[nodiscard]] bool is_redirect_uris(std::string_view text);
/// One line of 1 to 100 characters.
[[nodiscard]] bool is_shown_line(std::string_view text);
/// 1 to 32 of a-z, 0-9 and -.
[[nodiscard]] bool is_provider_name(std::string_view text);

}  // namespace postern::cli

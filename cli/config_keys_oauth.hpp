#pragma once

#include "cli/config_key_table.hpp"

namespace postern::cli {

/// The rows of [oauth], [session.oauth], [session.browser] and [signing].
void add_oauth_keys(KeyTable& table);

/// "" or an issuer with or without a path: `https://host/path`, no '/' at its end.
[[nodiscard]] bool is_oauth_issuer_or_empty(std::string_view text);
/// Absolute, of segments of letters, digits and -._~ (none of them "." or ".."), no '/' at its end.
[[nodiscard]] bool is_plain_path(std::string_view text);
/// Networks in CIDR notation with one space between; "" for none.
[[nodiscard]] bool is_networks(std::string_view text);

}  // namespace postern::cli

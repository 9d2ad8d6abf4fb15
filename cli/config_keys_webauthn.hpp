#pragma once

#include "cli/config_key_table.hpp"

namespace postern::cli {

/// The rows of [webauthn].
void add_webauthn_keys(KeyTable& table);

/// "" or the name of a host, lower case, without a port.
[[nodiscard]] bool is_rp_id(std::string_view text);
/// At most 8 origins as browsers write them, with one space between: https, or http on this machine
/// alone, without a path, and without a port that goes without saying.
[[nodiscard]] bool is_origins(std::string_view text);

/// The host of an origin.
[[nodiscard]] std::string host_of_origin(std::string_view origin);
/// Whether a page of that host may ask for credentials of this id (W3C Web Authentication, Level 2,
/// section 5.1.3): the same, or below it. NOT checked: public suffixes.
[[nodiscard]] bool may_use_rp_id(std::string_view host, std::string_view rp_id);

}  // namespace postern::cli

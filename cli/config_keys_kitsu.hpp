#pragma once

#include "cli/config_key_table.hpp"

namespace postern::cli {

/// The rows of [kitsu] and [session.kitsu].
void add_kitsu_keys(KeyTable& table);

/// "" or the address of a page that `?email=…&token=…` can be added to: https, or this machine's
/// own, without '?' and '#'.
[[nodiscard]] bool is_reset_page(std::string_view text);
/// 1 to 32 of A-Z, a-z, 0-9, '.' and '-'.
[[nodiscard]] bool is_api_version(std::string_view text);
/// 1 to 20 of A-Z, a-z, 0-9, '_' and '-': en_US.
[[nodiscard]] bool is_locale(std::string_view text);
/// 1 to 50 of A-Z, a-z, 0-9 and _ + - /: Europe/Paris.
[[nodiscard]] bool is_timezone(std::string_view text);

}  // namespace postern::cli

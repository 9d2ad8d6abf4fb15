#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/random.hpp"

namespace postern::domain {

/// Codes that a person reads off one screen and types into another (RFC 8628 section 6.1): eight of
/// BCDFGHJKLMNPQRSTVWXZ, without vowels so that no words come about. 34.5 random bits.
[[nodiscard]] std::string make_user_code(Random& random);
/// As people see it: BCDF-GHJK.
[[nodiscard]] std::string shown_user_code(std::string_view code);
/// What was typed, whatever its case, spaces and hyphens; none for what can be no code.
[[nodiscard]] std::optional<std::string> read_user_code(std::string_view typed);

}  // namespace postern::domain

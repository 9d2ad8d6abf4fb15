#pragma once

#include <string>
#include <string_view>

#include "domain/clock.hpp"

namespace postern::cli {

/// `15 January 2027, 08:00 UTC`
[[nodiscard]] std::string words_of(domain::Instant instant);
/// In the largest unit that is exact: `24 hours`, `90 minutes`, `1 hour`.
[[nodiscard]] std::string words_of(std::chrono::seconds lifetime);
/// What a User-Agent seems to be: `Firefox on Windows`. Its own words are never repeated: whoever
/// tries a password would put them into a letter to its owner. "" for what is unknown.
[[nodiscard]] std::string agent_words(std::string_view user_agent);

}  // namespace postern::cli

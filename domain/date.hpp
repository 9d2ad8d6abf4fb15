#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace postern::domain {

/// `YYYY-MM-DD` to the letter, and a day of the calendar.
[[nodiscard]] std::optional<std::chrono::sys_days> parse_date(std::string_view text);

}  // namespace postern::domain

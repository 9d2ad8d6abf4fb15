#pragma once

#include <string_view>

namespace postern::fcgi {

/// Without these characters at either end; by default optional white space (RFC 9110
/// section 5.6.3).
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text,
                                                 std::string_view around = " \t") {
  const auto first = text.find_first_not_of(around);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(around) - first + 1);
}

}  // namespace postern::fcgi

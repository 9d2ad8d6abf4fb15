#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postern::fcgi {

/// The byte that two hexadecimal digits at `text[at]` spell; none when they are not there.
[[nodiscard]] std::optional<unsigned char> hex_byte(std::string_view text, std::size_t at);

/// Decodes every %XX once; `plus_is_space` as in forms. None for a broken escape.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// Encodes all but the unreserved characters (RFC 3986 section 2.3) and those in `kept`.
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view kept = {});

/// C0 control characters and DEL.
[[nodiscard]] constexpr bool is_control(unsigned char byte) {
  return byte < 0x20 || byte == 0x7F;
}

}  // namespace postern::fcgi

#pragma once

#include <string_view>

namespace postern::fcgi {

/// Whether `text` is well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above
/// U+10FFFF. Control characters are not looked at.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace postern::fcgi

#pragma once

#include <string_view>

namespace postern::domain {

/// What a code point does where a name is shown.
enum class CodePointKind {
  Visible,
  Blank,     ///< a space of whatever width
  Joiner,    ///< shows nothing, but shapes what stands beside it: emoji and some scripts need it
  Hidden,    ///< shows nothing (the other default-ignorable ones of Unicode 15, tags among them)
  Control,   ///< of C0 and C1; or breaks a line, or turns the direction of text (CVE-2021-42574)
  Malformed  ///< a byte that begins no well-formed UTF-8 (RFC 3629 section 4)
};

struct CodePoint {
  std::string_view bytes;
  CodePointKind kind;
};
/// Takes the first off `text`, which must not be empty.
[[nodiscard]] CodePoint take_code_point(std::string_view& text);

}  // namespace postern::domain

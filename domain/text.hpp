#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/clock.hpp"
#include "domain/result.hpp"

namespace postern::domain {

/// Well-formed UTF-8 (no overlong forms, no surrogates, nothing past U+10FFFF) without NUL.
/// Everything that reaches the database passes this; libpqxx would cut a text at its first NUL.
[[nodiscard]] bool is_clean_text(std::string_view text);

/// Number of code points of clean text.
[[nodiscard]] std::size_t code_points(std::string_view text);

/// At most `limit` code points of `text`, fit to store and show in one line: control characters,
/// those of direction too, what shows nothing (zero width spaces, fillers, tags; not the joiners of
/// emoji and scripts), and bytes that are not UTF-8 become '?'. The answer is clean text.
[[nodiscard]] std::string printable_excerpt(std::string_view text, std::size_t limit);

/// The same of a name that somebody else chose, to show it to people: what shows nothing is left
/// out, and "" is the answer where nothing is left that can be seen.
[[nodiscard]] std::string visible_excerpt(std::string_view text, std::size_t limit);

/// Usernames: 1-150 of [A-Za-z0-9._@+-], kept as written. ASCII alone, so that no two that look or
/// fold alike exist (CVE-2019-19844) and the name can stand in a header.
[[nodiscard]] Outcome check_username(std::string_view username);

/// E-mail addresses: ASCII, 3-254 characters, exactly one '@' with something on both sides, no
/// white space or control characters, a dot-separated domain. NOT checked: that it receives mail.
[[nodiscard]] Outcome check_email(std::string_view email);

/// Names of keys and the like: 1-`limit` code points of clean text that printable_excerpt() leaves
/// as it is, and not of joiners alone.
[[nodiscard]] Outcome check_label(std::string_view field, std::string_view text, std::size_t limit);

/// The form under which names are unique and looked up: ASCII lower case. Idempotent.
[[nodiscard]] std::string fold(std::string_view text);

/// RFC 3339 UTC with microseconds, and `Z`: 2026-01-31T23:59:59.000000Z.
[[nodiscard]] std::string rfc3339_micros(Instant instant);
/// RFC 3339 UTC in whole seconds.
[[nodiscard]] std::string rfc3339(Instant instant);

}  // namespace postern::domain

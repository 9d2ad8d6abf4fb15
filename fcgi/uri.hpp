#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::fcgi {

/// A request target, decoded and normalised once (RFC 3986 sections 2.4 and 6.2.2), so that what is
/// routed and judged is what the web server matched.
struct Uri {
  std::string path;  ///< starts with '/', decoded; no '.', '..' or empty segment except a final one
  std::string query;  ///< as sent, without '?'
};

/// Decodes %XX once, merges '//', resolves '.' and '..' (never above the root), as nginx does.
/// Refuses (none) what web servers and applications disagree about: a target that is not absolute
/// or longer than 8192 bytes; broken %-escapes; %00 and other control characters; %2F and %5C; a
/// raw backslash; text that is not UTF-8; '..' above the root; a dot segment with parameters
/// ('..;x', which servlet containers resolve); and an escape that, decoded a second time, would be
/// one of '.', '/', '\', '%' or a control character. An absolute-form target
/// ("http://…") is refused too.
[[nodiscard]] std::optional<Uri> parse_uri(std::string_view target);

/// Fields of application/x-www-form-urlencoded (WHATWG URL section 5.1): '+' is a space, %XX
/// decoded once. None for broken escapes, NUL, invalid UTF-8, or more than `max_fields`.
struct FormField {
  std::string name, value;
};
[[nodiscard]] std::optional<std::vector<FormField>> parse_form(std::string_view text,
                                                               std::size_t max_fields = 64);

}  // namespace postern::fcgi

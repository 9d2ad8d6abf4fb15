#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postern::handlers::oauth {

/// An absolute http(s) address without query and fragment in the one form that RFC 3986 sections
/// 6.2.2 and 6.2.3 make equal ones have: scheme and host in lower case, no default port, escapes in
/// upper case and none of unreserved characters, no dot segments, "/" for no path. None for what is
/// no such address, among them those with a user name.
[[nodiscard]] std::optional<std::string> normal_form(std::string_view url);

}  // namespace postern::handlers::oauth

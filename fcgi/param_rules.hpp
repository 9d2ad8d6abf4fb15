#pragma once

#include <string>
#include <string_view>

namespace postern::fcgi {

/// A parameter's name: printable ASCII without '=', which libfcgi puts between name and value.
[[nodiscard]] bool is_sound_name(std::string_view name);

/// A parameter's value: no control character but tab. So neither a NUL can cut it short nor a line
/// end forge another line.
[[nodiscard]] bool is_sound_value(std::string_view value);

/// Whether two names mean the same to us: case does not count, and in HTTP_* neither does '-' for
/// '_' (B7.37).
[[nodiscard]] bool same_param(std::string_view left, std::string_view right);

/// Headers that clients and proxies may send on several lines and that are lists by RFC 9110
/// section 5.3: nothing here is decided by them. Everything else may come once.
[[nodiscard]] bool may_repeat(std::string_view name);

/// `accept-language` of `HTTP_ACCEPT_LANGUAGE`.
[[nodiscard]] std::string header_name(std::string_view param_name);

/// Whether it is a client's header. HTTP_PROXY is none: CGI programs take it for their own proxy
/// setting (httpoxy, CVE-2016-5385).
[[nodiscard]] bool is_header_param(std::string_view name);

}  // namespace postern::fcgi

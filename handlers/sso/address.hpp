#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::handlers::sso {

/// An absolute address, taken apart no further than is needed to judge it.
struct Address {
  std::string scheme;  ///< http or https
  std::string host;    ///< lower case; an IPv6 address without its brackets
  std::string rest;    ///< the path and what follows
};

/// Takes only what all who read addresses agree about (RFC 3986): `http` or `https` in lower case,
/// `://`, a host of letters, digits, '.' and '-' or a bracketed IPv6 address, a numeric port, and
/// printable ASCII without space, quotes, '\', '<' and '>'. No user name, no fragment; at most 2048
/// bytes. None for all else.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

/// What we connect to and send browsers to: https, or http where the host is this machine itself
/// (127.0.0.1, [::1] or localhost).
[[nodiscard]] bool is_safe_address(std::string_view text);

/// Whether a sign-in may return there: it is one of `allowed` to the letter, or lies below one that
/// ends in '/'; below means that neither "." nor ".." nor an escaped or double slash is in its path
/// and that it has no query of its own (CVE-2021-32786 and its like).
[[nodiscard]] bool may_return_to(std::string_view address, const std::vector<std::string>& allowed);

/// `address` with another parameter, escaped.
[[nodiscard]] std::string with_parameter(std::string address, std::string_view name,
                                         std::string_view value);

}  // namespace postern::handlers::sso

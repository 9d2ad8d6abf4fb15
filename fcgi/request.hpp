#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fcgi/uri.hpp"

namespace postern::fcgi {

enum class Role { Responder, Authorizer };

/// Which pool's socket the request came in by. Only the web server's own configuration reaches the
/// gate's socket, so it needs no parameter that somebody could forge to say so.
enum class Door { Api, Gate };

/// One request as a value: copied out of libfcgi, whose pointers die with the request
/// (CVE-2011-2766). What the web server says (parameters) and what the client says (headers) are
/// kept apart.
struct Request {
  std::string id;  ///< ours, 128 random bits in hex: X-Request-Id
  Door door = Door::Api;
  Role role = Role::Responder;
  std::string method;      ///< upper-case token, at most 16 characters
  std::string target;      ///< REQUEST_URI as sent
  std::optional<Uri> uri;  ///< none: cannot be decoded without doubt; answer 400 (gate: refuse)
  std::string remote_address;
  std::string scheme;        ///< http or https
  std::string host;          ///< client's Host header as the server passed it; untrusted
  std::string content_type;  ///< lower-case media type without its parameters
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case, with '-'

  /// The one value of a header; none when absent. Repeated headers never get here: a request that
  /// repeats one that decides something is refused before (see wire.hpp).
  [[nodiscard]] std::optional<std::string_view> header(std::string_view lower_name) const;
  /// As cookie_value() of the Cookie header.
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
};

/// A cookie's value in a Cookie header (RFC 6265 section 5.4); none when absent or sent twice.
[[nodiscard]] std::optional<std::string_view> cookie_value(std::string_view header,
                                                           std::string_view name);

}  // namespace postern::fcgi

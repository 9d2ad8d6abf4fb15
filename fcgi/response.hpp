#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postern::fcgi {

/// One answer as a value. Starts with `Cache-Control: no-store` and `X-Content-Type-Options:
/// nosniff`.
class Response {
 public:
  explicit Response(int status);
  Response(int status, std::string content_type, std::string body);

  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] const std::string& body() const { return body_; }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& headers() const {
    return headers_;
  }

  /// Replaces. Throws std::invalid_argument for a name that is no token (RFC 9110 section 5.6.2)
  /// and for CR, LF, NUL or another control character (but tab) in a value: nothing can split a
  /// response. Status and Content-Length are written by serialize() alone and refused here.
  Response& set(std::string_view name, std::string_view value);
  /// Adds another line of the same name (Set-Cookie, WWW-Authenticate).
  Response& add(std::string_view name, std::string_view value);
  [[nodiscard]] std::string_view get(std::string_view name) const;  ///< "" when absent

  /// For the log: the account concerned and the route that answered. Never sent.
  std::string log_account;
  std::string log_route;

  /// The CGI answer (RFC 3875 section 6): `Status:` first, since a status-less answer lets the
  /// visitor in on some web servers. `head_only` leaves the body out, keeping Content-Length.
  [[nodiscard]] std::string serialize(bool head_only = false) const;

 private:
  int status_;
  std::string body_;
  std::vector<std::pair<std::string, std::string>> headers_;
};

/// RFC 9110's phrase: "Not Found".
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace postern::fcgi

#pragma once

#include <string>
#include <string_view>

#include "domain/error.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::dispatcharr {

/// What a refused credential or request was, where the original's words differ by it.
enum class Presented {
  Nothing,       ///< a request's own content
  Bearer,        ///< an access token
  Key,           ///< an API key
  RefreshToken,  ///< in the body of token/refresh/
};

/// `reason` of a TokenInvalid whose header had no value, or more than one.
inline constexpr std::string_view kMalformedHeader = "malformed_header";

[[nodiscard]] Response ok(std::string json, int status = 200);
[[nodiscard]] Response detail(int status, std::string_view text);
/// A field's list of messages: `{"name":["message"]}`, 400.
[[nodiscard]] Response field_error(std::string_view field, std::string_view message);
[[nodiscard]] Response throttled(domain::seconds retry_after);

/// The one place where the domain's refusals get this dialect's status and words.
[[nodiscard]] Response refusal(const domain::Error& error, Presented presented);

/// Django REST framework's own words.
inline constexpr std::string_view kPermissionDenied =
    "You do not have permission to perform this action.";
inline constexpr std::string_view kNoSuchUser = "No User matches the given query.";
inline constexpr std::string_view kNoSuchGroup = "No Group matches the given query.";

/// What dispatch asks of a dialect (route.hpp).
[[nodiscard]] Response unauthenticated(const Request& request, const domain::Error* error);
[[nodiscard]] Response forbidden(const Request& request, Guard guard);
[[nodiscard]] Response not_found(const Request& request);
[[nodiscard]] Response method_not_allowed(const Request& request, std::string_view allow);
[[nodiscard]] Response failure(const Request& request, int status);

}  // namespace postern::handlers::dispatcharr

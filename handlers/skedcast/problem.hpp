#pragma once

#include <string_view>

#include "domain/error.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::skedcast {

/// One way in which this dialect refuses: what is stable of its problem+json (RFC 9457). Nothing
/// that a client sent is part of one, but its checked correlation id.
struct Problem {
  int status;
  std::string_view category;
  std::string_view code;
  std::string_view title;
  std::string_view detail;
};

/// What each refusal of the domain is here: the one switch.
[[nodiscard]] const Problem& problem_of(domain::Errc code);

/// The domain's refusal: with Retry-After where waiting helps, and for a value that breaks a rule
/// with the list of `errors`.
[[nodiscard]] Response refuse(const Request& request, const domain::Error& error);

/// What dispatch asks of a dialect (route.hpp). A 401 carries WWW-Authenticate (RFC 6750 section
/// 3).
[[nodiscard]] Response unauthenticated(const Request& request, const domain::Error* error);
[[nodiscard]] Response forbidden(const Request& request, Guard guard);
[[nodiscard]] Response not_found(const Request& request);
[[nodiscard]] Response method_not_allowed(const Request& request, std::string_view allow);
[[nodiscard]] Response failure(const Request& request, int status);

}  // namespace postern::handlers::skedcast

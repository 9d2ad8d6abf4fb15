#pragma once

#include <string_view>

#include "domain/error.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::scriptix {

/// A refusal as the document writes it: `{"error","message","error_code"}`, all of them texts.
/// `error` is the status in words. 401 carries `WWW-Authenticate: Bearer`.
[[nodiscard]] Response refused(int status, std::string_view message, std::string_view code);
/// 422: what is wrong with which value.
[[nodiscard]] Response invalid_value(std::string_view name, std::string_view what);

/// The one place where the domain's refusals get this dialect's status and words.
[[nodiscard]] Response refusal(const domain::Error& error);

/// What dispatch asks of a dialect (route.hpp).
[[nodiscard]] Response unauthenticated(const Request& request, const domain::Error* error);
[[nodiscard]] Response forbidden(const Request& request, Guard guard);
[[nodiscard]] Response not_found(const Request& request);
[[nodiscard]] Response method_not_allowed(const Request& request, std::string_view allow);
[[nodiscard]] Response failure(const Request& request, int status);

}  // namespace postern::handlers::scriptix

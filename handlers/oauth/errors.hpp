#pragma once

#include <string>
#include <string_view>

#include "domain/error.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::oauth {

/// RFC 6749 section 5.2: `{"error", "error_description"}`, no-store, and any origin may read it.
/// The description is for developers: our own words, ASCII, never what was sent. "" for none.
[[nodiscard]] Response error_answer(int status, std::string_view error,
                                    std::string_view description = "");

/// A refusal of the domain at the token endpoint and the like. invalid_client is 401; with
/// WWW-Authenticate: Basic only where `basic` says that the client authenticated by that header
/// (clients stop reading the body at a challenge). Limits are 429 and Busy and outages 503, each
/// `temporarily_unavailable` with Retry-After: never anything that makes a client drop its tokens.
[[nodiscard]] Response refusal(const domain::Error& error, bool basic = false);

/// Where no handler answers: a page for people's paths, JSON for all others. 503 with Retry-After.
[[nodiscard]] Response failure(const Request& request, int status);
[[nodiscard]] Response method_not_allowed(const Request& request, std::string_view allow);

/// Any origin's code may read the answer (Fetch). Never for what goes by a cookie.
void allow_any_origin(Response& response);

/// Whether a path is one of the pages that people see (mount taken off).
[[nodiscard]] bool is_page(std::string_view path);

}  // namespace postern::handlers::oauth

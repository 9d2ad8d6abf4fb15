#pragma once

#include <span>
#include <vector>

#include "handlers/route.hpp"

namespace postern::handlers {

/// The gate: may this visitor have this page? Asked by nginx's auth_request (the gate's socket), or
/// in the Authorizer role. Reads method and URI of the visitor's request and its credential
/// (Authorization: Bearer with a token or key, Authorization: ApiKey, X-API-Key, else a browser's
/// cookie), applies settings.policy, and never reads a body. Answers as native-api "The gate": 200
/// with X-Auth-* (Authorizer role: Variable-X_AUTH_*), 401 with WWW-Authenticate, 403 with the
/// permissions needed, or a key's own restrictions (each use counts once, here). 429 and 503 travel
/// through auth_request as 403 with X-Auth-Status and Retry-After, and as themselves in the
/// Authorizer role. Fails closed (rule R7): whatever goes wrong is a refusal.
[[nodiscard]] Response check_gate(const Request& request, Services& services);
/// Several at once, in order, with one question to the database for all of them
/// (check_credentials).
[[nodiscard]] std::vector<Response> check_gates(std::span<const Request> requests,
                                                Services& services);

/// A refusal where nothing could be decided.
[[nodiscard]] Response gate_failure(const Request& request, int status);

}  // namespace postern::handlers

#pragma once

#include "handlers/route.hpp"

namespace postern::handlers::native {

/// Tells the limit that guards every place where a password is checked (RateLimit fields for HTTP,
/// draft-ietf-httpapi-ratelimit-headers): the policy on each answer, and on a 429 that nothing is
/// left and for how long. How much is left is not told otherwise: it would say how others fare.
[[nodiscard]] Response with_login_limit(Response response, const Services& services);

}  // namespace postern::handlers::native

#pragma once

#include "handlers/route.hpp"

namespace postern::handlers::native {

/// The RateLimit fields (draft-ietf-httpapi-ratelimit-headers): the policy on each answer of a
/// limited area, and on a 429 that nothing is left and for how long. How much is left is not told
/// otherwise: it would say how others fare.

/// Every place where a password is checked.
[[nodiscard]] Response with_login_limit(Response response, const Services& services);
[[nodiscard]] Response with_registration_limit(Response response, const Services& services);

}  // namespace postern::handlers::native

#pragma once

#include "handlers/route.hpp"

namespace postern::handlers::native {

/// The RateLimit fields (draft-ietf-httpapi-ratelimit-headers): the policy on each answer of a
/// limited area, and on a 429 that nothing is left and for how long. How much is left is not told
/// otherwise: it would say how others fare.

/// Every place where a password is checked.
[[nodiscard]] Response with_login_limit(Response response, const Services& services);
[[nodiscard]] Response with_registration_limit(Response response, const Services& services);
/// Letters asked for, and secrets out of letters tried.
[[nodiscard]] Response with_mail_limit(Response response, const Services& services);
[[nodiscard]] Response with_mail_link_limit(Response response, const Services& services);

/// The limit on requests to the native API, but for those of operation (health, metrics, public
/// keys, openapi.json); what is left of it is the caller's own to know.
[[nodiscard]] std::optional<RequestLimit> request_limit(const Settings& settings,
                                                        const Route& route);
/// Where the area has not told a limit of its own.
void tell_request_limit(Response& response, const RequestLimit& limit, const domain::Charge& charge,
                        domain::Instant now);

}  // namespace postern::handlers::native

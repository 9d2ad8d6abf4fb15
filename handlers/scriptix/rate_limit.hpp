#pragma once

#include <optional>

#include "handlers/route.hpp"

namespace postern::handlers::scriptix {

/// `scriptix.requests_per_minute` of an account, over all routes together.
[[nodiscard]] std::optional<RequestLimit> request_limit(const Settings& settings,
                                                        const Route& route);

/// X-RateLimit-Limit, -Remaining and -Reset (Unix seconds: when all of it is there again).
void tell_request_limit(Response& response, const RequestLimit& limit, const domain::Charge& charge,
                        domain::Instant now);

}  // namespace postern::handlers::scriptix

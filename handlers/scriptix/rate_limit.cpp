#include "handlers/scriptix/rate_limit.hpp"

#include <string>

namespace postern::handlers::scriptix {

std::optional<RequestLimit> request_limit(const Settings& settings, const Route&) {
  return RequestLimit{"scriptix",
                      RequestLimit::By::Account,
                      {settings.scriptix.requests_per_minute, std::chrono::minutes(1)}};
}

void tell_request_limit(Response& response, const RequestLimit&, const domain::Charge& charge,
                        domain::Instant now) {
  response.set("X-RateLimit-Limit", std::to_string(charge.limit));
  response.set("X-RateLimit-Remaining", std::to_string(charge.remaining));
  response.set("X-RateLimit-Reset",
               std::to_string(domain::unix_seconds(now) + charge.reset_after.count()));
}

}  // namespace postern::handlers::scriptix

#include <array>

#include "handlers/skedcast/credential.hpp"
#include "handlers/skedcast/handlers.hpp"
#include "handlers/skedcast/problem.hpp"
#include "handlers/skedcast/skedcast.hpp"

namespace postern::handlers {
namespace skedcast {
namespace {

constexpr std::array<std::string_view, 1> kPrefixes{"/v1/agency/"};

constexpr std::array kRoutes{
    Route{"GET", "/v1/agency", "skedcast.agency", Guard::Credential, show_agency},
};

std::optional<RequestLimit> request_limit(const Settings& settings, const Route& /*route*/) {
  if (settings.skedcast.requests_per_minute == 0) return std::nullopt;
  return RequestLimit{"skedcast",
                      RequestLimit::By::Account,
                      {settings.skedcast.requests_per_minute, std::chrono::minutes(1)}};
}

void tell_limit(Response& response, const RequestLimit& /*limit*/, const domain::Charge& charge,
                domain::Instant /*now*/) {
  response.set("RateLimit-Limit", std::to_string(charge.limit));
  response.set("RateLimit-Remaining", std::to_string(charge.remaining));
  response.set("RateLimit-Reset", std::to_string(charge.reset_after.count()));
}

}  // namespace
}  // namespace skedcast

const Dialect& skedcast_dialect() {
  static constexpr Dialect kDialect{
      .name = "skedcast",
      .prefixes = skedcast::kPrefixes,
      .routes = skedcast::kRoutes,
      .trailing_slash_optional = true,
      .authenticate = skedcast::authenticate,
      .unauthenticated = skedcast::unauthenticated,
      .forbidden = skedcast::forbidden,
      .not_found = skedcast::not_found,
      .method_not_allowed = skedcast::method_not_allowed,
      .failure = skedcast::failure,
      .refuse = skedcast::refuse,
      .enabled = [](const Settings& settings) { return settings.skedcast.enabled; },
      .limit = skedcast::request_limit,
      .tell_limit = skedcast::tell_limit,
      .lead_to_server = skedcast::lead_to_server,
  };
  return kDialect;
}

}  // namespace postern::handlers

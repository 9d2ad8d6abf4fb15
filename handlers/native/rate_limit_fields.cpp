#include "handlers/native/rate_limit_fields.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace postern::handlers::native {
namespace {

Response with_limit(Response response, const std::string& name, std::uint32_t limit,
                    std::chrono::seconds window) {
  response.set("RateLimit-Policy", '"' + name + "\";q=" + std::to_string(limit) +
                                       ";w=" + std::to_string(window.count()));
  if (response.status() == 429) {
    response.set("RateLimit", '"' + name + "\";r=0;t=" + std::string(response.get("Retry-After")));
  }
  return response;
}

/// What machines ask for, and have to get.
bool is_of_operation(const Route& route) {
  constexpr std::array<std::string_view, 5> kNames{"healthz", "readyz", "metrics", "jwks",
                                                   "openapi"};
  return std::find(kNames.begin(), kNames.end(), route.name) != kNames.end();
}

}  // namespace

Response with_login_limit(Response response, const Services& services) {
  const auto& limit = services.domain.settings.login_limit;
  return with_limit(std::move(response), "login", limit.per_account, limit.window);
}

Response with_registration_limit(Response response, const Services& services) {
  const auto& limit = services.domain.settings.registration;
  return with_limit(std::move(response), "register", limit.per_network_per_hour,
                    std::chrono::hours(1));
}

Response with_mail_limit(Response response, const Services& services) {
  const auto& limit = services.domain.settings.login_limit;
  return with_limit(std::move(response), "mail", limit.per_account, limit.window);
}

Response with_mail_link_limit(Response response, const Services& services) {
  const auto& limit = services.domain.settings.login_limit;
  return with_limit(std::move(response), "mail_link", limit.per_network, limit.window);
}

std::optional<RequestLimit> request_limit(const Settings& settings, const Route& route) {
  if (settings.native.requests_per_minute == 0 || is_of_operation(route)) return std::nullopt;
  return RequestLimit{"native",
                      RequestLimit::By::Account,
                      {settings.native.requests_per_minute, std::chrono::minutes(1)}};
}

void tell_request_limit(Response& response, const RequestLimit& limit, const domain::Charge& charge,
                        domain::Instant /*now*/) {
  if (!response.get("RateLimit-Policy").empty()) return;
  const std::string name = '"' + std::string(limit.name) + '"';
  response.set("RateLimit-Policy", name + ";q=" + std::to_string(limit.rate.limit) +
                                       ";w=" + std::to_string(limit.rate.window.count()));
  response.set("RateLimit", name + ";r=" + std::to_string(charge.remaining) +
                                ";t=" + std::to_string(charge.reset_after.count()));
}

}  // namespace postern::handlers::native

#include "handlers/native/login_limit.hpp"

#include <string>

namespace postern::handlers::native {

Response with_login_limit(Response response, const Services& services) {
  const auto& limit = services.domain.settings.login_limit;
  response.set("RateLimit-Policy", R"("login";q=)" + std::to_string(limit.per_account) +
                                       ";w=" + std::to_string(limit.window.count()));
  if (response.status() == 429) {
    response.set("RateLimit", R"("login";r=0;t=)" + std::string(response.get("Retry-After")));
  }
  return response;
}

}  // namespace postern::handlers::native

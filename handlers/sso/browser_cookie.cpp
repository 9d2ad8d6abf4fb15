#include "handlers/sso/browser_cookie.hpp"

#include "domain/secret.hpp"
#include "handlers/sso/digest.hpp"

namespace postern::handlers::sso {
namespace {

constexpr const char* kHostBound = "__Host-postern_sso";
constexpr const char* kOnLoopback = "postern_sso";

bool is_https(const Services& services) {
  return services.domain.settings.issuer.starts_with("https:");
}

const char* cookie_name(const Services& services) {
  return is_https(services) ? kHostBound : kOnLoopback;
}

}  // namespace

std::string browser_of(const Request& request, Services& services) {
  const auto held = request.cookie(cookie_name(services));
  if (held && is_random_text(*held)) return std::string(*held);
  return random_text(services.domain.random);
}

bool is_same_browser(const Request& request, const Services& services, std::string_view browser) {
  const auto held = request.cookie(cookie_name(services));
  return held && !held->empty() && domain::Secret(std::string(*held)).equals(browser);
}

void set_browser_cookie(Response& response, const Services& services, const std::string& browser) {
  std::string cookie = std::string(cookie_name(services)) + "=" + browser;
  cookie += "; Path=/; Max-Age=600; HttpOnly; SameSite=Lax";
  if (is_https(services)) cookie += "; Secure";
  response.add("Set-Cookie", cookie);
}

}  // namespace postern::handlers::sso

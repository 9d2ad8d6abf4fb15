#include "handlers/credential.hpp"

#include <algorithm>
#include <cctype>

#include "handlers/kitsu/credential.hpp"
#include "handlers/same_origin.hpp"
#include "handlers/session_cookie.hpp"

namespace postern::handlers {
namespace {

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::optional<PresentedCredential> from_authorization(std::string_view header) {
  const auto space = header.find(' ');
  const auto scheme = header.substr(0, space);
  auto value = space == std::string_view::npos ? std::string_view() : header.substr(space + 1);
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  if (equals_ignoring_case(scheme, "Bearer")) {
    return PresentedCredential{PresentedCredential::As::Bearer, value};
  }
  if (equals_ignoring_case(scheme, "ApiKey")) {
    return PresentedCredential{PresentedCredential::As::Key, value};
  }
  if (equals_ignoring_case(scheme, "DPoP")) {
    return PresentedCredential{PresentedCredential::As::Dpop, value};
  }
  return std::nullopt;
}

std::optional<PresentedCredential> shown_in(std::string_view cookies, std::string_view name,
                                            PresentedCredential::As as) {
  const auto value = fcgi::cookie_value(cookies, name);
  if (!value || value->empty()) return std::nullopt;
  return PresentedCredential{as, *value};
}

}  // namespace

std::optional<PresentedCredential> find_credential(std::optional<std::string_view> authorization,
                                                   std::optional<std::string_view> api_key) {
  if (authorization) {
    if (const auto credential = from_authorization(*authorization)) return credential;
  }
  if (api_key) return PresentedCredential{PresentedCredential::As::Key, *api_key};
  return std::nullopt;
}

std::optional<PresentedCredential> find_credential(const fcgi::Request& request) {
  return find_credential(request.header("authorization"), request.header("x-api-key"));
}

CookieRule cookie_rule(const GateSettings& settings, const domain::OAuthSettings& oauth,
                       std::span<const std::string> origins) {
  const bool sessions = settings.browser_sessions && oauth.enabled;
  return {.session = sessions ? session_cookie_name(oauth.issuer) : std::string_view(),
          .kitsu = settings.kitsu_cookie,
          .origins = origins};
}

FoundCredential find_in_cookies(std::string_view cookies, const CookieRule& rule) {
  const auto session = shown_in(cookies, rule.session, PresentedCredential::As::Cookie);
  const auto token = rule.kitsu
                         ? shown_in(cookies, kitsu::kAccessCookie, PresentedCredential::As::Bearer)
                         : std::nullopt;
  if (!session) return {token};
  return {session, token};
}

FoundCredential find_credential(const fcgi::Request& request, const CookieRule& rule) {
  if (const auto shown = find_credential(request)) return {shown};
  const auto cookies = request.header("cookie");
  const auto found = cookies ? find_in_cookies(*cookies, rule) : FoundCredential();
  if (!found.credential) return {};
  if (!is_safe_method(request.method) && !is_same_origin(request, rule.origins)) {
    return {.credential = std::nullopt, .cross_origin = true};
  }
  return found;
}

std::optional<domain::Result<domain::Principal>> authenticate_request(const fcgi::Request& request,
                                                                      Services& services) {
  const auto credential = find_credential(request);
  if (!credential) return std::nullopt;
  switch (credential->as) {
    case PresentedCredential::As::Bearer:
      return domain::authenticate_bearer(services.domain, credential->value);
    case PresentedCredential::As::Key:
      return domain::authenticate_key(services.domain, credential->value);
    case PresentedCredential::As::Dpop:
    case PresentedCredential::As::Cookie:
      break;
  }
  return domain::Result<domain::Principal>(domain::Errc::TokenWrongKind);  // rule R10
}

}  // namespace postern::handlers

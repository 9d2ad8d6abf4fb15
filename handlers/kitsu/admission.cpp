#include "handlers/kitsu/admission.hpp"

#include <algorithm>
#include <array>

#include "handlers/kitsu/credential.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/session_answer.hpp"
#include "handlers/object_text.hpp"
#include "handlers/same_origin.hpp"

namespace postern::handlers::kitsu {
namespace {

constexpr std::string_view kSetUpFirst =
    "Two-factor authentication setup is required. Please configure 2FA before accessing the API.";

/// By the start of their patterns. The others that stand there take no credential.
constexpr std::array<std::string_view, 7> kOpenWithoutFactor{
    "/auth/totp",   "/auth/email-otp",     "/auth/fido",         "/auth/recovery-codes",
    "/auth/logout", "/auth/authenticated", "/auth/refresh-token"};

/// GET, and yet something is different afterwards.
constexpr std::array<std::string_view, 3> kChangingByGet{"kitsu.logout", "kitsu.refresh",
                                                         "kitsu.actions.invite"};

bool changes_something(const Route& route) {
  return !is_safe_method(route.method) || std::find(kChangingByGet.begin(), kChangingByGet.end(),
                                                    route.name) != kChangingByGet.end();
}

/// Whether the browser itself adds, or gets, what the request is worth.
bool is_by_cookie(const Route& route, const Call& call, const Services& services) {
  const auto& settings = services.settings.kitsu;
  if (route.name == "kitsu.login") return settings.browser_cookies && is_browser(call.request);
  const bool refresh = route.name == "kitsu.refresh";
  if (route.guard == Guard::Anyone && !refresh) return false;
  return find_token(call.request, settings, refresh ? kRefreshCookie : kAccessCookie).way ==
         PresentedToken::Way::Cookie;
}

bool is_open_without_factor(const Route& route) {
  return std::any_of(kOpenWithoutFactor.begin(), kOpenWithoutFactor.end(),
                     [&](std::string_view open) { return route.pattern == open; });
}

Response set_up_first() {
  return Response(403, "application/json",
                  ObjectText()
                      .boolean("error", true)
                      .boolean("two_factor_authentication_required", true)
                      .text("message", kSetUpFirst)
                      .finish());
}

}  // namespace

std::optional<Response> object(const Route& route, const Call& call, Services& services) {
  if (changes_something(route) && is_by_cookie(route, call, services) &&
      !is_same_origin(call.request, services.domain.settings.webauthn.origins)) {
    return forbidden(call.request, route.guard);
  }
  if (call.principal && call.principal->lacks_second_factor && !is_open_without_factor(route)) {
    return set_up_first();
  }
  return std::nullopt;
}

}  // namespace postern::handlers::kitsu

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/authenticate.hpp"
#include "domain/fingerprint.hpp"
#include "fcgi/request.hpp"
#include "handlers/services.hpp"

namespace postern::handlers {

/// What a visitor presented, in the words of the native API and the gate.
struct PresentedCredential {
  using As = domain::PresentedAs;
  As as = As::Bearer;
  std::string_view value;  ///< into the request; may be empty, which no check accepts
};

/// `Authorization: Bearer` (RFC 6750 section 2.1; a token or a key) or `DPoP` (RFC 9449
/// section 7.1; a client's token that is bound to a key), else `Authorization: ApiKey`, else
/// `X-API-Key`. Schemes are compared without case (RFC 9110 section 11.1). A scheme that is none of
/// these is somebody else's and counts as nothing. Authorization decides when both are sent.
/// Credentials in the query string are never read.
[[nodiscard]] std::optional<PresentedCredential> find_credential(const fcgi::Request& request);
/// The same of the two headers; none: not sent.
[[nodiscard]] std::optional<PresentedCredential> find_credential(
    std::optional<std::string_view> authorization, std::optional<std::string_view> api_key);

/// Besides, what browsers show in a cookie where no credential is in a header: the session of
/// whoever signed in at our pages, else the access token of the Kitsu dialect. Nobody chooses what
/// his browser sends along, so a session that is over does not stand in the way of a token beside
/// it (GateQuestion::turn_to_other). A cookie counts as nothing
/// where the request would change something and does not come from a page of the same origin
/// (same_origin.hpp): `cross_origin` says so.
struct CookieRule {
  std::string_view session{};              ///< session_cookie_name(); "" where it is not taken
  bool kitsu = false;                      ///< settings.gate.kitsu_cookie
  std::span<const std::string> origins{};  ///< settings.webauthn.origins
};
[[nodiscard]] CookieRule cookie_rule(const GateSettings& settings,
                                     const domain::OAuthSettings& oauth,
                                     std::span<const std::string> origins);
struct FoundCredential {
  std::optional<PresentedCredential> credential;
  std::optional<PresentedCredential> other{};  ///< where that one is a cookie, and over
  bool cross_origin = false;
};
/// Of a Cookie header; wherever the request comes from. One that is empty or there twice is none.
[[nodiscard]] FoundCredential find_in_cookies(std::string_view cookies, const CookieRule& rule);
[[nodiscard]] FoundCredential find_credential(const fcgi::Request& request, const CookieRule& rule);

/// None: nothing was presented. Otherwise whom it stands for, or why it is refused.
[[nodiscard]] std::optional<domain::Result<domain::Principal>> authenticate_request(
    const fcgi::Request& request, Services& services);

}  // namespace postern::handlers

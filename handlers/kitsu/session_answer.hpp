#pragma once

#include <json/value.h>

#include "domain/session.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::kitsu {

/// Whether the client is one of the browsers that get cookies instead of keeping tokens: Chrome,
/// Firefox, Safari, Edge, Opera, Brave, Vivaldi and their mobile kin, by its User-Agent.
[[nodiscard]] bool is_browser(const Request& request);

/// The tokens as cookies, where the client is a browser and the settings have cookies: HttpOnly,
/// SameSite=Lax, Max-Age=31540000, Secure where the issuer is https; the access token's for Path=/,
/// the refresh token's for the refresh route alone, with the prefix that the request came by.
void set_token_cookies(Response& response, const Request& request, const Services& services,
                       const domain::Tokens& tokens);
void set_access_cookie(Response& response, const Request& request, const Services& services,
                       const domain::Tokens& tokens);
void clear_access_cookie(Response& response, const Request& request, const Services& services);
void clear_refresh_cookie(Response& response, const Request& request, const Services& services);

}  // namespace postern::handlers::kitsu

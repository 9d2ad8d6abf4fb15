#pragma once

#include "domain/session.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::kitsu {

/// Whether the client is one of the browsers that get cookies instead of keeping tokens: Chrome,
/// Chrome Mobile, Firefox, Safari, Mobile Safari, Edge, Opera, Brave, Vivaldi, by its User-Agent.
/// Whatever names a product besides that those do not is something else.
[[nodiscard]] bool is_browser(const Request& request);
/// One of them, and the settings have cookies.
[[nodiscard]] bool gets_cookies(const Request& request, const Services& services);

/// The tokens as cookies, for whoever gets_cookies(): HttpOnly, SameSite=Lax, Max-Age=31540000,
/// Secure where the issuer is https; the access token's for Path=/, the refresh token's for the
/// refresh route alone, with the prefix that the request came by.
void set_token_cookies(Response& response, const Request& request, const Services& services,
                       const domain::Tokens& tokens);
void set_access_cookie(Response& response, const Services& services, const domain::Tokens& tokens);
void clear_access_cookie(Response& response, const Services& services);
void clear_refresh_cookie(Response& response, const Request& request, const Services& services);

}  // namespace postern::handlers::kitsu

#pragma once

#include <string>

#include "handlers/route.hpp"

namespace postern::handlers::sso {

/// The cookie by which the browser that comes back is known as the one that set out, so that
/// nobody can finish his own sign-in in somebody else's browser (RFC 6749 section 10.12). It holds
/// 256 random bits and is worth nothing without a state.

/// What this browser has already, since several sign-ins may be under way in it; else new.
[[nodiscard]] std::string browser_of(const Request& request, Services& services);
[[nodiscard]] bool is_same_browser(const Request& request, const Services& services,
                                   std::string_view browser);
/// `__Host-postern_sso`, which only https of this very host can set; on plain http, which is a
/// machine's own, `postern_sso`. For ten minutes, and for navigations alone (SameSite=Lax).
void set_browser_cookie(Response& response, const Services& services, const std::string& browser);

}  // namespace postern::handlers::sso

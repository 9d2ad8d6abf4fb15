#pragma once

#include <optional>

#include "handlers/route.hpp"

namespace postern::handlers::kitsu {

/// The dialect's own rules about a request whose guard let it through (Dialect::object):
/// - what changes something and is authenticated by a cookie comes from a page of the same origin
///   (same_origin.hpp); the logout and the refresh count, though they are GET. A login from a
///   browser does, too: it sets the cookies (CSRF on login);
/// - a session that lacks the second factor it has to have (Principal::lacks_second_factor) may set
///   one up, look who it is, refresh and log out, and nothing else.
[[nodiscard]] std::optional<Response> object(const Route& route, const Call& call,
                                             Services& services);

}  // namespace postern::handlers::kitsu

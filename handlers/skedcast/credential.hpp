#pragma once

#include <optional>

#include "domain/authenticate.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::skedcast {

/// The dialect's authentication (route.hpp): `Authorization: Bearer` with an access token or a key
/// of this dialect or a native one. A key of another style is KeyInvalid (rule R10). Nothing else
/// is read: no X-API-Key, no query string.
[[nodiscard]] std::optional<domain::Result<domain::Principal>> authenticate(const Request& request,
                                                                            Services& services);

}  // namespace postern::handlers::skedcast

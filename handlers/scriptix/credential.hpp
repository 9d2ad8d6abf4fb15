#pragma once

#include <optional>

#include "domain/authenticate.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::scriptix {

/// The dialect's authentication (route.hpp): `Authorization: Bearer` with a session's token or a
/// key, else the key of `x-zoom-s2t-key`, which older integrations send. Keys of this dialect's
/// styles and native ones; those of other dialects are KeyInvalid (rule R10).
[[nodiscard]] std::optional<domain::Result<domain::Principal>> authenticate(const Request& request,
                                                                            Services& services);

}  // namespace postern::handlers::scriptix

#pragma once

#include <optional>
#include <string_view>

#include "domain/authenticate.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::openskip {

enum class Presented { Bearer, Key };

struct Credential {
  Presented presented = Presented::Bearer;
  std::string_view value;  ///< into the request
};

/// `Authorization: Bearer` (any case), which decides also beside a key; else `X-API-Key`, unless it
/// is empty. Other schemes are somebody else's. Nothing is read from the query string.
[[nodiscard]] std::optional<Credential> find_credential(const Request& request);

/// The dialect's authentication (route.hpp): a bearer value is an access token and nothing else, a
/// key one of this dialect or a native one (rule R10).
[[nodiscard]] std::optional<domain::Result<domain::Principal>> authenticate(const Request& request,
                                                                            Services& services);

}  // namespace postern::handlers::openskip

#pragma once

#include <optional>
#include <string_view>

#include "domain/authenticate.hpp"
#include "handlers/dispatcharr/errors.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::dispatcharr {

struct Credential {
  Presented presented = Presented::Bearer;
  std::string_view value;  ///< into the request
  bool malformed = false;  ///< `Authorization: Bearer` without exactly one value
};

/// What the request presents, in the original's order: `Authorization: Bearer` (that exact
/// spelling), which is final even beside a key; else `X-API-Key`; else `Authorization: ApiKey`
/// (any case). Other schemes are somebody else's. Nothing is read from the query string.
[[nodiscard]] std::optional<Credential> find_credential(const Request& request);

/// The dialect's authentication (route.hpp). The account must be allowed on the
/// visitor's network too: NotPermitted where it is not.
[[nodiscard]] std::optional<domain::Result<domain::Principal>> authenticate(const Request& request,
                                                                            Services& services);

/// Whether the caller may change or see credentials of its account: with a session or the personal
/// key, the one key the original knows, which has all its user's power. A named key of the native
/// API may be narrower than its owner, and could otherwise issue itself a wider one.
[[nodiscard]] bool has_full_power(const domain::Principal& principal, Services& services);

/// Whether the account may come from this address (custom_properties.allowed_networks).
[[nodiscard]] bool network_allowed(Services& services, domain::AccountId account,
                                   std::string_view address);

}  // namespace postern::handlers::dispatcharr

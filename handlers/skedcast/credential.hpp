#pragma once

#include <optional>

#include "domain/authenticate.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::skedcast {

/// The dialect's authentication (route.hpp): `Authorization: Bearer` with an access token or a key
/// of this dialect or a native one, or with a client's token for the resource that the path belongs
/// to (also `Authorization: DPoP`, where it is bound; client_token.hpp), worth the permissions that
/// this resource lists. A key of another style is
/// KeyInvalid (rule R10). Nothing else is read: no X-API-Key, no query string.
[[nodiscard]] std::optional<domain::Result<domain::Principal>> authenticate(const Request& request,
                                                                            Services& services);

/// Where the path belongs to a resource: adds its metadata's address to the challenge.
void lead_to_server(Response& response, const Request& request, const domain::OAuthSettings& oauth);

}  // namespace postern::handlers::skedcast

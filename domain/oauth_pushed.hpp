#pragma once

#include <string_view>

#include "domain/oauth_client.hpp"

namespace postern::domain {

/// Pushed authorization requests (RFC 9126).

/// TooManyAttempts: one network keeps so many waiting and no more (rule R9), unless an
/// administrator made the client. Before push_request().
[[nodiscard]] Outcome charge_push(Services& services, const OAuthClient& client,
                                  const Origin& origin);

/// The request_uri: `urn:ietf:params:oauth:request_uri:` and 43 of [A-Za-z0-9], for
/// settings.oauth.pushed_lifetime. `parameters`: a URL-encoded form, sealed in the database.
/// ClientInvalid where the client is gone meanwhile.
[[nodiscard]] Result<Secret> push_request(Services& services, OAuthClientId client,
                                          std::string_view parameters);
/// What was pushed, once. GrantInvalid for what was not, by this client, or is too old or used.
[[nodiscard]] Result<Secret> take_pushed(Services& services, OAuthClientId client,
                                         std::string_view request_uri);

}  // namespace postern::domain

#pragma once

#include <string_view>

#include "domain/oauth_client.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::oauth {

/// A client by its client_id: one of the database, or one whose client_id is the https address of
/// its metadata document (draft-ietf-oauth-client-id-metadata-document, oauth.md 3a.25), fetched
/// (safe_fetch.hpp) and kept until it may be asked for again (5 minutes to 1 day, by its
/// Cache-Control). A document that cannot be had now and was had before goes on being believed for
/// a day. ClientInvalid; ProviderUnavailable where it could not be fetched.
[[nodiscard]] domain::Result<domain::OAuthClient> find_client(Services& services,
                                                              std::string_view client_id,
                                                              const domain::Origin& origin);

/// Its public keys as JSON text: given, or fetched from jwks_uri, and then kept for a time of their
/// own, as a document is. `refresh`: ask again now (at most once a minute), since a token names a
/// key that is not among them. ProviderUnavailable.
[[nodiscard]] domain::Result<std::string> keys_of(Services& services,
                                                  const domain::OAuthClient& client, bool refresh,
                                                  const domain::Origin& origin);

}  // namespace postern::handlers::oauth

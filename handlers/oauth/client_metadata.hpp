#pragma once

#include <json/value.h>

#include "domain/oauth_client.hpp"

namespace postern::handlers::oauth {

/// A client's metadata as JSON has them (RFC 7591 section 2, OpenID Connect registrations), read
/// with the server's defaults (client_secret_basic, authorization_code, code). Unknown members are
/// ignored, null is absent, unknown scopes are left out, grant types that strangers do not get
/// (`client_credentials`, and what is not OAuth 2.1's) too. InvalidInput, field: the member; for
/// redirect_uris it is invalid_redirect_uri, software_statement invalid_software_statement, else
/// invalid_client_metadata. As check_client_metadata() besides.
[[nodiscard]] domain::Result<domain::ClientMetadata> read_client_metadata(
    const Json::Value& document, domain::ClientOrigin origin, const domain::Settings& settings);

/// The same as they are told: all that is registered, defaults filled in, nothing null or empty.
[[nodiscard]] Json::Value show_client_metadata(const domain::ClientMetadata& metadata);

/// default_max_age (OpenID Connect Dynamic Client Registration 1.0 section 2): the max_age of
/// requests that name none.
[[nodiscard]] std::optional<domain::seconds> default_max_age(
    const domain::ClientMetadata& metadata);

}  // namespace postern::handlers::oauth

#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "domain/oauth_client.hpp"
#include "domain/settings.hpp"
#include "handlers/oauth/safe_fetch.hpp"

namespace postern::handlers::oauth {

/// Client-ID metadata documents (draft-ietf-oauth-client-id-metadata-document, oauth.md 3a.25).

/// Whether a client_id is meant as a document's address: it begins with https://.
[[nodiscard]] bool names_document(std::string_view client_id);

/// Whether it can be one: https, a path that is more than "/", no query, no fragment, no user name,
/// no dot segments, plain or escaped; at most 2048 bytes.
[[nodiscard]] bool is_document_address(std::string_view client_id);

/// What a fetched document says of its client. It must have come with 200 as JSON, its client_id
/// must be its address byte for byte, it may hold no secret, and its method must be none (also
/// where it names none) or private_key_jwt; read_client_metadata() besides. ClientInvalid;
/// ProviderUnavailable for 429 and 5xx.
[[nodiscard]] domain::Result<domain::ClientMetadata> read_document(
    const Fetched& fetched, const std::string& address, const domain::Settings& settings);

/// How long what was fetched is believed: 5 minutes to 1 day, an hour where nothing is said.
[[nodiscard]] std::chrono::seconds believed_for(const Fetched& fetched);

}  // namespace postern::handlers::oauth

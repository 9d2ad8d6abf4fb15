#pragma once

#include <json/value.h>

#include <optional>

#include "domain/webauthn.hpp"

namespace postern::handlers {

/// What browsers say about an authenticator, as JSON: {rawId, id, type, response: {…}}, each buffer
/// in base64url, with padding or without. None where one of the buffers is missing or no base64url.
/// clientDataJSON is read strictly (json_body.hpp); one that is not what it has to be comes out
/// with an empty type, and proves nothing. A userHandle that is no text counts as none: Kitsu's
/// pages send the buffer itself, which JSON writes as `{}`.
[[nodiscard]] std::optional<domain::WebauthnAttestation> read_attestation(
    const Json::Value& credential);
[[nodiscard]] std::optional<domain::WebauthnAssertion> read_assertion(
    const Json::Value& credential);

/// What the browser is asked for: PublicKeyCredentialCreationOptions, for somebody of that name.
[[nodiscard]] Json::Value creation_options(const domain::WebauthnCreation& told,
                                           const std::string& name,
                                           const std::string& display_name);
/// PublicKeyCredentialRequestOptions.
[[nodiscard]] Json::Value request_options(const domain::WebauthnRequest& told);

}  // namespace postern::handlers

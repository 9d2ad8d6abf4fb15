#pragma once

#include <json/value.h>

#include <optional>
#include <string>

namespace postern::handlers::oauth {

/// A key that clients sign with, as a JWK (RFC 7517): whether anything of it must stay secret, be
/// it the private half of a pair or a symmetric key.
[[nodiscard]] bool has_private_parts(const Json::Value& jwk);

/// Its thumbprint (RFC 7638) by SHA-256, in base64url, of the key as it is spelled: a coordinate of
/// an EC key may come without its leading zeros, and who writes it so reckons so. None for what is
/// neither EC nor RSA, or lacks a member. NOT checked: that it is a key.
[[nodiscard]] std::optional<std::string> thumbprint(const Json::Value& jwk);

}  // namespace postern::handlers::oauth

#pragma once

#include <json/value.h>

#include <optional>
#include <string>
#include <string_view>

#include "domain/bytes.hpp"
#include "handlers/sso/verification_key.hpp"

namespace postern::handlers::oauth {

/// A JSON Web Token of a client's in its compact form (RFC 7515 section 3.1), taken apart and NOT
/// verified: three parts of strict base64url, header and claims JSON objects, an `alg` that we take
/// (public keys only) and no `crit` (section 4.1.11: we understand none).
struct CompactJwt {
  sso::SignatureKind kind{};
  Json::Value header, claims;
  std::string type;         ///< `typ` in lower case without "application/"; "" for none
  std::string signed_text;  ///< header and claims as they were signed
  domain::Bytes signature;

  /// None for all else, and for more than `longest` bytes.
  [[nodiscard]] static std::optional<CompactJwt> parse(std::string_view text, std::size_t longest);
};

}  // namespace postern::handlers::oauth

#pragma once

#include <json/value.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/bytes.hpp"
#include "domain/result.hpp"
#include "handlers/sso/verification_key.hpp"

namespace postern::handlers::sso {

/// A JSON Web Token in its compact form (RFC 7515 section 3.1), taken apart and NOT verified.
struct SignedToken {
  SignatureKind kind{};
  std::string kid;
  std::string signed_text;  ///< header and claims as they were signed
  domain::Bytes signature;
  Json::Value claims;

  /// Three parts of strict base64url, at most 16 KiB; `alg` one that we take, a `kid`, no `crit`
  /// (RFC 7515 section 4.1.11), a `typ` of JWT if any. ProviderRefused with what is wrong.
  [[nodiscard]] static domain::Result<SignedToken> parse(std::string_view text);
};

/// A provider's JSON Web Key Set (RFC 7517 section 5).
class KeySet {
 public:
  /// None for what is no such set, or holds more than 100 keys. Keys that are not for us are left
  /// out.
  [[nodiscard]] static std::optional<KeySet> parse(std::string_view document);

  [[nodiscard]] bool knows(std::string_view kid) const;
  /// A key of this kid signed it, and signs for its issuer.
  [[nodiscard]] bool verifies(const SignedToken& token) const;

 private:
  std::vector<VerificationKey> keys_;
};

}  // namespace postern::handlers::sso

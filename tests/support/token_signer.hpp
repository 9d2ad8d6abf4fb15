#pragma once

#include <json/value.h>

#include <memory>
#include <string>

#include "handlers/sso/verification_key.hpp"

namespace postern::test {

/// An OpenID provider's signing key, made for a test.
class TokenSigner {
 public:
  /// `bits` of an RSA key.
  TokenSigner(handlers::sso::SignatureKind kind, std::string kid, unsigned bits = 2048);
  ~TokenSigner();

  /// The public key as a JWK with kty, kid, use and alg.
  [[nodiscard]] Json::Value jwk() const;
  /// A compact token. Members of `header` replace those it would have.
  [[nodiscard]] std::string sign(const Json::Value& claims,
                                 const Json::Value& header = Json::objectValue) const;

 private:
  struct Key;
  handlers::sso::SignatureKind kind_;
  std::string kid_;
  std::unique_ptr<Key> key_;
};

/// {"keys":[…]} of them.
[[nodiscard]] std::string key_set(std::initializer_list<const TokenSigner*> signers);

/// header.claims.signature of any texts.
[[nodiscard]] std::string compact(const std::string& header, const std::string& claims,
                                  const std::string& signature);

}  // namespace postern::test

#pragma once

#include <json/value.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "domain/bytes.hpp"

namespace postern::handlers::sso {

/// How a token may be signed (RFC 7518 section 3.1): public keys only. There is no `none`, and no
/// HS256, whose key would be what the provider and we both know (CVE-2015-9235).
enum class SignatureKind { Rs256, Ps256, Es256 };
[[nodiscard]] std::optional<SignatureKind> signature_kind(std::string_view alg);

/// A public key of a provider's or a client's (RFC 7517), good for what it says it is for and
/// nothing else.
class VerificationKey {
 public:
  /// RSA of 2048 to 8192 bits with an odd exponent of at most 32 bits, or EC on P-256 (coordinates
  /// with their leading zeros or without); with a `kid` of 1 to 255 characters, and where `use`,
  /// `key_ops` or `alg` stand there, for verifying. None for all else: a set may hold keys that are
  /// not for us.
  [[nodiscard]] static std::optional<VerificationKey> from_jwk(const Json::Value& jwk);
  /// The same, but that it may have no `kid`: where it is known otherwise which key is meant.
  [[nodiscard]] static std::optional<VerificationKey> from_nameless_jwk(const Json::Value& jwk);

  VerificationKey(VerificationKey&&) noexcept;
  VerificationKey& operator=(VerificationKey&&) noexcept;
  ~VerificationKey();

  [[nodiscard]] const std::string& kid() const { return kid_; }
  /// Microsoft's: whose tokens it signs; "" where the key does not say.
  [[nodiscard]] const std::string& issuer() const { return issuer_; }

  /// False as well where the key is of another type than the kind needs, or is for another.
  [[nodiscard]] bool verify(SignatureKind kind, std::string_view message,
                            domain::ByteView signature) const;

 private:
  struct Impl;
  explicit VerificationKey(std::unique_ptr<Impl> impl);
  std::string kid_, issuer_;
  std::optional<SignatureKind> only_;  ///< its `alg`
  std::unique_ptr<Impl> impl_;
};

}  // namespace postern::handlers::sso

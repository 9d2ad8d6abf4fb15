#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "domain/bytes.hpp"
#include "domain/clock.hpp"
#include "domain/es256.hpp"
#include "domain/rs256.hpp"
#include "domain/secret.hpp"
#include "domain/signing_keys.hpp"

namespace postern::domain {

/// One of our signing keys in memory. Not for others than signing_keys.cpp. Its private half is
/// parsed when it is first needed, so that whoever never checks RS256 does not pay for it. Not for
/// use by two threads.
class SigningKey {
 public:
  struct Span {
    Instant sign_after;
    std::optional<Instant> verify_until{};
  };
  /// `der`: PKCS#8. Throws std::runtime_error for a kid that we do not give.
  SigningKey(std::string kid, SigningAlgorithm algorithm, Secret der, const Span& span);

  [[nodiscard]] SigningAlgorithm algorithm() const { return algorithm_; }
  [[nodiscard]] bool lives_at(Instant now) const;
  [[nodiscard]] bool signs_at(Instant now) const;

  /// The first segment of its tokens of this type; "" where it signs none.
  [[nodiscard]] const std::string& header(TokenType type) const;

  /// These throw std::runtime_error where the private half is no key of its algorithm.
  [[nodiscard]] Bytes sign(std::string_view message) const;
  [[nodiscard]] bool verify(std::string_view message, ByteView signature) const;
  [[nodiscard]] PublicKey public_half() const;

 private:
  using Parsed = std::variant<Es256Key, Rs256Key>;
  [[nodiscard]] const Parsed& parsed() const;

  std::string kid_;
  SigningAlgorithm algorithm_;
  std::array<std::string, kTokenTypes.size()> headers_;
  mutable Secret der_;  ///< until it is parsed
  mutable std::optional<Parsed> parsed_;
  Span span_;
};

/// The public half of a private key (PKCS#8), under this name.
[[nodiscard]] PublicKey public_half_of(std::string_view kid, const Es256Key& key);
[[nodiscard]] PublicKey public_half_of(std::string_view kid, const Rs256Key& key);

/// Whether a token's first segment differs from what we write in nothing but the kid.
[[nodiscard]] bool is_our_header(std::string_view segment);

inline constexpr std::size_t kKidBytes = 8;

}  // namespace postern::domain

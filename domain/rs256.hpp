#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "domain/bytes.hpp"

namespace postern::domain {

/// One RSA key of 2048 bits, signing over SHA-256 with PKCS#1 v1.5 padding as RS256 has it (RFC
/// 7518 section 3.3), with the public exponent 65537. Not for use by two threads. What OpenSSL
/// refuses for no fault of the input throws std::runtime_error.
class Rs256Key {
 public:
  using Signature = std::array<std::uint8_t, 256>;

  static Rs256Key generate();  ///< takes about a tenth of a second
  /// From PKCS#8 DER. Throws std::runtime_error for anything but a private RSA key of 2048 bits.
  static Rs256Key from_der(ByteView der);

  Rs256Key(Rs256Key&&) noexcept;
  Rs256Key& operator=(Rs256Key&&) noexcept;
  ~Rs256Key();

  [[nodiscard]] Bytes private_der() const;
  /// Modulus and exponent without leading zeros, as a JWK has them (RFC 7518 section 6.3.1).
  [[nodiscard]] Bytes n() const;
  [[nodiscard]] Bytes e() const;

  [[nodiscard]] Signature sign(std::string_view message) const;
  [[nodiscard]] bool verify(std::string_view message, ByteView signature) const;

 private:
  struct Impl;
  explicit Rs256Key(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postern::domain

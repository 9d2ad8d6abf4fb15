#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "domain/bytes.hpp"

namespace postern::domain {

/// One ECDSA key on P-256, signing over SHA-256 as ES256 has it (RFC 7518 section 3.4): a signature
/// is r and s, 32 bytes each, with s in its lower half. Not for use by two threads. What OpenSSL
/// refuses for no fault of the input throws std::runtime_error.
class Es256Key {
 public:
  using Signature = std::array<std::uint8_t, 64>;

  static Es256Key generate();
  /// From PKCS#8 DER. Throws std::runtime_error for anything but a P-256 private key.
  static Es256Key from_der(ByteView der);

  Es256Key(Es256Key&&) noexcept;
  Es256Key& operator=(Es256Key&&) noexcept;
  ~Es256Key();

  [[nodiscard]] Bytes private_der() const;
  [[nodiscard]] std::array<std::uint8_t, 32> x() const;
  [[nodiscard]] std::array<std::uint8_t, 32> y() const;

  [[nodiscard]] Signature sign(std::string_view message) const;
  [[nodiscard]] bool verify(std::string_view message, ByteView signature) const;

 private:
  struct Impl;
  explicit Es256Key(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postern::domain

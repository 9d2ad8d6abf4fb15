#include "domain/alphanumeric_secret.hpp"

namespace postern::domain {
namespace {

constexpr std::string_view kAlphabet =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Divides the number that the bytes are, the first the highest, and answers the remainder.
unsigned divide(Digest& number, unsigned divisor) {
  unsigned remainder = 0;
  for (std::uint8_t& byte : number) {
    const unsigned value = remainder * 256 + byte;
    byte = static_cast<std::uint8_t>(value / divisor);
    remainder = value % divisor;
  }
  return remainder;
}

}  // namespace

Secret alphanumeric_secret(Random& random) {
  return Secret(random_base62(random, kAlphanumericSecretLength));
}

Secret alphanumeric_secret(const Digest& digest) {
  // 62^43 is more than 2^256: nothing of the number is left over.
  Digest number = digest;
  std::string text;
  for (std::size_t i = 0; i < kAlphanumericSecretLength; ++i)
    text += kAlphabet[divide(number, static_cast<unsigned>(kAlphabet.size()))];
  return Secret(std::move(text));
}

}  // namespace postern::domain

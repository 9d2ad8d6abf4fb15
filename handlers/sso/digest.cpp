#include "handlers/sso/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace postern::handlers::sso {

domain::Digest sha256(std::string_view text) {
  domain::Digest digest{};
  unsigned int length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1 ||
      length != digest.size()) {
    throw std::runtime_error("OpenSSL: SHA-256");
  }
  return digest;
}

std::string s256(std::string_view verifier) {
  return domain::base64url_encode(sha256(verifier));
}

std::string random_text(domain::Random& random) {
  std::array<std::uint8_t, 32> bytes{};
  random.fill(bytes);
  return domain::base64url_encode(bytes);
}

bool is_random_text(std::string_view text) {
  const auto bytes = domain::base64url_decode(text);
  return bytes && bytes->size() == 32;
}

}  // namespace postern::handlers::sso

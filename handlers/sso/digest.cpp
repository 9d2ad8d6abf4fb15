#include "handlers/sso/digest.hpp"

#include <array>

#include "domain/sha256.hpp"

namespace postern::handlers::sso {

std::string s256(std::string_view verifier) {
  return domain::base64url_encode(domain::sha256(domain::as_bytes(verifier)));
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

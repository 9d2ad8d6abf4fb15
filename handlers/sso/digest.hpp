#pragma once

#include <string>
#include <string_view>

#include "domain/bytes.hpp"
#include "domain/random.hpp"

namespace postern::handlers::sso {

/// The S256 challenge of a verifier (RFC 7636 section 4.2).
[[nodiscard]] std::string s256(std::string_view verifier);
/// 43 characters of base64url, 256 bits: verifiers, nonces, what is in the cookie.
[[nodiscard]] std::string random_text(domain::Random& random);
/// Whether it has the form of such a text, or of an S256 challenge.
[[nodiscard]] bool is_random_text(std::string_view text);

}  // namespace postern::handlers::sso

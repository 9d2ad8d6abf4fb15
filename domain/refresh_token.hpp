#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/key_ring.hpp"
#include "domain/secret.hpp"
#include "domain/uuid.hpp"

namespace postern::domain {

/// A refresh token (rule R1) is `prt_` + base64url of 42 bytes + checksum6 over all before it:
/// version (1) | master key id (1) | session id (16) | counter (8, big endian) | HMAC-SHA-256 over
/// those 26 bytes, cut to 128 bits (16). Always 4 + 56 + 6 = 66 characters. It is derived, never
/// stored: equal inputs give equal tokens, which is what R2 rests on.
inline constexpr std::string_view kRefreshPrefix = "prt_";
inline constexpr std::size_t kRefreshTokenLength = 66;

struct RefreshToken {
  SessionId session;
  std::uint64_t counter = 0;
  std::uint8_t key_id = 0;
};

[[nodiscard]] Secret encode_refresh_token(const KeyRing& ring, const RefreshToken& token);
/// RefreshInvalid for anything that is not, bit for bit, a token that this ring made;
/// TokenWrongKind for what is plainly a credential of another kind (a JWT, an API key).
[[nodiscard]] Result<RefreshToken> decode_refresh_token(const KeyRing& ring, std::string_view text);

}  // namespace postern::domain

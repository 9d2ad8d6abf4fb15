#pragma once

#include <cstdint>
#include <string_view>

#include "domain/key_ring.hpp"
#include "domain/secret.hpp"

namespace postern::domain {

/// The wire form of bot_token.hpp's tokens: a compact JWS (RFC 7515) under HS256.

/// The token over these claims, signed under the ring's present key.
[[nodiscard]] Secret sign_bot_token(const KeyRing& ring, std::string_view claims);

/// What is stored of one (rule R5): a keyed hash of all of it. `key_id` must be one of the ring's.
[[nodiscard]] Digest hash_bot_token(const KeyRing& ring, std::uint8_t key_id,
                                    std::string_view token);

}  // namespace postern::domain

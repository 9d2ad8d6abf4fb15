#pragma once

#include <string_view>

#include "handlers/oauth/compact_jwt.hpp"

namespace postern::handlers::oauth {

/// Which key of a client's JSON Web Key Set (RFC 7517 section 5) a token is of: the one that its
/// `kid` names, or the only one of the set, where that or the token has no `kid`.
enum class KeyMatch {
  Signed,     ///< that key signed it
  NotSigned,  ///< that key did not
  Unknown     ///< there is no such key: newer ones may have it
};
/// Symmetric and private keys are none; a set holds at most 100.
[[nodiscard]] KeyMatch match_keys(std::string_view key_set, const CompactJwt& jwt);

/// Whether it is such a set with at least one key that we can verify with.
[[nodiscard]] bool is_key_set(std::string_view text);

}  // namespace postern::handlers::oauth

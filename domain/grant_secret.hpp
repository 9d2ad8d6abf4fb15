#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/key_ring.hpp"

namespace postern::domain {

/// What leads to a grant and is known to us by its keyed hash alone (rule R5). One text hashes
/// differently as each of them (rule R10).
enum class GrantSecret { Code, Challenge, DeviceCode, UserCode, PushedRequest };

[[nodiscard]] Digest hash_grant_secret(const KeyRing& ring, GrantSecret kind,
                                       std::string_view text);
/// All that it may be stored as, in hexadecimal: one under every key of the ring.
[[nodiscard]] std::vector<std::string> grant_secret_hashes(const KeyRing& ring, GrantSecret kind,
                                                           std::string_view text);

}  // namespace postern::domain

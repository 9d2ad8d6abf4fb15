#pragma once

#include "domain/bytes.hpp"
#include "domain/random.hpp"
#include "domain/secret.hpp"

namespace postern::domain {

inline constexpr std::size_t kAlphanumericSecretLength = 43;

/// 256 random bits (rule R5) as 43 characters of [A-Za-z0-9]: what clients of OAuth are given,
/// which are not at one whether to percent-encode a '-' or '_' within an Authorization header.
[[nodiscard]] Secret alphanumeric_secret(Random& random);
/// The same of a keyed hash, for what has to come out alike each time: two hashes never make the
/// same text.
[[nodiscard]] Secret alphanumeric_secret(const Digest& digest);

}  // namespace postern::domain

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/key_ring.hpp"

namespace postern::domain {

/// The keyed hashes, in hexadecimal, that `secret` may be stored under: one under every key of the
/// ring, since its text does not say which one was current when it was made. Whatever is given is
/// hashed, so that what cannot be a secret of ours costs the same.
[[nodiscard]] std::vector<std::string> ring_hashes(const KeyRing& ring, KeyPurpose purpose,
                                                   std::string_view secret);

}  // namespace postern::domain

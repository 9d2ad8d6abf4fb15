#pragma once

#include "domain/bytes.hpp"

namespace postern::domain {

/// SHA-256, for what is public or has no key: names, thumbprints, challenges. Secrets of ours are
/// hashed under a key (key_ring.hpp). std::runtime_error where OpenSSL has none.
[[nodiscard]] Digest sha256(ByteView data);

}  // namespace postern::domain

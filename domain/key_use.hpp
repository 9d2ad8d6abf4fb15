#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "domain/credential_cache.hpp"
#include "domain/database.hpp"

namespace postern::domain {

/// How many uses one statement writes.
inline constexpr std::size_t kKeyUsesAtOnce = 500;

/// Writes when keys were last used, for their owners to see; a time only ever moves forward, and a
/// key that is gone is passed over. Waits for no row: it returns the uses of keys that somebody
/// else is changing just now, to be tried again. Throws as Database does; uses may have been
/// written by then, and writing them again does no harm.
[[nodiscard]] std::vector<KeyUse> write_key_uses(Executor& executor, std::span<const KeyUse> uses);

}  // namespace postern::domain

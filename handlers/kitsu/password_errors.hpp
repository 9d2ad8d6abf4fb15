#pragma once

#include "handlers/kitsu/errors.hpp"

namespace postern::handlers::kitsu {

/// Why a password was not set: 400 without `data` for what is wrong with it; as refusal() else.
[[nodiscard]] Response password_refused(const domain::Error& error);

}  // namespace postern::handlers::kitsu

#pragma once

#include "handlers/route.hpp"

namespace postern::handlers {

/// SkedCast's API: its sample resource, to which its keys and access tokens are shown.
/// docs/skedcast.md says what is answered and what is a guess.
[[nodiscard]] const Dialect& skedcast_dialect();

}  // namespace postern::handlers

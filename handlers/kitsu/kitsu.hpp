#pragma once

#include "handlers/route.hpp"

namespace postern::handlers {

/// Kitsu's API, as its clients and SDKs speak it: accounts, persons, bots, second factors, under
/// /api/ and at the bare paths. docs/kitsu.md says what is there, and what differs.
[[nodiscard]] const Dialect& kitsu_dialect();

}  // namespace postern::handlers

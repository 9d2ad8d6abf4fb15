#pragma once

#include "handlers/route.hpp"

namespace postern::handlers {

/// The native API, v1: everything the store can do, below /auth/v1/. Its OpenAPI document
/// (openapi.json) says the same as its route table; a test holds the two together.
[[nodiscard]] const Dialect& native_dialect();

}  // namespace postern::handlers

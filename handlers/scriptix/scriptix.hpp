#pragma once

#include "handlers/route.hpp"

namespace postern::handlers {

/// The authentication API of Scriptix: login with a second step, API access tokens, API keys and
/// the own account, as its document has them. Only these paths are its own; the rest of /api/v3/
/// belongs to the site behind the gate. docs/scriptix.md says what the document leaves open.
[[nodiscard]] const Dialect& scriptix_dialect();

}  // namespace postern::handlers

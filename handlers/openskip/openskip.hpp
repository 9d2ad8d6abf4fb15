#pragma once

#include "handlers/route.hpp"

namespace postern::handlers {

/// The authentication API of OpenSkip: the routes its document names, the form login of its
/// overview, and administration. docs/openskip.md says what is a guess and where it differs.
[[nodiscard]] const Dialect& openskip_dialect();

}  // namespace postern::handlers

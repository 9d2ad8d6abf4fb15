#pragma once

#include "handlers/route.hpp"

namespace postern::handlers {

/// The authorization server: OAuth 2.1, OpenID Connect and SkedCast's document of them, with the
/// pages that people see. Errors are JSON as RFC 6749 section 5.2 has it, or a page.
[[nodiscard]] const Dialect& oauth_dialect();

}  // namespace postern::handlers

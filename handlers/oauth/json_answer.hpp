#pragma once

#include <string>

#include "handlers/route.hpp"

namespace postern::handlers::oauth {

/// An answer that holds tokens or says something of them: JSON, kept by no cache (RFC 6749 section
/// 5.1 wants Pragma besides), and any origin's code may read it.
[[nodiscard]] Response json_answer(int status, std::string body);

}  // namespace postern::handlers::oauth

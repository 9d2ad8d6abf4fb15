#pragma once

#include <string_view>

#include "domain/services.hpp"

namespace postern::domain {

/// Takes note of the jti of a signed statement of others (RFC 7523 section 3): true the first time,
/// false for a repetition, on whatever machine. `expires_at`: when the statement itself is refused.
[[nodiscard]] bool use_token_id(Services& services, std::string_view issuer,
                                std::string_view token_id, Instant expires_at);

}  // namespace postern::domain

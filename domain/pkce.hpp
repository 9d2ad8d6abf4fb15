#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postern::domain {

/// The S256 challenge of a verifier (RFC 7636 section 4.2), 43 characters of base64url; none for
/// what is no verifier: 43 to 128 unreserved characters (section 4.1).
[[nodiscard]] std::optional<std::string> challenge_of(std::string_view verifier);

}  // namespace postern::domain

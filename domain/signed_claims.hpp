#pragma once

#include <optional>
#include <string_view>

#include "domain/flat_json.hpp"
#include "domain/services.hpp"

namespace postern::domain {

/// The claims of a token that one of our signing keys signed, for ourselves: `iss` and `aud` are
/// this installation. None for all else. A key that another process made is loaded first. NOT
/// checked: the kind, any time.
[[nodiscard]] std::optional<FlatJson> read_signed_claims(Services& services,
                                                         std::string_view token);

/// A NumericDate (RFC 7519 section 2); none where there is none that we can have written.
[[nodiscard]] std::optional<Instant> claimed_time(const FlatJson& claims, std::string_view name);

}  // namespace postern::domain

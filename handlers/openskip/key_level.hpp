#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/api_key.hpp"

namespace postern::handlers::openskip {

/// The name of this dialect, and of the style of its keys (domain/key_style.hpp).
inline constexpr std::string_view kDialect = "openskip";

/// The words for what a key may do, lowest first. Each is the permission of the same name.
inline constexpr std::array<std::string_view, 3> kKeyLevels{"read", "submit", "moderate"};

/// What a key's one word stands for: it and those below. None: no such level.
[[nodiscard]] std::optional<std::vector<std::string>> permissions_of(std::string_view level);

/// The word that a key's permissions read as: the highest level it reaches, so that what
/// permissions_of() gave reads as it was. All that its owner may do reads as `moderate`.
[[nodiscard]] std::string_view level_of(const domain::ApiKey& key);

}  // namespace postern::handlers::openskip

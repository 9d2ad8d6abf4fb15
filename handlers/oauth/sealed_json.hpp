#pragma once

#include <json/value.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "handlers/services.hpp"

namespace postern::handlers::oauth {

/// What goes from page to page in an address, and is to be seen and made by nobody else: sealed
/// under the master key, as base64url. `context` keeps one use from passing for another (rule R10).

/// It has to fit into an address that every web server takes.
inline constexpr std::size_t kLongestSealed = 6144;
/// What a client may have given back with an answer (`state`).
inline constexpr std::size_t kLongestState = 2048;

[[nodiscard]] std::string seal_json(Services& services, std::string_view context,
                                    const Json::Value& object);
/// None for what is not ours. NOT checked: its age.
[[nodiscard]] std::optional<Json::Value> open_json(Services& services, std::string_view context,
                                                   std::string_view text);

}  // namespace postern::handlers::oauth

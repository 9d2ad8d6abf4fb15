#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "domain/result.hpp"
#include "domain/settings.hpp"

namespace postern::domain {

/// What keys of one dialect look like and what holds for them.
struct KeyStyle {
  std::string_view dialect;
  std::string type;    ///< as it is stored: the usual one where none was named
  std::string prefix;  ///< at most 16 characters (api_key.hpp)
  std::optional<std::chrono::days> longest_lifetime;  ///< set: an expiry is mandatory
  /// Of the owner's role, to make or rotate such a key; "" for none.
  std::string_view required_permission{};
  bool unique_names = false;  ///< among the account's live keys of this style
};

/// The style of (dialect, type): native (type ""; settings.keys.prefix, unique names), openskip
/// (""; osk_), skedcast ("live"; sked_live_; expiry mandatory, at most 365 days; needs
/// keys.create), scriptix ("batch", "realtime": token_; any other word of 2-8 letters a-z:
/// sk_<type>_). A type "" stands for the dialect's usual one (skedcast: live, scriptix: live).
/// InvalidInput field dialect or type, reason unknown.
[[nodiscard]] Result<KeyStyle> find_key_style(const Settings& settings, std::string_view dialect,
                                              std::string_view type);
/// Postern's own, which personal keys have too.
[[nodiscard]] KeyStyle native_key_style(const Settings& settings);

}  // namespace postern::domain

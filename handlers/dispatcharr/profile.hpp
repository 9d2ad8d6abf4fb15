#pragma once

#include <json/value.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/dialect_profile.hpp"
#include "handlers/services.hpp"

namespace postern::handlers::dispatcharr {

/// The name under which the store keeps what is this dialect's own.
inline constexpr std::string_view kDialect = "dispatcharr";

/// What the original keeps about a user and the account does not.
struct Profile {
  std::string first_name, last_name;
  std::vector<std::int64_t> channel_profiles;
  Json::Value custom_properties{Json::objectValue};
  Json::Value avatar_config{Json::objectValue};
  std::int64_t stream_limit = 0;
};

/// What to change; what is absent stays.
struct ProfileWish {
  std::optional<std::string> first_name, last_name;
  std::optional<std::vector<std::int64_t>> channel_profiles;
  std::optional<Json::Value> custom_properties, avatar_config;
  std::optional<std::int64_t> stream_limit;
  /// custom_properties is laid over the present one, member by member, null taking one away.
  bool merge = false;

  [[nodiscard]] bool empty() const;
};

/// The stored text as a profile; "" is the default one. A text that cannot be read throws
/// std::runtime_error: guessing could lift a restriction.
[[nodiscard]] Profile parse_profile(std::string_view stored);
[[nodiscard]] std::string write_profile_text(const Profile& profile);

[[nodiscard]] Profile load_profile(Services& services, domain::AccountId account);
/// Under the store's lock, so that two merges lose nothing.
[[nodiscard]] domain::Outcome change_profile(Services& services, domain::AccountId account,
                                             const ProfileWish& wish);

}  // namespace postern::handlers::dispatcharr

#pragma once

#include <json/value.h>

#include <optional>
#include <string>
#include <string_view>

#include "domain/dialect_profile.hpp"
#include "handlers/services.hpp"

namespace postern::handlers::kitsu {

/// The name under which the store keeps what is this dialect's own.
inline constexpr std::string_view kDialect = "kitsu";

/// What the original keeps about a person and the account does not (profile_fields.hpp), and two
/// things that come about: the end of the person's token, and when something was last changed.
class Profile {
 public:
  Profile() = default;
  explicit Profile(Json::Value kept) : kept_(std::move(kept)) {}

  /// What is kept under a field's name, or what the original has where nothing is.
  [[nodiscard]] Json::Value get(std::string_view field) const;
  [[nodiscard]] std::string text(std::string_view field) const { return get(field).asString(); }
  /// The last day of the token: null for none.
  [[nodiscard]] Json::Value expiration_date() const;
  [[nodiscard]] std::optional<domain::Instant> changed_at() const;

 private:
  Json::Value kept_{Json::objectValue};
};

/// What to change; what is absent stays.
struct ProfileWish {
  Json::Value fields{Json::objectValue};  ///< of read_profile_fields()
  /// The token was made anew: its last day, or null.
  std::optional<Json::Value> expiration_date{};
};

/// The stored text as a profile; "" is the default one. A text that cannot be read throws
/// std::runtime_error.
[[nodiscard]] Profile parse_profile(std::string_view stored);
[[nodiscard]] Profile load_profile(Services& services, domain::AccountId account);
/// Under the store's lock, so that two changes at once lose nothing. NotFound.
[[nodiscard]] domain::Outcome change_profile(Services& services, domain::AccountId account,
                                             const ProfileWish& wish);

}  // namespace postern::handlers::kitsu

#pragma once

#include <optional>
#include <string>

#include "handlers/kitsu/profile.hpp"
#include "handlers/kitsu/reader.hpp"

namespace postern::handlers::kitsu {

/// Who writes about whom: what of a body counts.
struct Author {
  bool is_admin = false;
  bool is_self = false;
  bool about_bot = false;
  bool by_session = false;  ///< and not by a token that may lie about in a script

  /// Administrators hand out what others may not take: role, state, department and the like.
  [[nodiscard]] bool may_rule() const { return is_admin; }
  /// By another address of his whoever found a token could set himself a password, and have the
  /// account for good.
  [[nodiscard]] bool may_rename() const { return !is_self || by_session; }
  /// Of bots an administrator makes the token anew, of people nobody but themselves. A bot does not
  /// for itself: a stolen token could outlive its taking back.
  [[nodiscard]] bool may_make_token() const {
    return is_self != about_bot && (is_self || is_admin);
  }
};

/// What a body wants of a person; what is absent stays.
struct PersonWish {
  std::optional<std::string> email, desktop_login, role;  ///< role: one of the six words
  std::optional<bool> active;
  bool is_bot = false;                            ///< of a new one
  std::optional<domain::Secret> password;         ///< of a new one
  std::optional<std::string> preferred_factor{};  ///< in the domain's words
  bool new_token = false;                         ///< the key expiration_date is there, be it null
  std::optional<std::string> ends_on;             ///< YYYY-MM-DD, today or later
  ProfileWish profile;
};

/// A wish, or why it is none.
struct ReadWish {
  PersonWish wish;
  std::optional<Response> refusal;
};

/// For a new person, by an administrator.
[[nodiscard]] ReadWish read_new_person(const Request& request, const Services& services);
/// For a present one. What the author may not say is passed over: SDKs send whole objects back. So
/// are members that are nobody's to write.
[[nodiscard]] ReadWish read_person_change(const Request& request, const Services& services,
                                          const Author& author);

}  // namespace postern::handlers::kitsu

#pragma once

#include <json/value.h>

#include "domain/account.hpp"
#include "handlers/kitsu/profile.hpp"
#include "handlers/services.hpp"

namespace postern::handlers::kitsu {

/// A person as the original writes one: everything of the account and of its profile, and never a
/// secret. `departments` is a list of ids. Times are UTC without Z and fraction.
[[nodiscard]] Json::Value person_object(const domain::Account& account, const Profile& profile,
                                        const KitsuSettings& settings);
/// What everybody may know of a person: id, type, names, has_avatar, active, departments,
/// studio_id, role, desktop_login, is_bot.
[[nodiscard]] Json::Value minimal_person_object(const domain::Account& account,
                                                const Profile& profile);
/// person_object() of an account whose profile has to be read first.
[[nodiscard]] Json::Value person_object(Services& services, const domain::Account& account);

/// The installation. Administrators see three members more.
[[nodiscard]] Json::Value organisation_object(const KitsuSettings& settings, bool for_admin);

/// The account's role in this dialect's words: user, supervisor, manager, client, vendor, admin.
/// Roles of other names are `admin` where they administer (not asked here: only the role `admin`
/// does) and `user` otherwise.
[[nodiscard]] std::string_view role_word(std::string_view role);

/// Whether it is one of those six words.
[[nodiscard]] bool is_role_word(std::string_view word);

/// A factor's name in this dialect's words: `fido` for webauthn, the others as they are.
[[nodiscard]] std::string_view factor_word(std::string_view factor);

/// `2024-01-15T10:30:00`
[[nodiscard]] std::string time_text(domain::Instant at);

}  // namespace postern::handlers::kitsu

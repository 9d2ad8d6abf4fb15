#include "handlers/kitsu/person_object.hpp"

#include <algorithm>
#include <array>

#include "domain/sha256.hpp"
#include "domain/text.hpp"
#include "handlers/kitsu/login_name.hpp"
#include "handlers/kitsu/profile_fields.hpp"

namespace postern::handlers::kitsu {
namespace {

constexpr std::array<std::string_view, 6> kRoles{"user",   "supervisor", "manager",
                                                 "client", "vendor",     "admin"};

/// Bots have one name. Who has none goes by what he logs in with, but never by an address.
std::string full_name(const std::string& first, const std::string& last,
                      const std::string& desktop_login) {
  if (first.empty() && last.empty()) return desktop_login;
  if (first.empty() || last.empty()) return first + last;
  return first + ' ' + last;
}

Json::Value text_or_null(const std::optional<std::string>& text) {
  return text ? Json::Value(*text) : Json::Value();
}

void add_names(Json::Value& object, const domain::Account& account, const Profile& profile) {
  const auto first = profile.text("first_name");
  const auto last = profile.text("last_name");
  const auto desktop_login = kitsu::desktop_login(account);
  object["id"] = account.id.text();
  object["type"] = "Person";
  object["first_name"] = first;
  object["last_name"] = last;
  object["full_name"] = full_name(first, last, desktop_login);
  object["desktop_login"] = desktop_login;
  object["has_avatar"] = false;
  object["active"] = account.may_act();
  object["role"] = std::string(role_word(account.role));
  object["is_bot"] = account.is_bot;
}

void add_factors(Json::Value& object, const domain::Account& account) {
  object["totp_enabled"] = account.totp_enabled;
  object["email_otp_enabled"] = account.email_otp_enabled;
  object["fido_enabled"] = account.webauthn_enabled;
  const auto word = factor_word(account.preferred_factor);
  object["preferred_two_factor_authentication"] =
      word.empty() ? Json::Value() : Json::Value(std::string(word));
}

/// A name for good of what has none in the account table: RFC 9562 version 8, of the words.
std::string id_of(std::string_view words) {
  const auto digest = domain::sha256(domain::as_bytes(words));
  domain::Uuid id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0FU) | 0x80U);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3FU) | 0x80U);
  return id.text();
}

}  // namespace

std::string time_text(domain::Instant at) {
  auto text = domain::rfc3339(at);
  text.pop_back();  // the Z
  return text;
}

std::string_view role_word(std::string_view role) {
  const auto* found = std::find(kRoles.begin(), kRoles.end(), role);
  return found == kRoles.end() ? kRoles.front() : *found;
}

bool is_role_word(std::string_view word) {
  return std::find(kRoles.begin(), kRoles.end(), word) != kRoles.end();
}

std::string_view factor_word(std::string_view factor) {
  return factor == "webauthn" ? "fido" : factor;
}

Json::Value person_object(const domain::Account& account, const Profile& profile,
                          const KitsuSettings& settings) {
  Json::Value object(Json::objectValue);
  for (const auto& field : profile_fields())
    object[std::string(field.name)] = profile.get(field.name);
  if (profile.text("timezone").empty()) object["timezone"] = settings.timezone;
  if (profile.text("locale").empty()) object["locale"] = settings.locale;
  add_names(object, account, profile);
  add_factors(object, account);
  object["email"] = text_or_null(account.email);
  object["expiration_date"] = profile.expiration_date();
  object["created_at"] = time_text(account.created_at);
  object["updated_at"] = time_text(profile.changed_at().value_or(account.created_at));
  return object;
}

Json::Value minimal_person_object(const domain::Account& account, const Profile& profile) {
  Json::Value object(Json::objectValue);
  add_names(object, account, profile);
  object["departments"] = profile.get("departments");
  object["studio_id"] = profile.get("studio_id");
  return object;
}

Json::Value person_object(Services& services, const domain::Account& account) {
  return person_object(account, load_profile(services, account.id), services.settings.kitsu);
}

Json::Value organisation_object(const KitsuSettings& settings, bool for_admin) {
  constexpr double kHoursByDay = 8.0;
  Json::Value object(Json::objectValue);
  object["id"] = id_of(settings.organisation);
  object["type"] = "Organisation";
  object["name"] = settings.organisation;
  object["hours_by_day"] = kHoursByDay;
  object["has_avatar"] = false;
  object["use_original_file_name"] = false;
  object["timesheets_locked"] = false;
  object["format_duration_in_hours"] = false;
  object["hd_by_default"] = false;
  object["dark_theme_by_default"] = false;
  object["created_at"] = Json::Value();
  object["updated_at"] = Json::Value();
  if (!for_admin) return object;
  object["chat_token_slack"] = "";
  object["chat_webhook_mattermost"] = "";
  object["chat_token_discord"] = "";
  return object;
}

}  // namespace postern::handlers::kitsu

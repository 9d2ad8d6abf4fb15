#include "handlers/dispatcharr/user_object.hpp"

#include "domain/api_key.hpp"
#include "domain/text.hpp"
#include "handlers/dispatcharr/credential.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::dispatcharr {
namespace {

constexpr std::int64_t kStreamer = 0;
constexpr std::int64_t kStandard = 1;
constexpr std::int64_t kAdmin = 10;

std::string secret_or_null(const std::optional<domain::Secret>& secret) {
  if (!secret) return "null";
  return '"' + std::string(secret->reveal()) + '"';  // base62 and '_': nothing to escape
}

}  // namespace

std::int64_t level_of(std::string_view role) {
  if (role == "admin") return kAdmin;
  return role == "streamer" ? kStreamer : kStandard;
}

std::optional<std::string> role_of(std::int64_t level) {
  switch (level) {
    case kStreamer:
      return "streamer";
    case kStandard:
      return "member";
    case kAdmin:
      return "admin";
    default:
      return std::nullopt;
  }
}

std::string user_object(const domain::Account& account, const Profile& profile,
                        const std::optional<domain::Secret>& api_key) {
  const auto level = level_of(account.role);
  std::string last_login;
  if (account.last_login_at) last_login = domain::rfc3339_micros(*account.last_login_at);
  return ObjectText()
      .number("id", account.number)
      .text("username", account.username)
      .raw("api_key", secret_or_null(api_key))
      .text("email", account.email.value_or(""))
      .number("user_level", level)
      .raw("channel_profiles", number_list(profile.channel_profiles))
      .value("custom_properties", profile.custom_properties)
      .value("avatar_config", profile.avatar_config)
      .number("stream_limit", profile.stream_limit)
      .boolean("is_staff", level == kAdmin)
      .boolean("is_superuser", level == kAdmin)
      .text_or_null("last_login", account.last_login_at ? &last_login : nullptr)
      .text("date_joined", domain::rfc3339_micros(account.created_at))
      .text("first_name", profile.first_name)
      .text("last_name", profile.last_name)
      .finish();
}

std::string user_object(Services& services, const domain::Account& account,
                        const domain::Principal& caller) {
  return user_object(account, load_profile(services, account.id),
                     readable_key(services, account.id, caller));
}

std::optional<domain::Secret> readable_key(Services& services, domain::AccountId account,
                                           const domain::Principal& caller) {
  if (!services.domain.settings.keys.read_back || !has_full_power(caller, services))
    return std::nullopt;
  return domain::read_back_personal_key(services.domain, account);
}

}  // namespace postern::handlers::dispatcharr

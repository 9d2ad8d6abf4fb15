#include "handlers/dispatcharr/user_wish.hpp"

#include "domain/password_change.hpp"
#include "domain/text.hpp"
#include "handlers/dispatcharr/networks.hpp"
#include "handlers/dispatcharr/user_object.hpp"
#include "handlers/json_body.hpp"

namespace postern::handlers::dispatcharr {
namespace {

constexpr std::size_t kUsernameLimit = 150;
constexpr std::size_t kEmailLimit = 254;
constexpr std::size_t kNameLimit = 150;
constexpr std::size_t kChannelProfileLimit = 1000;
constexpr std::int64_t kLargestInteger = 2147483647;

std::optional<std::string> read_username(Fields& fields, bool required) {
  auto username = fields.text("username", {.required = required, .most = kUsernameLimit});
  if (username && !domain::check_username(*username)) {
    fields.refuse("username",
                  "Enter a valid username. This value may contain only letters, numbers, and "
                  "@/./+/-/_ characters.");
  }
  return username;
}

std::optional<std::string> read_email(Fields& fields) {
  auto email = fields.text("email", {.blank = true, .most = kEmailLimit});
  if (email && !email->empty() && !domain::check_email(*email))
    fields.refuse("email", "Enter a valid email address.");
  return email;
}

std::optional<std::int64_t> read_level(Fields& fields) {
  const auto level = fields.integer("user_level", -kLargestInteger - 1, kLargestInteger);
  if (level && !role_of(*level))
    fields.refuse("user_level", '"' + std::to_string(*level) + "\" is not a valid choice.");
  return level;
}

/// Django's words for its own password rules.
std::string password_message(const domain::Error& error, const domain::PasswordSettings& rules) {
  if (error.reason == "too_short") {
    return "This password is too short. It must contain at least " +
           std::to_string(rules.min_length) + " characters.";
  }
  if (error.reason == "too_long") {
    return "This password is too long. It must contain at most " +
           std::to_string(rules.max_length) + " bytes.";
  }
  if (error.reason == "too_common") return "This password is too common.";
  return "Enter a valid password.";
}

std::optional<domain::Secret> read_password(Fields& fields, const Services& services,
                                            bool required) {
  auto password = fields.secret("password", required);
  if (!password) return password;
  const auto acceptable = services.domain.passwords.check_acceptable(*password, "password");
  if (!acceptable) {
    fields.refuse("password",
                  password_message(acceptable.error(), services.domain.settings.password));
  }
  return password;
}

/// Of the original's limit on names; the rest of the profile is bounded as a whole.
std::optional<std::string> read_name(Fields& fields, std::string_view member) {
  return fields.text(member, {.blank = true, .most = kNameLimit});
}

void check_properties(Fields& fields, const ProfileWish& wish) {
  if (!wish.custom_properties) return;
  if (const auto fault = networks_fault(*wish.custom_properties))
    fields.refuse("custom_properties", *fault);
}

void check_size(Fields& fields, const ProfileWish& wish) {
  std::size_t size = 0;
  if (wish.custom_properties) size += write_json(*wish.custom_properties).size();
  if (wish.avatar_config) size += write_json(*wish.avatar_config).size();
  // Half of what the store takes: the other members need some of it.
  const std::size_t most = domain::kProfileLimit / 2;
  if (size > most && fields.ok()) {
    fields.refuse(wish.custom_properties ? "custom_properties" : "avatar_config",
                  "Ensure this field has no more than " + std::to_string(most) + " bytes.");
  }
}

domain::AccountChange account_change(const domain::Account& user, const UserWish& wish) {
  domain::AccountChange change;
  change.username = wish.username;
  change.email = wish.email;
  // A role of ours that reads as the same level stays what it is.
  if (wish.level && *wish.level != level_of(user.role)) change.role = role_of(*wish.level);
  return change;
}

}  // namespace

UserWish read_user(Fields& fields, const Services& services, bool whole) {
  UserWish wish;
  wish.username = read_username(fields, whole);
  wish.email = read_email(fields);
  wish.level = read_level(fields);
  wish.password = read_password(fields, services, whole);
  wish.profile.channel_profiles = fields.ids("channel_profiles", false, kChannelProfileLimit);
  wish.profile.custom_properties = fields.object("custom_properties");
  check_properties(fields, wish.profile);
  wish.profile.avatar_config = fields.object("avatar_config");
  wish.profile.stream_limit = fields.integer("stream_limit", 0, kLargestInteger);
  wish.profile.first_name = read_name(fields, "first_name");
  wish.profile.last_name = read_name(fields, "last_name");
  check_size(fields, wish.profile);
  return wish;
}

UserWish read_own_user(Fields& fields, const Services& services, bool is_admin) {
  UserWish wish;
  wish.email = read_email(fields);
  wish.password = read_password(fields, services, false);
  wish.profile.merge = true;
  wish.profile.custom_properties = fields.object("custom_properties");
  if (!is_admin && wish.profile.custom_properties)
    wish.profile.custom_properties->removeMember("allowed_networks");
  check_properties(fields, wish.profile);
  wish.profile.first_name = read_name(fields, "first_name");
  wish.profile.last_name = read_name(fields, "last_name");
  check_size(fields, wish.profile);
  return wish;
}

domain::Result<domain::Account> apply_wish(const Call& call, Services& services,
                                           const domain::Account& user, const UserWish& wish) {
  const auto& caller = *call.principal;
  const auto change = account_change(user, wish);
  if (change.username || change.email || change.role) {
    const auto updated =
        domain::update_account(services.domain, user.id, change, caller.account.id, call.origin());
    if (!updated) return updated.error();
  }
  if (!wish.profile.empty()) {
    const auto written = change_profile(services, user.id, wish.profile);
    if (!written) return written.error();
  }
  if (wish.password) {
    const auto keep = user.id == caller.account.id ? caller.session : std::nullopt;
    const auto set = domain::set_password(services.domain, user.id, *wish.password,
                                          caller.account.id, call.origin(), keep);
    if (!set) return set.error();
  }
  return domain::find_account(services.domain, user.id);
}

}  // namespace postern::handlers::dispatcharr

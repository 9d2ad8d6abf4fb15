#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/support/kitsu_world.hpp"

namespace postern::test {

/// Persons of the Kitsu dialect, and an administrator to make and look at them.
class KitsuPersonsTest : public ::testing::Test {
 protected:
  static constexpr const char* kDepartment = "a24a6ea4-ce75-4665-a070-57453082c256";
  static constexpr const char* kOtherDepartment = "b35b7fb5-df86-4776-a181-68564193d360";

  /// Made by the administrator, from a body as JSON.
  Json::Value created(const std::string& json) {
    const auto response = world.post(KitsuWorld::kPersons, json, admin.access);
    EXPECT_EQ(response.status(), 201) << response.body();
    return json_of(response);
  }
  static std::string path(const Json::Value& person) {
    return KitsuWorld::kPersons + ('/' + person["id"].asString());
  }
  /// As the administrator sees it.
  Json::Value shown(const std::string& path) { return json_of(world.get(path, admin.access)); }
  std::string sql(const std::string& query) { return world.domain.database_server.sql(query); }
  std::string accounts() { return sql("select count(*) from postern.account"); }

  KitsuWorld world;
  KitsuWorld::Person admin = world.person("root", "admin");
};

/// The names of an object's members, each with a space behind it.
inline std::string members_of(const Json::Value& object) {
  std::string text;
  for (const auto& name : object.getMemberNames()) text += name + ' ';
  return text;
}

inline constexpr const char* kWholeMembers =
    "active archived contract_type country created_at daily_salary data departments desktop_login "
    "display_date_format email email_otp_enabled expiration_date fido_enabled first_name full_name "
    "has_avatar id is_bot is_generated_from_ldap is_guest last_name last_presence ldap_uid locale "
    "notifications_discord_enabled notifications_discord_userid notifications_enabled "
    "notifications_mattermost_enabled notifications_mattermost_userid notifications_slack_enabled "
    "notifications_slack_userid phone position preferred_two_factor_authentication role seniority "
    "shotgun_id studio_id timezone totp_enabled type updated_at use_12_hour_clock ";
inline constexpr const char* kMinimalMembers =
    "active departments desktop_login first_name full_name has_avatar id is_bot last_name role "
    "studio_id type ";

}  // namespace postern::test

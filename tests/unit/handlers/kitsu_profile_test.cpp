#include <gtest/gtest.h>

#include <algorithm>

#include "handlers/json_body.hpp"
#include "handlers/kitsu/login_name.hpp"
#include "handlers/kitsu/person_filter.hpp"
#include "handlers/kitsu/person_object.hpp"
#include "handlers/kitsu/profile.hpp"
#include "handlers/kitsu/profile_fields.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers::kitsu {
namespace {

using test::json;
using test::raw_request;
using test::request;

Json::Value read_fields(const std::string& body, bool all) {
  Reader reader(raw_request("PUT", "/api/data/persons/1", "application/json", body));
  auto fields = read_profile_fields(reader, all);
  EXPECT_FALSE(reader.refusal()) << reader.refusal()->body();
  return fields;
}

TEST(KitsuProfile, WhatIsNotKeptIsAsTheOriginalHasIt) {
  const auto profile = parse_profile("");
  EXPECT_EQ(profile.text("contract_type"), "open-ended");
  EXPECT_EQ(profile.text("seniority"), "mid");
  EXPECT_TRUE(profile.get("phone").isNull());
  EXPECT_TRUE(profile.get("departments").isArray());
  EXPECT_TRUE(profile.expiration_date().isNull());
  EXPECT_FALSE(profile.changed_at());
}

TEST(KitsuProfile, AStoreThatCannotBeReadIsADefect) {
  for (const auto* stored : {"[]", "7", "{", "null"})
    EXPECT_THROW((void)parse_profile(stored), std::runtime_error) << stored;
  EXPECT_THROW((void)parse_profile(R"({"data":"{"})").get("data"), std::runtime_error);
}

TEST(KitsuProfile, OnlyWhatIsThereIsRead) {
  EXPECT_EQ(write_json(read_fields(R"({"first_name":"Ann","colour":"red","password":"x"})", true)),
            R"({"first_name":"Ann"})");
  EXPECT_EQ(write_json(read_fields(R"({"first_name":null,"phone":null,"archived":null})", true)),
            R"({"phone":null})");
  EXPECT_EQ(write_json(read_fields("{}", true)), "{}");
}

TEST(KitsuProfile, WithoutPowerOnlyOnesOwnIsRead) {
  for (const auto& field : profile_fields()) {
    const auto name = std::string(field.name);
    const auto value = field.form == ProfileField::Form::Flag ? "true" : "null";
    const auto read = read_fields("{\"" + name + "\":" + value + "}", false);
    if (!field.own) {
      EXPECT_TRUE(read.empty()) << name;
    }
  }
  for (const auto* name : {"departments", "archived", "daily_salary", "is_guest", "studio_id",
                           "last_presence", "ldap_uid", "is_generated_from_ldap"}) {
    EXPECT_TRUE(std::ranges::any_of(profile_fields(), [&](const ProfileField& field) {
      return field.name == name && !field.own;
    })) << name;
  }
}

TEST(KitsuLoginName, AddressesThatCanBeUsernamesAre) {
  domain::SodiumRandom random;
  EXPECT_EQ(username_without_login("ann@example.org", false, random), "ann@example.org");
  EXPECT_EQ(username_without_login("ann@example.org", true, random), "ann@example.org");
  const auto bot = username_without_login(std::nullopt, true, random);
  EXPECT_TRUE(bot.starts_with("bot."));
  EXPECT_EQ(bot.size(), 16U);
  EXPECT_NE(bot, username_without_login(std::nullopt, true, random));
  EXPECT_TRUE(username_without_login("o'neil@example.org", false, random).starts_with("person."));
  EXPECT_TRUE(
      username_without_login(std::string(151, 'a') + "@b.c", false, random).starts_with("person."));
}

TEST(KitsuLoginName, MadeUpOnesAreNotTold) {
  const auto told = [](const std::string& username, std::optional<std::string> email) {
    domain::Account account;
    account.username = username;
    account.email = std::move(email);
    return desktop_login(account);
  };
  EXPECT_EQ(told("ann", "ann@example.org"), "ann");
  EXPECT_EQ(told("Ann@example.org", "ann@example.org"), "");
  EXPECT_EQ(told("ann@example.org", std::nullopt), "ann@example.org");
  EXPECT_EQ(told("bot.0123456789ab", std::nullopt), "");
  EXPECT_EQ(told("person.0123456789ab", std::nullopt), "");
  EXPECT_EQ(told("bot.0123456789aB", std::nullopt), "bot.0123456789aB");
  EXPECT_EQ(told("bot.render", std::nullopt), "bot.render");
}

TEST(KitsuPersonObject, RolesAndFactorsHaveTheWordsOfTheDialect) {
  EXPECT_EQ(role_word("admin"), "admin");
  EXPECT_EQ(role_word("vendor"), "vendor");
  for (const auto* role : {"member", "owner", "moderator", "", "Admin"})
    EXPECT_EQ(role_word(role), "user") << role;
  EXPECT_FALSE(is_role_word("member"));
  EXPECT_EQ(factor_word("webauthn"), "fido");
  EXPECT_EQ(factor_word("totp"), "totp");
  EXPECT_EQ(factor_word(""), "");
}

TEST(KitsuPersonObject, TimesHaveNeitherZoneNorFraction) {
  EXPECT_EQ(time_text(domain::from_unix_seconds(1'705'314'600)), "2024-01-15T10:30:00");
}

TEST(KitsuPersonObject, NobodysAddressStandsInHisName) {
  domain::Account account;
  account.username = "ann@example.org";
  account.email = "ann@example.org";
  EXPECT_EQ(write_json(minimal_person_object(account, {})).find('@'), std::string::npos);
}

TEST(KitsuPersonObject, TheOrganisationsIdFollowsFromItsName) {
  KitsuSettings one, other;
  other.organisation = "Other";
  const auto id = organisation_object(one, false)["id"].asString();
  EXPECT_TRUE(domain::Uuid::parse(id));
  EXPECT_EQ(id, organisation_object(one, true)["id"].asString());
  EXPECT_NE(id, organisation_object(other, false)["id"].asString());
}

TEST(KitsuPersonFilter, ColumnsAreComparedByTheirKind) {
  const auto person = json(R"({"is_bot":true,"first_name":"Ann","email":"Ann@example.org",
      "daily_salary":7,"phone":null,"departments":["a","b"],"data":{"a":1}})");
  const auto is = [&](const std::string& name, const std::string& value) {
    return matches({.filters = {{name, value}}, .page = {}}, person);
  };
  for (const auto* truth : {"True", "true", "1"}) EXPECT_TRUE(is("is_bot", truth)) << truth;
  for (const auto* other : {"False", "0", "", "yes"}) EXPECT_FALSE(is("is_bot", other)) << other;
  EXPECT_TRUE(is("first_name", "Ann"));
  EXPECT_FALSE(is("first_name", "ann"));
  EXPECT_TRUE(is("email", "aNN@example.org"));
  EXPECT_TRUE(is("daily_salary", "7"));
  EXPECT_FALSE(is("daily_salary", "07"));
  EXPECT_FALSE(is("phone", ""));
  EXPECT_FALSE(is("phone", "null"));
  EXPECT_TRUE(is("departments", "b"));
  EXPECT_FALSE(is("departments", "c"));
  EXPECT_FALSE(is("data", "1"));
  EXPECT_FALSE(
      matches({.filters = {{"first_name", "Ann"}, {"is_bot", "False"}}, .page = {}}, person));
}

TEST(KitsuPersonFilter, AFilterGivenTwiceIsRefused) {
  const auto read =
      read_person_query(request("GET", "/api/data/persons?role=user&role=admin"), true);
  ASSERT_TRUE(read.refusal);
  EXPECT_EQ(read.refusal->status(), 400);
}

}  // namespace
}  // namespace postern::handlers::kitsu

#include <gtest/gtest.h>

#include <array>

#include "tests/support/authenticator.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/kitsu_world.hpp"

// What the routes about persons, bots, the context and the index answer: a test for each row of the
// wire's table, written here by hand.

namespace postern::test {
namespace {

using World = KitsuWorld;
using domain::Secret;

constexpr const char* kSuccess = R"({"success":true})";
constexpr const char* kNext = "another horse, another battery";
constexpr const char* kGone = "00000000-0000-7000-8000-000000000000";

/// A person of whom nobody said anything but how he logs in.
Json::Value plain_person(const domain::Account& account) {
  auto person = json(R"({
    "type": "Person", "first_name": "", "last_name": "", "phone": null, "country": null,
    "contract_type": "open-ended", "active": true, "archived": false, "last_presence": null,
    "totp_enabled": false, "email_otp_enabled": false, "fido_enabled": false,
    "preferred_two_factor_authentication": null, "shotgun_id": null, "timezone": "Europe/Paris",
    "locale": "en_US", "use_12_hour_clock": false, "display_date_format": "YYYY-MM-DD",
    "data": null, "role": "user", "position": "artist", "seniority": "mid", "daily_salary": 0,
    "has_avatar": false, "notifications_enabled": false, "notifications_slack_enabled": false,
    "notifications_mattermost_enabled": false, "notifications_discord_enabled": false,
    "notifications_slack_userid": "", "notifications_mattermost_userid": "",
    "notifications_discord_userid": "", "is_bot": false, "is_guest": false,
    "expiration_date": null, "is_generated_from_ldap": false, "ldap_uid": null,
    "studio_id": null, "departments": [],
    "created_at": "2027-01-15T08:00:00", "updated_at": "2027-01-15T08:00:00"})");
  person["id"] = account.id.text();
  person["email"] = *account.email;
  person["desktop_login"] = account.username;
  person["full_name"] = account.username;
  return person;
}

Json::Value minimal(const Json::Value& person) {
  Json::Value object(Json::objectValue);
  for (const auto* name : {"id", "type", "first_name", "last_name", "full_name", "has_avatar",
                           "active", "departments", "studio_id", "role", "desktop_login", "is_bot"})
    object[name] = person[name];
  return object;
}

struct KitsuPersonRow : testing::Test {
  World world;
  World::Person chief = world.person("chief", "admin");
  World::Person ann = world.person("ann");

  fcgi::Response create(std::string_view members) {
    return world.post(World::kPersons, "{" + std::string(members) + "}", chief.access);
  }
  fcgi::Response act(std::string_view method, const std::string& on, const std::string& what,
                     std::string_view body = "") {
    return world.send_json(method, "/api/actions/persons/" + on + "/" + what, body, chief.access);
  }
};

TEST_F(KitsuPersonRow, ABotIsMadeWithItsToken) {
  const auto made =
      create(R"("first_name":"Farm","last_name":"","email":"farm@example.org","role":"user",)"
             R"("departments":[],"active":true,"expiration_date":null,"is_bot":true)");
  expect_kitsu(made, 201, made.body());
  const auto body = json_of(made);
  EXPECT_EQ(without_chance(body["access_token"].asString()), "<jwt>");
  EXPECT_EQ(body["departments"], Json::Value(Json::arrayValue));
  EXPECT_TRUE(body["is_bot"].asBool());
  EXPECT_EQ(body["full_name"], "Farm");
  EXPECT_EQ(world.status_with(Secret(body["access_token"].asString())), 200);
  expect_kitsu(world.post(World::kLogin, World::login_body("farm@example.org", "")), 400,
               R"({"login":false})");
}

TEST_F(KitsuPersonRow, APersonIsMadeWithoutAToken) {
  const auto made = create(
      R"("first_name":"Bea","last_name":"Byte","email":"bea@example.org","role":"supervisor",)"
      R"("phone":"+33 1","contract_type":"short","password":"correct horse battery")");
  ASSERT_EQ(made.status(), 201) << made.body();
  const auto body = json_of(made);
  EXPECT_FALSE(body.isMember("access_token"));
  EXPECT_EQ(body["role"], "supervisor");
  EXPECT_EQ(body["phone"], "+33 1");
  EXPECT_EQ(body["contract_type"], "short");
  EXPECT_EQ(body["full_name"], "Bea Byte");
  EXPECT_EQ(world.post(World::kLogin, World::login_body("bea@example.org")).status(), 200);
  EXPECT_EQ(
      world.post("/api/data/persons/new", R"({"email":"old@example.org"})", chief.access).status(),
      201);
}

TEST_F(KitsuPersonRow, WhatAPersonCannotBeMadeOf) {
  expect_refusal(create(R"("email":"ann@example.org")"), 400, "Email already in use.");
  expect_refusal(create(R"("email":"x@example.org","role":"emperor")"), 400, "Invalid role");
  expect_refusal(create(R"("email":"x@example.org","is_bot":true,"expiration_date":"2027-01-14")"),
                 400, "Expiration date can't be in the past.");
  for (const auto* date : {"tomorrow", "2027-02-30", "15/01/2028"}) {
    expect_refusal(create(R"("email":"x@example.org","is_bot":true,"expiration_date":")" +
                          std::string(date) + '"'),
                   400, "Expiration date is not valid.");
  }
  expect_forbidden(world.post(World::kPersons, R"({"email":"x@example.org"})", ann.access));
  EXPECT_EQ(world.domain.database_server.sql("select count(*) from postern.account"), "2");
}

TEST_F(KitsuPersonRow, R4TheKeyExpirationDateMakesATokenAnew) {
  const auto bot = world.bot();
  const auto renewed = world.put(bot.path(), R"({"expiration_date":null})", chief.access);
  expect_kitsu(renewed, 200, renewed.body());
  expect_kitsu(world.get(World::kMe, bot.token), 401, R"({"msg":"Token has been revoked"})");
  const Secret second(json_of(renewed)["access_token"].asString());
  EXPECT_EQ(world.status_with(second), 200);
  const auto named = world.put(bot.path(), R"({"first_name":"Named"})", chief.access);
  EXPECT_FALSE(json_of(named).isMember("access_token"));
  EXPECT_EQ(world.status_with(second), 200);
  expect_refusal(world.put(bot.path(), R"({"expiration_date":"2027-01-14"})", chief.access), 400,
                 "Expiration date can't be in the past.");
  EXPECT_EQ(world.status_with(second), 200) << "what is refused ends nothing";
  const auto dated =
      json_of(world.put(bot.path(), R"({"expiration_date":"2027-01-16"})", chief.access));
  EXPECT_EQ(dated["expiration_date"], "2027-01-16");
  EXPECT_EQ(world.status_with(Secret(dated["access_token"].asString())), 200);
}

TEST_F(KitsuPersonRow, ABotDoesNotMakeItsOwnTokenAnew) {
  const auto bot = world.bot();
  const auto changed =
      world.put(bot.path(), R"({"first_name":"Self","expiration_date":null})", bot.token);
  ASSERT_EQ(changed.status(), 200) << changed.body();
  EXPECT_FALSE(json_of(changed).isMember("access_token"));
  EXPECT_EQ(json_of(changed)["first_name"], "Self");
  EXPECT_EQ(world.status_with(bot.token), 200);
}

TEST_F(KitsuPersonRow, APersonChangesHimselfAndNobodyElse) {
  const auto changed =
      world.put(ann.path(), R"({"first_name":"Ann","role":"admin","daily_salary":9})", ann.access);
  ASSERT_EQ(changed.status(), 200) << changed.body();
  EXPECT_EQ(json_of(changed)["first_name"], "Ann");
  EXPECT_EQ(json_of(changed)["role"], "user") << "nobody promotes himself";
  EXPECT_EQ(json_of(changed)["daily_salary"], 0);
  expect_forbidden(world.put(chief.path(), R"({"first_name":"Mine"})", ann.access));
  expect_not_found(world.put("/api/data/persons/" + std::string(kGone), "{}", chief.access));
  expect_refusal(world.put(ann.path(), R"({"role":"emperor"})", chief.access), 400, "Invalid role");
}

TEST_F(KitsuPersonRow, TheListIsWholeForAdministratorsAndMinimalForOthers) {
  const auto of_ann = plain_person(ann.account);
  for (const auto* who : {"?email=ann@example.org", "?email=ann%40example.org&is_bot=False",
                          "?email=ann@example.org&relations=True"}) {
    const auto path = World::kPersons + std::string(who);
    EXPECT_EQ(json_of(world.get(path, chief.access))[0], of_ann) << who;
  }
  EXPECT_EQ(json_of(world.get(World::kPersons, ann.access))[1], minimal(of_ann));
  EXPECT_EQ(json_of(world.get(World::kPersons, world.bot().token)).size(), 3U);
  EXPECT_EQ(json_of(world.get("/data/persons?is_bot=True", chief.access)).size(), 1U);
  expect_kitsu(world.get("/data/persons?email=nobody@example.org", chief.access), 200, "[]");
  expect_refusal(world.get("/data/persons?colour=red", chief.access), 400,
                 "Filtering on colour is not allowed.");
  expect_refusal(world.get("/data/persons?password=x", chief.access), 400,
                 "Filtering on password is not allowed.");
}

TEST_F(KitsuPersonRow, APageOfTheListSaysWhereItIs) {
  const auto page = json_of(world.get("/api/data/persons?page=1&limit=1", chief.access));
  EXPECT_EQ(page["data"].size(), 1U);
  EXPECT_EQ(page["data"][0]["id"], chief.id());
  EXPECT_EQ(page["total"], 2);
  EXPECT_EQ(page["nb_pages"], 2);
  EXPECT_EQ(page["limit"], 1);
  EXPECT_EQ(page["offset"], 0);
  EXPECT_EQ(page["page"], 1);
  EXPECT_EQ(page.size(), 6U);
  EXPECT_EQ(json_of(world.get("/api/data/persons?page=2&limit=1", chief.access))["data"][0]["id"],
            ann.id());
}

TEST_F(KitsuPersonRow, OnePersonIsMinimalBelowAManager) {
  const auto whole = plain_person(ann.account);
  const auto manager = world.person("mona", "manager");
  EXPECT_EQ(json_of(world.get(ann.path(), manager.access)), whole);
  EXPECT_EQ(json_of(world.get(ann.path(), chief.access)), whole);
  EXPECT_EQ(json_of(world.get(ann.path(), ann.access)), whole) << "oneself";
  for (const auto* role : {"user", "supervisor", "client", "vendor"}) {
    const auto other = world.person(std::string("a-") + role, role);
    EXPECT_EQ(json_of(world.get(ann.path(), other.access)), minimal(whole)) << role;
  }
  expect_not_found(world.get("/api/data/persons/" + std::string(kGone), ann.access));
}

TEST_F(KitsuPersonRow, R6ADeletedPersonIsGoneAtOnce) {
  const auto bot = world.bot();
  for (const auto& path : {ann.path(), bot.path() + "?force=True"}) {
    const auto gone = world.del(path, chief.access);
    expect_kitsu(gone, 204, "");
  }
  expect_unauthorized(world.get(World::kMe, ann.access));
  expect_unauthorized(world.get(World::kMe, bot.token));
  expect_forbidden(world.del(chief.path(), chief.access));
  expect_forbidden(world.del(chief.path(), world.person("bob").access));
  expect_not_found(world.del(ann.path(), chief.access));
}

TEST_F(KitsuPersonRow, AnAdministratorSetsAPassword) {
  const auto body = [](const std::string& one, const std::string& other) {
    return R"({"password":")" + one + R"(","password_2":")" + other + R"("})";
  };
  expect_validation_error(act("POST", ann.id(), "change-password", body(kNext, "x")), "password_2");
  expect_refusal(act("POST", ann.id(), "change-password", body("short", "short")), 400,
                 "Password is too short.", false);
  const auto second = world.person("second", "admin");
  expect_refusal(act("POST", second.id(), "change-password", body(kNext, kNext)), 400,
                 "An admin can't change another admin's password.");
  expect_forbidden(act("POST", world.bot().id(), "change-password", body(kNext, kNext)));
  expect_kitsu(act("POST", ann.id(), "change-password", body(kNext, kNext)), 200, kSuccess);
  EXPECT_EQ(world.post(World::kLogin, World::login_body("ann", kNext)).status(), 200);
  expect_not_found(act("POST", kGone, "change-password", body(kNext, kNext)));
}

TEST_F(KitsuPersonRow, AnAdministratorTakesALostFactorOffByEitherPath) {
  const std::array<std::string, 2> paths{
      "/api/actions/persons/" + ann.id() + "/disable-two-factor-authentication",
      ann.path() + "/two-factor-authentication"};
  const auto other = world.person("other");
  for (const auto& path : paths) {
    expect_refusal(world.del(path, chief.access), 400,
                   "Two factor authentication not enabled for this user.", false);
    enrol(world.domain, ann.account);
    expect_forbidden(world.del(path, other.access));
    expect_kitsu(world.del(path, chief.access), 200, kSuccess);
    EXPECT_EQ(world.post(World::kLogin, World::login_body("ann")).status(), 200);
  }
}

TEST_F(KitsuPersonRow, AnInvitationIsALetter) {
  world.domain.settings.mail.enabled = true;
  expect_kitsu(act("GET", ann.id(), "invite"), 200, R"({"message":"Email sent","success":true})");
  EXPECT_EQ(world.domain.database_server.sql("select count(*) from postern.mail"), "1");
  expect_forbidden(act("GET", world.bot().id(), "invite"));
  expect_forbidden(world.get("/api/actions/persons/" + ann.id() + "/invite", ann.access));
}

TEST_F(KitsuPersonRow, AResetLinkIsForAnAdministratorToHandOn) {
  const auto made = act("POST", ann.id(), "reset-password-link");
  expect_kitsu(made, 200, made.body());
  EXPECT_EQ(without_chance(made.body()),
            R"({"reset_password_link":"http://127.0.0.1:8080/reset-change-password)"
            R"(?email=ann%40example.org&token=<link>"})");
  const auto link = json_of(made)["reset_password_link"].asString();
  const auto token = link.substr(link.rfind('=') + 1);
  expect_kitsu(world.put("/api/auth/reset-password", R"({"email":"ann@example.org","token":")" +
                                                         token + R"(","password":")" + kNext +
                                                         R"(","password2":")" + kNext + R"("})"),
               200, kSuccess);
  const auto second = world.person("second", "admin");
  EXPECT_EQ(act("POST", second.id(), "reset-password-link").status(), 400);
  expect_forbidden(world.post("/api/actions/persons/" + ann.id() + "/reset-password-link", "",
                              world.person("bob").access));
}

TEST_F(KitsuPersonRow, TheContextHasEveryListAndNoUser) {
  auto expected = json(R"({
    "asset_types": [], "custom_actions": [], "status_automations": [], "departments": [],
    "studios": [], "notification_count": 0, "project_status": [], "project_roles": {},
    "projects": [], "task_types": [], "task_status": [], "search_filters": [],
    "search_filter_groups": [], "preview_background_files": [], "plugins": []})");
  auto chiefs = plain_person(chief.account);
  chiefs["role"] = "admin";
  const auto anns = plain_person(ann.account);
  expected["persons"].append(minimal(chiefs));
  expected["persons"].append(minimal(anns));
  EXPECT_EQ(json_of(world.get("/data/user/context", ann.access)), expected);
  EXPECT_EQ(json_of(world.get("/api/data/user/context", world.script_token(ann.account))),
            expected);
  auto of_chief = json_of(world.get("/api/data/user/context", chief.access));
  EXPECT_TRUE(of_chief["user_limit"].isInt64());
  of_chief.removeMember("user_limit");
  expected["persons"][0] = chiefs;
  expected["persons"][1] = anns;
  EXPECT_EQ(of_chief, expected);
  expect_forbidden(world.get("/api/data/user/context", world.bot().token));
}

TEST_F(KitsuPersonRow, TheProductsOwnListsAreEmpty) {
  constexpr const char* kProject = "/data/user/projects/a24a6ea4-ce75-4665-a070-57453082c25/";
  const auto bot = world.bot();
  for (const auto& path :
       {std::string("/data/user/projects/open"),
        std::string("/api/data/user/projects/open?name=My%20Project"),
        kProject + std::string("asset-types"), kProject + std::string("sequences"),
        kProject + std::string("asset-types/b35b7fb5-df86-5776-b181-68564193d36/assets")}) {
    expect_kitsu(world.get(path, ann.access), 200, "[]");
    expect_kitsu(world.get(path, world.script_token(ann.account)), 200, "[]");
    expect_forbidden(world.get(path, bot.token));
    EXPECT_EQ(world.get(path).status(), 401);
  }
  expect_kitsu(world.get("/api/data/projects", bot.token), 200, "[]");
  EXPECT_EQ(world.get("/api/data/projects").status(), 401);
}

TEST_F(KitsuPersonRow, TheIndexIsAtThreePlacesAndAnswersAHead) {
  for (const auto* path : {"/", "/api", "/api/"}) {
    expect_kitsu(world.get(path), 200, R"({"api":"Zou","version":"1.0.67"})");
    EXPECT_EQ(world.send("HEAD", path).status(), 200) << path;
  }
}

TEST_F(KitsuPersonRow, TheStatusSaysWhatIsUp) {
  expect_kitsu(world.get("/api/status"), 200,
               R"({"name":"Zou","version":"1.0.67","database-up":true,"key-value-store-up":true,)"
               R"("event-stream-up":false,"job-queue-up":true,"indexer-up":false})");
  const auto text = world.get("/api/status.txt");
  EXPECT_EQ(text.status(), 200);
  EXPECT_EQ(text.body(),
            "name: Zou\nversion: 1.0.67\ndatabase-up: up\nkey-value-store-up: up\n"
            "event-stream-up: down\njob-queue-up: up\nindexer-up: down\n");
}

TEST_F(KitsuPersonRow, TheConfigurationIsForEverybody) {
  const auto response = world.get("/api/config");
  expect_kitsu(response, 200, response.body());
  EXPECT_EQ(json_of(response), json(R"({
    "is_self_hosted": true, "crisp_token": "", "dark_theme_by_default": false,
    "indexer_configured": false, "saml_enabled": false, "saml_idp_name": "",
    "oidc_enabled": false, "oidc_idp_name": "", "default_locale": "en_US",
    "default_timezone": "Europe/Paris", "enforce_2fa": false})"));
}

TEST_F(KitsuPersonRow, TheOrganisationTellsAdministratorsMore) {
  auto expected = json(R"({
    "type": "Organisation", "name": "Organisation", "hours_by_day": 8.0, "has_avatar": false,
    "use_original_file_name": false, "timesheets_locked": false,
    "format_duration_in_hours": false, "hd_by_default": false, "dark_theme_by_default": false})");
  auto told = json_of(world.get(World::kMe, ann.access))["organisation"];
  auto more = json_of(world.get(World::kMe, chief.access))["organisation"];
  for (const auto* name : {"chat_token_slack", "chat_webhook_mattermost", "chat_token_discord"}) {
    EXPECT_TRUE(more.isMember(name)) << name;
    more.removeMember(name);
  }
  EXPECT_EQ(told, more);
  EXPECT_EQ(json_of(world.get("/data/organisations", ann.access))[0], told);
  for (const auto* name : {"id", "created_at", "updated_at"}) {
    EXPECT_TRUE(told.isMember(name)) << name;
    told.removeMember(name);
  }
  EXPECT_EQ(told, expected);
}

}  // namespace
}  // namespace postern::test

#include "tests/support/kitsu_persons.hpp"

namespace postern::test {
namespace {

constexpr const char* kProject = "a24a6ea4-ce75-4665-a070-57453082c25";

class KitsuContext : public KitsuPersonsTest {};

TEST_F(KitsuContext, ItHasTheKeysOfTheOriginalAndNoOther) {
  const auto ann = world.person("ann");
  constexpr const char* kKeys =
      "asset_types custom_actions departments notification_count persons plugins "
      "preview_background_files project_roles project_status projects search_filter_groups "
      "search_filters status_automations studios task_status task_types ";
  for (const auto& credential : {ann.access, world.script_token(ann.account)}) {
    const auto context = json_of(world.get("/api/data/user/context", credential));
    EXPECT_EQ(members_of(context), kKeys);
    EXPECT_EQ(members_of(context["persons"][0]), kMinimalMembers);
  }
  const auto context = json_of(world.get("/data/user/context", admin.access));
  EXPECT_EQ(members_of(context), kKeys + std::string("user_limit "));
  EXPECT_EQ(members_of(context["persons"][0]), kWholeMembers);
  EXPECT_TRUE(context["project_roles"].isObject());
  EXPECT_EQ(context["notification_count"].asInt(), 0);
}

TEST_F(KitsuContext, ItIsForPersons) {
  expect_forbidden(world.get("/data/user/context", world.bot("boss", "admin").token));
  EXPECT_EQ(world.get("/data/user/context").status(), 401);
}

TEST_F(KitsuContext, TheOrganisationIsTheSameEverywhereAndTellsOthersNoSecrets) {
  world.settings.kitsu.organisation = "Studio \"7\"";
  const auto ann = world.person("ann");
  const auto list = json_of(world.get("/data/organisations", ann.access));
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["name"].asString(), "Studio \"7\"");
  EXPECT_EQ(list[0]["type"].asString(), "Organisation");
  EXPECT_TRUE(list[0]["hours_by_day"].isDouble());
  EXPECT_FALSE(list[0].isMember("chat_token_slack"));
  EXPECT_EQ(json_of(world.get(KitsuWorld::kMe, ann.access))["organisation"], list[0]);
  const auto whole = json_of(world.get("/data/organisations", admin.access));
  EXPECT_EQ(whole[0]["id"], list[0]["id"]);
  for (const auto* name : {"chat_token_slack", "chat_webhook_mattermost", "chat_token_discord"})
    EXPECT_TRUE(whole[0].isMember(name)) << name;
}

class KitsuProductLists : public KitsuPersonsTest {
 protected:
  domain::Secret token = world.person("ann").access;
  int bots_ = 0;
};

TEST_F(KitsuProductLists, WhatAPersonsOwnListsAskForIsEmpty) {
  for (const std::string list : {"projects/open",
                                 "projects/open?name=My%20Project",
                                 "projects/ID/asset-types",
                                 "projects/ID/asset-types/ID/assets",
                                 "projects/ID/sequences",
                                 "projects/ID/episodes",
                                 "sequences/ID/shots",
                                 "sequences/ID/scenes",
                                 "sequences/ID/tasks",
                                 "sequences/ID/task-types",
                                 "shots/ID/tasks",
                                 "shots/ID/task-types",
                                 "assets/ID/tasks",
                                 "assets/ID/task-types",
                                 "scenes/ID/tasks",
                                 "scenes/ID/task-types",
                                 "tasks",
                                 "done-tasks",
                                 "filters",
                                 "notifications",
                                 "time-spents"}) {
    auto path = "/api/data/user/" + list;
    for (auto at = path.find("ID"); at != std::string::npos; at = path.find("ID"))
      path.replace(at, 2, kProject);
    expect_kitsu(world.get(path, token), 200, "[]");
    expect_forbidden(world.get(path, world.bot("bot-" + std::to_string(++bots_)).token));
    EXPECT_EQ(world.get(path).status(), 401);
  }
}

TEST_F(KitsuProductLists, WhatEverybodysListsAskForIsEmpty) {
  const auto bot = world.bot();
  for (const std::string list : {"projects",
                                 "projects/open",
                                 "asset-types",
                                 "task-types",
                                 "task-status",
                                 "entity-types",
                                 "departments",
                                 "studios",
                                 "assets/all",
                                 "shots/all",
                                 "sequences",
                                 "episodes",
                                 "projects/1/assets",
                                 "projects/1/shots",
                                 "projects/1/asset-types/2/assets",
                                 "projects/1/settings/task-status",
                                 "episodes/1/sequences",
                                 "shots/1/tasks",
                                 "tasks/1/comments",
                                 "persons/1/tasks",
                                 "entities?project_id=1&name=x"}) {
    for (const auto* start : {"/api/data/", "/data/"}) {
      expect_kitsu(world.get(start + list, token), 200, "[]");
      expect_kitsu(world.get(start + list, bot.token), 200, "[]");
      EXPECT_EQ(world.get(start + list).status(), 401);
    }
  }
}

TEST_F(KitsuProductLists, OnlyWhatThereIsOfAKindComesInPages) {
  expect_kitsu(world.get("/data/tasks?page=2&limit=10", token), 200,
               R"({"data":[],"total":0,"nb_pages":0,"limit":10,"offset":10,"page":2})");
  expect_kitsu(world.get("/data/projects/open?page=2", token), 200, "[]");
  expect_validation_error(world.get("/data/tasks?page=x", token), "page");
}

TEST_F(KitsuProductLists, EverythingElseIsNotThere) {
  for (const std::string path :
       {"secrets", "projects/1", "projects/1/secrets", "user/secrets", "user/projects",
        "user/projects/1", "user/projects/1/secrets", "user/tasks/1/time-spent",
        "projects/1/asset-types/2/secrets", "projects/1/settings/secrets", "tasks/",
        "projects//assets", "user/projects/1/a/2/b/3/c"}) {
    expect_not_found(world.get("/api/data/" + path, token));
  }
  EXPECT_EQ(world.post("/api/data/projects", "{}", token).status(), 405);
}

class KitsuIndex : public KitsuPersonsTest {};

TEST_F(KitsuIndex, TheApiTellsWhatItIs) {
  world.settings.kitsu.version = "0.20.1";
  for (const auto* path : {"/", "/api", "/api/"})
    expect_kitsu(world.get(path), 200, R"({"api":"Zou","version":"0.20.1"})");
  EXPECT_EQ(world.send("HEAD", "/api").status(), 200);
}

TEST_F(KitsuIndex, TheStatusIsAsked) {
  auto status = json_of(world.get("/api/status"));
  EXPECT_EQ(members_of(status),
            "database-up event-stream-up indexer-up job-queue-up key-value-store-up name version ");
  EXPECT_TRUE(status["database-up"].asBool());
  EXPECT_TRUE(status["job-queue-up"].asBool());
  EXPECT_FALSE(status["indexer-up"].asBool());
  world.shared.housekeeper_ms = 0;
  EXPECT_FALSE(json_of(world.get("/status"))["job-queue-up"].asBool());
  const auto text = world.get("/status.txt");
  EXPECT_EQ(text.get("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(text.body(),
            "name: Zou\nversion: 1.0.67\ndatabase-up: up\nkey-value-store-up: up\n"
            "event-stream-up: down\njob-queue-up: down\nindexer-up: down\n");
}

TEST_F(KitsuIndex, TheConfigurationFollowsTheSettings) {
  const auto before = json_of(world.get("/api/config"));
  EXPECT_EQ(members_of(before),
            "crisp_token dark_theme_by_default default_locale default_timezone enforce_2fa "
            "indexer_configured is_self_hosted oidc_enabled oidc_idp_name saml_enabled "
            "saml_idp_name ");
  EXPECT_FALSE(before["enforce_2fa"].asBool());
  EXPECT_FALSE(before["oidc_enabled"].asBool());
  EXPECT_FALSE(before["saml_enabled"].asBool());
  world.domain.settings.mfa.required_at_kitsu = true;
  world.settings.kitsu.locale = "fr_FR";
  world.settings.kitsu.timezone = "Asia/Tokyo";
  world.settings.kitsu.oidc_provider = "company";
  handlers::sso::Provider provider;
  provider.name = "company";
  provider.title = "Company login";
  world.settings.sso.providers.push_back(std::move(provider));
  const auto after = json_of(world.get("/config"));
  EXPECT_TRUE(after["enforce_2fa"].asBool());
  EXPECT_EQ(after["default_locale"].asString(), "fr_FR");
  EXPECT_EQ(after["default_timezone"].asString(), "Asia/Tokyo");
  EXPECT_TRUE(after["oidc_enabled"].asBool());
  EXPECT_EQ(after["oidc_idp_name"].asString(), "Company login");
}

}  // namespace
}  // namespace postern::test

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "domain/api_key.hpp"
#include "domain/text.hpp"
#include "tests/support/dispatcharr_world.hpp"

namespace postern::test {
namespace {

constexpr const char* kKeys = "/api/accounts/api-keys/";
constexpr const char* kGenerate = "/api/accounts/api-keys/generate/";
constexpr const char* kRevoke = "/api/accounts/api-keys/revoke/";
constexpr const char* kMe = "/api/accounts/users/me/";
constexpr const char* kDenied =
    R"({"detail":"You do not have permission to perform this action."})";

struct DispatcharrApiKeys : testing::Test {
  DispatcharrWorld world;

  std::string sql(const std::string& text) { return world.domain.database_server.sql(text); }
  std::string live() {
    return sql("select count(*) from postern.api_key where revoked_at is null");
  }
  std::string created() { return domain::rfc3339_micros(world.domain.clock.now()); }
  bool works(const std::string& key) {
    return world.with_key("GET", kMe, domain::Secret(key)).status() == 200;
  }
  std::string user_body(const char* member, const domain::Account& account) {
    return std::string("{\"") + member + "\":" + std::to_string(account.number) + "}";
  }
  domain::Secret named_key(const domain::Account& account,
                           std::optional<std::vector<std::string>> permissions) {
    return domain::issue_key(world.domain.services, account.id,
                             {"named", std::move(permissions), std::nullopt}, {},
                             world.domain.origin)
        .value()
        .text;
  }
};

TEST_F(DispatcharrApiKeys, GenerateAnswersTheKeyAndTheUserWithIt) {
  const auto alice = world.person("alice");
  const auto number = std::to_string(alice.account.number);
  for (const auto* path : {"/api/accounts/api-keys/generate", kGenerate}) {
    const auto response = world.post(path, "", alice.access);
    const auto key = text_of(response, "key");
    expect_answer(
        response, 201,
        R"({"key":")" + key + R"(","user":{"id":)" + number + R"(,"username":"alice","api_key":")" +
            key +
            R"(","email":"alice@example.org","user_level":1,"channel_profiles":[],)"
            R"("custom_properties":{},"avatar_config":{},"stream_limit":0,"is_staff":false,)"
            R"("is_superuser":false,"last_login":")" +
            created() + R"(","date_joined":")" + created() +
            R"(","first_name":"","last_name":""}})");
    EXPECT_TRUE(works(key));
  }
}

TEST_F(DispatcharrApiKeys, R4GeneratingAgainRevokesTheFormerKey) {
  const auto alice = world.person("alice");
  const auto first = text_of(world.post(kGenerate, "{}", alice.access), "key");
  const auto second = text_of(world.post(kGenerate, "{}", alice.access), "key");
  EXPECT_FALSE(works(first));
  EXPECT_TRUE(works(second));
  EXPECT_EQ(live(), "1");
}

TEST_F(DispatcharrApiKeys, APersonalKeyMayReplaceItself) {
  const auto alice = world.person("alice");
  const auto first = text_of(world.post(kGenerate, "", alice.access), "key");
  const auto response = world.with_key("POST", kGenerate, domain::Secret(first));
  EXPECT_EQ(response.status(), 201);
  EXPECT_FALSE(works(first));
  EXPECT_TRUE(works(text_of(response, "key")));
}

TEST_F(DispatcharrApiKeys, AdministratorsGenerateAndRevokeForOthers) {
  const auto alice = world.person("alice");
  const auto admin = world.person("admin", "admin");
  const auto response = world.post(kGenerate, user_body("user_id", alice.account), admin.access);
  EXPECT_EQ(response.status(), 201);
  EXPECT_EQ(json_of(response)["user"]["username"].asString(), "alice");
  const auto key = text_of(response, "key");
  EXPECT_TRUE(works(key));
  expect_answer(
      world.post(kRevoke, R"({"user_id":")" + std::to_string(alice.account.number) + R"("})",
                 admin.access),
      200, R"({"success":true})");
  EXPECT_FALSE(works(key));
}

/// CVE-2025-61928: a user id in the body switched the check of the caller off.
TEST_F(DispatcharrApiKeys, B7x22AUserIdInTheBodyGivesNoRight) {
  const auto alice = world.person("alice");
  const auto bob = world.person("bob");
  const auto key = text_of(world.post(kGenerate, "", bob.access), "key");
  for (const auto& number :
       {std::to_string(bob.account.number), std::string("987654"), std::string("-1"),
        std::string("\"x\""), std::string("[1]"), std::string("true")}) {
    const auto body = R"({"user_id":)" + number + "}";
    expect_answer(world.post(kGenerate, body, alice.access), 403,
                  R"({"detail":"Not allowed to create keys for other users."})");
    expect_answer(world.post(kRevoke, body, alice.access), 403,
                  R"({"detail":"Not allowed to revoke keys for other users."})");
    expect_answer(world.post(kKeys, R"({"user":)" + number + "}", alice.access), 403, kDenied);
  }
  EXPECT_TRUE(works(key));
  EXPECT_EQ(live(), "1");
}

TEST_F(DispatcharrApiKeys, OnesOwnIdAndNoneAtAllMeanOneself) {
  const auto alice = world.person("alice");
  for (const auto& body : {user_body("user_id", alice.account), std::string(R"({"user_id":null})"),
                           std::string(R"({"user_id":0})"), std::string(R"({"user_id":""})"),
                           std::string(R"({"name":"ignored"})")}) {
    const auto response = world.post(kGenerate, body, alice.access);
    EXPECT_EQ(response.status(), 201) << body;
    EXPECT_EQ(json_of(response)["user"]["username"].asString(), "alice") << body;
  }
}

TEST_F(DispatcharrApiKeys, TellAdministratorsThatThereIsNoSuchUser) {
  const auto admin = world.person("admin", "admin");
  for (const auto* number : {"987654", "\"x\"", "-1", "1.5"}) {
    const auto body = R"({"user_id":)" + std::string(number) + "}";
    expect_answer(world.post(kGenerate, body, admin.access), 404,
                  R"({"detail":"User not found."})");
    expect_answer(world.post(kRevoke, body, admin.access), 404, R"({"detail":"User not found."})");
  }
}

TEST_F(DispatcharrApiKeys, RevokingWhereThereIsNoneSucceeds) {
  const auto alice = world.person("alice");
  expect_answer(world.ask("POST", kRevoke, alice.access), 200, R"({"success":true})");
}

TEST_F(DispatcharrApiKeys, RefuseABodyThatIsNoObject) {
  const auto alice = world.person("alice");
  for (const auto* path : {kGenerate, kRevoke, kKeys}) {
    expect_answer(world.post(path, "[]", alice.access), 400,
                  R"({"non_field_errors":["Invalid data. Expected a dictionary, but got list."]})");
  }
}

TEST_F(DispatcharrApiKeys, TheDocumentsRouteCreatesAndItsIdDeletes) {
  const auto alice = world.person("alice");
  const auto admin = world.person("admin", "admin");
  const auto response = world.post(kKeys, user_body("user", alice.account), admin.access);
  const auto key = text_of(response, "key");
  const auto id = std::to_string(json_of(response)["id"].asInt64());
  expect_answer(response, 201,
                R"({"id":)" + id + R"(,"key":")" + key + R"(","user":)" +
                    std::to_string(alice.account.number) + "}");
  EXPECT_TRUE(works(key));
  expect_answer(world.send("DELETE", kKeys + id + "/", admin.access), 204, "");
  EXPECT_FALSE(works(key));
  expect_answer(world.ask("DELETE", kKeys + id, admin.access), 404, R"({"detail":"Not found."})");
}

TEST_F(DispatcharrApiKeys, PeopleDeleteTheirOwnAndLearnNothingOfOthers) {
  const auto alice = world.person("alice");
  const auto bob = world.person("bob");
  const auto mine = world.post(kKeys, "", alice.access);
  const auto id = std::to_string(json_of(mine)["id"].asInt64());
  expect_answer(world.ask("DELETE", kKeys + id, bob.access), 403, kDenied);
  expect_answer(world.ask("DELETE", std::string(kKeys) + "987654", bob.access), 403, kDenied);
  expect_answer(world.ask("DELETE", std::string(kKeys) + "x", bob.access), 403, kDenied);
  EXPECT_TRUE(works(text_of(mine, "key")));
  expect_answer(world.send("DELETE", kKeys + id, alice.access), 204, "");
  EXPECT_FALSE(works(text_of(mine, "key")));
}

TEST_F(DispatcharrApiKeys, ListGivesOnesOwnAndAdministratorsAll) {
  const auto alice = world.person("alice");
  const auto bob = world.person("bob");
  const auto admin = world.person("admin", "admin");
  expect_answer(world.ask("GET", kKeys, alice.access), 200, R"({"key":null,"results":[]})");
  const auto entry = [&](const DispatcharrWorld::Person& person) {
    const auto issued = world.post(kKeys, "", person.access);
    return R"({"id":)" + std::to_string(json_of(issued)["id"].asInt64()) + R"(,"user":)" +
           std::to_string(person.account.number) + R"(,"username":")" + person.account.username +
           R"(","prefix":")" + text_of(issued, "key").substr(0, 12) + R"(","created_at":")" +
           created() + R"(","last_used_at":null})";
  };
  const auto of_alice = entry(alice);
  world.domain.clock.advance(std::chrono::seconds(1));
  const auto of_bob = entry(bob);
  expect_answer(world.ask("GET", kKeys, alice.access), 200,
                R"({"key":null,"results":[)" + of_alice + "]}");
  expect_answer(world.ask("GET", kKeys, admin.access), 200,
                R"({"key":null,"results":[)" + of_bob + "," + of_alice + "]}");
}

/// Rivulet reads its key back and generates only where there is none.
TEST_F(DispatcharrApiKeys, ReadBackGivesThePersonalKeyInClearWhereItIsSwitchedOn) {
  world.domain.settings.keys.read_back = true;
  const auto alice = world.person("alice");
  const auto admin = world.person("admin", "admin");
  const auto key = text_of(world.post(kGenerate, "", alice.access), "key");
  EXPECT_EQ(text_of(world.ask("GET", kKeys, alice.access), "key"), key);
  EXPECT_EQ(text_of(world.with_key("GET", kKeys, domain::Secret(key)), "key"), key);
  EXPECT_EQ(text_of(world.ask("GET", kMe, alice.access), "api_key"), key);
  const auto path = "/api/accounts/users/" + std::to_string(alice.account.number);
  EXPECT_EQ(text_of(world.ask("GET", path, admin.access), "api_key"), key);
  EXPECT_TRUE(json_of(world.ask("GET", kKeys, admin.access))["key"].isNull());
  world.post(kRevoke, "", alice.access);
  EXPECT_TRUE(json_of(world.ask("GET", kKeys, alice.access))["key"].isNull());
  EXPECT_TRUE(json_of(world.ask("GET", kMe, alice.access))["api_key"].isNull());
}

TEST_F(DispatcharrApiKeys, R5WithoutReadBackNoAnswerHoldsAKeyAgain) {
  const auto alice = world.person("alice");
  const auto admin = world.person("admin", "admin");
  const auto key = text_of(world.post(kGenerate, "", alice.access), "key");
  for (const auto* path : {kKeys, kMe}) {
    EXPECT_EQ(world.ask("GET", path, alice.access).body().find(key), std::string::npos) << path;
  }
  EXPECT_EQ(world.ask("GET", "/api/accounts/users/", admin.access).body().find(key),
            std::string::npos);
}

/// A key of the native API may be narrower than its owner: with this dialect it must not get wider.
TEST_F(DispatcharrApiKeys, ANamedKeyNeitherMakesNorEndsNorReadsThePersonalKey) {
  world.domain.settings.keys.read_back = true;
  const auto admin = world.person("admin", "admin");
  const auto issued = world.post(kKeys, "", admin.access);
  const auto personal = text_of(issued, "key");
  const auto id = std::to_string(json_of(issued)["id"].asInt64());
  for (const auto& permissions : std::vector<std::optional<std::vector<std::string>>>{
           std::vector<std::string>{}, std::nullopt}) {
    const auto narrow = named_key(admin.account, permissions);
    expect_answer(world.with_key("POST", kGenerate, narrow), 403, kDenied);
    expect_answer(world.with_key("POST", kKeys, narrow), 403, kDenied);
    expect_answer(world.with_key("POST", kRevoke, narrow), 403, kDenied);
    expect_answer(world.with_key("DELETE", kKeys + id, narrow), 403, kDenied);
    EXPECT_EQ(world.with_key("GET", kKeys, narrow).body().find(personal), std::string::npos);
    EXPECT_EQ(world.with_key("GET", kMe, narrow).body().find(personal), std::string::npos);
    EXPECT_EQ(world.with_key("GET", kMe, narrow).status(), 200);
    sql("update postern.api_key set revoked_at = created_at, revoked_why = 'revoked' where kind = "
        "1");
  }
  EXPECT_TRUE(works(personal));
}

TEST_F(DispatcharrApiKeys, NeitherListNorDeleteNamedKeys) {
  const auto admin = world.person("admin", "admin");
  named_key(admin.account, std::nullopt);
  const auto id = sql("select number from postern.api_key where kind = 1");
  expect_answer(world.ask("GET", kKeys, admin.access), 200, R"({"key":null,"results":[]})");
  expect_answer(world.ask("DELETE", kKeys + id, admin.access), 404, R"({"detail":"Not found."})");
  EXPECT_EQ(live(), "1");
}

}  // namespace
}  // namespace postern::test

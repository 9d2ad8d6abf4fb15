#include <gtest/gtest.h>

#include "tests/support/scriptix_world.hpp"

namespace postern::test {
namespace {

using World = ScriptixWorld;
using domain::NewKey;
using domain::Secret;
using Names = std::vector<std::string>;

struct ScriptixApiKeys : testing::Test {
  World world;

  std::string path(const World::Key& key) { return std::string(World::kKeys) + "/" + key.id; }
  NewKey live(std::string name) {
    NewKey wanted;
    wanted.name = std::move(name);
    wanted.dialect = "scriptix";
    wanted.type = "live";
    return wanted;
  }
  domain::ApiKey stored(const World::Key& key) {
    return domain::find_key_by_number(world.domain.services, std::stoll(key.id)).value();
  }
};

TEST_F(ScriptixApiKeys, CreatingAnswersTheDocumentsFiveMembers) {
  const auto alice = world.person("alice");
  const auto first = world.api_key(alice.access);
  for (const auto& maker : {alice.access, Secret(first.text)}) {
    const auto response =
        world.post(World::kKeys, R"({"name": "new-service-key", "type": "live"})", maker);
    const auto body = json_of(response);
    const auto key = body["key"].asString();
    expect_scriptix(response, 201,
                    R"({"id":)" + std::to_string(body["id"].asInt64()) +
                        R"(,"name":"new-service-key","key":")" + key + R"(","key_prefix":")" +
                        key.substr(0, 12) + R"(","created_at":")" + world.now() + R"("})");
    EXPECT_EQ(key.substr(0, 8), "sk_live_");
    EXPECT_EQ(world.status_with(key), 200);
  }
}

TEST_F(ScriptixApiKeys, TheTypeStandsInTheKey) {
  const auto alice = world.person("alice");
  EXPECT_EQ(world.api_key(alice.access, "n", "test").text.substr(0, 8), "sk_test_");
  const auto plain = world.post(World::kKeys, R"({"name":"n"})", alice.access);
  EXPECT_EQ(json_of(plain)["key"].asString().substr(0, 8), "sk_live_") << "the usual one";
  for (const auto* type : {"batch", "realtime", "LIVE", "x", "ninechars", "li_ve", "1"}) {
    expect_refused(world.post(World::kKeys, R"({"name":"n","type":")" + std::string(type) + R"("})",
                              alice.access),
                   422, "VALIDATION_ERROR");
  }
}

TEST_F(ScriptixApiKeys, ListTellsPrefixUseAndStatusOfAllThatAreRemembered) {
  const auto alice = world.person("alice");
  const auto made = world.now();
  const auto used = world.api_key(alice.access, "in use");
  const auto revoked = world.api_key(alice.access, "revoked");
  auto brief = live("brief");
  brief.lifetime = std::chrono::days(1);
  const auto expired = world.special_key(alice.account, brief);
  world.token(alice.access, "a token");
  EXPECT_EQ(world.send("DELETE", path(revoked), alice.access).status(), 204);
  EXPECT_EQ(world.status_with(used.text), 200);
  world.domain.clock.advance(std::chrono::days(1));
  const auto entry = [&](const World::Key& key, const std::string& name, const std::string& last,
                         const std::string& status) {
    return R"({"id":)" + key.id + R"(,"name":")" + name + R"(","key_prefix":")" +
           key.text.substr(0, 12) + R"(","created_at":")" + made + R"(","last_used_at":)" + last +
           R"(,"status":")" + status + R"("})";
  };
  expect_scriptix(world.send("GET", World::kKeys, alice.access), 200,
                  R"({"count":3,"total_results":3,"result":[)" +
                      entry(expired, "brief", "null", "expired") + "," +
                      entry(revoked, "revoked", "null", "revoked") + "," +
                      entry(used, "in use", "\"" + made + "\"", "active") + "]}");
}

TEST_F(ScriptixApiKeys, EachManagesTheOthersOfItsOwnerAsTheDocumentHasIt) {
  const auto alice = world.person("alice");
  const auto old_key = world.api_key(alice.access, "old");
  const auto new_key = world.api_key(Secret(old_key.text), "new");
  const auto listed = json_of(world.send("GET", World::kKeys, Secret(new_key.text)));
  EXPECT_EQ(listed["count"].asInt(), 2);
  expect_scriptix(world.send("DELETE", path(old_key), Secret(new_key.text)), 204, "");
  expect_refused(world.send("GET", World::kMe, Secret(old_key.text)), 401, "KEY_REVOKED");
  EXPECT_EQ(world.status_with(new_key.text), 200);
  EXPECT_EQ(world.domain.database_server.sql(
                "select count(*) from postern.audit where detail like 'with api_key:%'"),
            "2");
}

/// The document lets a key make keys; it must not become a way to more than that key.
TEST_F(ScriptixApiKeys, B7n22AKeyMadeWithAKeyIsNeverWorthMore) {
  const auto alice = world.person("alice", "moderator");
  auto narrow = live("narrow");
  narrow.permissions = Names{"submit"};
  narrow.lifetime = std::chrono::days(30);
  narrow.restrictions.cidrs = {"192.0.2.0/24"};
  narrow.restrictions.paths = {"/api/**"};
  narrow.restrictions.requests_per_minute = 90;
  const auto maker = world.special_key(alice.account, narrow);
  world.domain.clock.advance(std::chrono::hours(1));
  const auto made = stored(world.api_key(Secret(maker.text), "made"));
  EXPECT_EQ(made.permissions, Names{"submit"});
  EXPECT_EQ(made.expires_at, stored(maker).expires_at);
  EXPECT_EQ(made.restrictions.cidrs, narrow.restrictions.cidrs);
  EXPECT_EQ(made.restrictions.paths, narrow.restrictions.paths);
  EXPECT_EQ(made.restrictions.requests_per_minute, 90U);
}

TEST_F(ScriptixApiKeys, AKeyMadeWithAKeyFollowsTheRoleAtOnce) {
  const auto alice = world.person("alice", "moderator");
  auto narrow = live("narrow");
  narrow.permissions = Names{"moderate", "submit"};
  const auto maker = world.special_key(alice.account, narrow);
  domain::AccountChange demote;
  demote.role = "contributor";
  ASSERT_TRUE(domain::update_account(world.domain.services, alice.account.id, demote, std::nullopt,
                                     world.domain.origin)
                  .ok());
  EXPECT_EQ(stored(world.api_key(Secret(maker.text))).permissions, Names{"submit"});
}

TEST_F(ScriptixApiKeys, AKeyEndsNoneThatIsWorthMore) {
  const auto alice = world.person("alice", "moderator");
  const auto whole = world.api_key(alice.access, "whole");
  auto wanted = live("narrow");
  wanted.permissions = Names{"submit"};
  const auto narrow = world.special_key(alice.account, wanted);
  auto brief = live("brief");
  brief.lifetime = std::chrono::days(1);
  for (const auto& weak : {narrow, world.special_key(alice.account, brief)}) {
    expect_refused(world.send("DELETE", path(whole), Secret(weak.text)), 403,
                   "INSUFFICIENT_PERMISSIONS");
  }
  EXPECT_EQ(world.status_with(whole.text), 200);
  expect_scriptix(world.send("DELETE", path(narrow), Secret(narrow.text)), 204, "");
  expect_refused(world.send("DELETE", path(whole), Secret(narrow.text)), 401, "KEY_REVOKED");
  expect_scriptix(world.send("DELETE", path(whole), alice.access), 204, "");
}

TEST_F(ScriptixApiKeys, ATokenManagesNone) {
  const auto alice = world.person("alice");
  const auto key = world.api_key(alice.access);
  const Secret token(world.token(alice.access).text);
  EXPECT_EQ(world.send("GET", World::kMe, token).status(), 200);
  expect_refused(world.send("GET", World::kKeys, token), 403, "INSUFFICIENT_PERMISSIONS");
  expect_refused(world.post(World::kKeys, R"({"name":"n","type":"live"})", token), 403,
                 "INSUFFICIENT_PERMISSIONS");
  expect_refused(world.send("DELETE", path(key), token), 403, "INSUFFICIENT_PERMISSIONS");
}

TEST_F(ScriptixApiKeys, OthersKeysTokensAndNativeOnesAreNotFound) {
  const auto alice = world.person("alice");
  const auto bob = world.person("bob");
  const auto theirs = world.api_key(alice.access);
  const auto token = world.token(bob.access);
  NewKey native;
  native.name = "native";
  const auto own_native = world.special_key(bob.account, native);
  for (const auto& key : {theirs, token, own_native}) {
    expect_refused(world.send("DELETE", path(key), bob.access), 404, "NOT_FOUND");
    EXPECT_EQ(world.status_with(key.text), 200);
  }
  EXPECT_EQ(json_of(world.send("GET", World::kKeys, bob.access))["count"].asInt(), 0);
}

TEST_F(ScriptixApiKeys, ANativeKeyMakesSomeWithinItsPower) {
  const auto alice = world.person("alice", "moderator");
  NewKey native;
  native.name = "native";
  native.permissions = Names{"read"};
  const auto maker = world.special_key(alice.account, native);
  EXPECT_EQ(stored(world.api_key(Secret(maker.text))).permissions, Names{"read"});
}

TEST_F(ScriptixApiKeys, RefuseBodiesThatAskForMoreThanIsUnderstood) {
  const auto alice = world.person("alice");
  for (const auto* body : {"{}", R"({"type":"live"})", R"({"name":"n","permissions":["read"]})",
                           R"({"name":"n","expires_in_days":1})", R"({"name":"n","type":1})"}) {
    expect_refused(world.post(World::kKeys, body, alice.access), 422, "VALIDATION_ERROR");
  }
}

}  // namespace
}  // namespace postern::test

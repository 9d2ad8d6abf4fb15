#include <gtest/gtest.h>

#include "tests/support/scriptix_world.hpp"

namespace postern::test {
namespace {

using World = ScriptixWorld;
using domain::Secret;

struct ScriptixTokens : testing::Test {
  World world;
  std::string path(const World::Key& key) { return std::string(World::kTokens) + "/" + key.id; }
};

TEST_F(ScriptixTokens, CreatingAnswersTheKeyOnce) {
  const auto alice = world.person("alice");
  for (const auto* type : {"batch", "realtime"}) {
    const auto response = world.post(
        World::kTokens, R"({"name":"Batch","type":")" + std::string(type) + R"("})", alice.access);
    const auto body = json_of(response);
    const auto key = body["key"].asString();
    expect_scriptix(response, 201,
                    R"({"id":)" + std::to_string(body["id"].asInt64()) +
                        R"(,"name":"Batch","key":")" + key + R"(","type":")" + type +
                        R"(","created_at":")" + world.now() + R"("})");
    EXPECT_EQ(key.substr(0, 6), "token_");
    EXPECT_EQ(world.status_with(key), 200);
    EXPECT_EQ(world.send("GET", World::kTokens, alice.access).body().find(key), std::string::npos);
  }
}

TEST_F(ScriptixTokens, ListTellsTheLiveOnesNewestFirst) {
  const auto alice = world.person("alice");
  expect_scriptix(world.send("GET", World::kTokens, alice.access), 200,
                  R"({"count":0,"total_results":0,"result":[]})");
  const auto one = world.token(alice.access, "one");
  const auto two = world.token(alice.access, "two", "realtime");
  const auto gone = world.token(alice.access, "gone");
  world.api_key(alice.access, "an API key");
  EXPECT_EQ(world.send("DELETE", path(gone), alice.access).status(), 204);
  const auto entry = [&](const World::Key& key, const std::string& name, const std::string& type) {
    return R"({"id":)" + key.id + R"(,"name":")" + name + R"(","type":")" + type +
           R"(","created_at":")" + world.now() + R"(","last_used_at":null})";
  };
  expect_scriptix(world.send("GET", World::kTokens, alice.access), 200,
                  R"({"count":2,"total_results":2,"result":[)" + entry(two, "two", "realtime") +
                      "," + entry(one, "one", "batch") + "]}");
}

TEST_F(ScriptixTokens, PartsOfTheListHaveTheirEdges) {
  const auto alice = world.person("alice");
  for (int i = 0; i < 27; ++i) world.token(alice.access, "t" + std::to_string(i));
  const auto ask = [&](const std::string& query) {
    return world.send("GET", World::kTokens + query, alice.access);
  };
  const auto part = [&](const std::string& query, int count, const std::string& first) {
    const auto body = json_of(ask(query));
    EXPECT_EQ(body["count"].asInt(), count) << query;
    EXPECT_EQ(body["total_results"].asInt(), 27) << query;
    EXPECT_EQ(body["result"].size(), static_cast<unsigned>(count)) << query;
    if (count > 0) {
      EXPECT_EQ(body["result"][0]["name"].asString(), first) << query;
    }
  };
  part("", 25, "t26");
  part("?offset=0&limit=25", 25, "t26");
  part("?offset=25", 2, "t1");
  part("?offset=26&limit=1", 1, "t0");
  part("?offset=27", 0, "");
  part("?offset=100000&limit=100", 0, "");
  part("?limit=100&other=ignored", 27, "t26");
  for (const auto* query : {"?limit=0", "?limit=101", "?limit=-1", "?limit=x", "?limit=1.5",
                            "?offset=-1", "?offset=100001", "?offset=99999999999999999999"}) {
    expect_refused(ask(query), 422, "VALIDATION_ERROR");
  }
  expect_refused(ask("?limit=1&limit=2"), 400, "BAD_REQUEST");
}

TEST_F(ScriptixTokens, R6ADeletedTokenIsRevokedAtOnceAndSaysSo) {
  const auto alice = world.person("alice");
  const auto token = world.token(alice.access);
  expect_scriptix(world.send("DELETE", path(token), alice.access), 204, "");
  expect_scriptix(
      world.send("GET", World::kMe, Secret(token.text)), 401,
      R"({"error":"Unauthorized","message":"API key has been revoked","error_code":"KEY_REVOKED"})");
  expect_refused(world.send("DELETE", path(token), alice.access), 404, "NOT_FOUND");
}

TEST_F(ScriptixTokens, OthersTokensAndOtherKeysAreNotFound) {
  const auto alice = world.person("alice");
  const auto bob = world.person("bob");
  const auto token = world.token(alice.access);
  const auto key = world.api_key(bob.access);
  expect_refused(world.send("DELETE", path(token), bob.access), 404, "NOT_FOUND");
  expect_refused(world.send("DELETE", path(key), bob.access), 404, "NOT_FOUND");
  for (const auto* id : {"0", "x", "-1", "01", "99999999999999999999", "987654"}) {
    expect_refused(world.send("DELETE", std::string(World::kTokens) + "/" + id, bob.access), 404,
                   "NOT_FOUND");
  }
  EXPECT_EQ(world.status_with(token.text), 200);
  EXPECT_EQ(world.status_with(key.text), 200);
  EXPECT_EQ(json_of(world.send("GET", World::kTokens, bob.access))["count"].asInt(), 0);
}

TEST_F(ScriptixTokens, AreManagedByASessionAlone) {
  const auto alice = world.person("alice");
  const auto token = world.token(alice.access);
  for (const auto& key : {token, world.api_key(alice.access)}) {
    const Secret credential(key.text);
    expect_refused(world.send("GET", World::kTokens, credential), 403, "INSUFFICIENT_PERMISSIONS");
    expect_refused(world.post(World::kTokens, R"({"name":"n","type":"batch"})", credential), 403,
                   "INSUFFICIENT_PERMISSIONS");
    expect_refused(world.send("DELETE", path(token), credential), 403, "INSUFFICIENT_PERMISSIONS");
  }
  expect_refused(world.send("GET", World::kTokens), 401, "MISSING_API_KEY");
}

TEST_F(ScriptixTokens, RefuseWhatCannotBeMade) {
  const auto alice = world.person("alice");
  const auto ask = [&](std::string_view body) {
    return world.post(World::kTokens, body, alice.access);
  };
  for (const auto* body :
       {"{}", R"({"name":"n"})", R"({"type":"batch"})", R"({"name":"","type":"batch"})",
        R"({"name":"n","type":"live"})", R"({"name":"n","type":"Batch"})",
        R"({"name":1,"type":"batch"})", R"({"name":"n","type":"batch","expires_at":"2030"})"}) {
    expect_refused(ask(body), 422, "VALIDATION_ERROR");
  }
  expect_refused(ask(R"({"name":")" + std::string(101, 'n') + R"(","type":"batch"})"), 422,
                 "VALIDATION_ERROR");
  for (const auto* body : {"", "[]", "{", R"({"name":"a","name":"b","type":"batch"})"}) {
    expect_refused(ask(body), 400, "BAD_REQUEST");
  }
  auto form =
      raw_request("POST", World::kTokens, "application/x-www-form-urlencoded", "name=n&type=batch");
  expect_refused(world.send(with_bearer(std::move(form), alice.access)), 415,
                 "UNSUPPORTED_MEDIA_TYPE");
}

TEST_F(ScriptixTokens, AccountsHaveABoundedNumberOfThem) {
  const auto alice = world.person("alice");
  world.domain.settings.keys.per_account = 2;
  const auto first = world.token(alice.access);
  world.token(alice.access);
  expect_refused(world.post(World::kTokens, R"({"name":"n","type":"batch"})", alice.access), 409,
                 "KEY_LIMIT_REACHED");
  EXPECT_EQ(world.send("DELETE", path(first), alice.access).status(), 204);
  world.token(alice.access);
}

}  // namespace
}  // namespace postern::test

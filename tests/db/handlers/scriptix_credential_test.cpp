#include <gtest/gtest.h>

#include "tests/support/scriptix_world.hpp"

namespace postern::test {
namespace {

using World = ScriptixWorld;
using domain::NewKey;
using domain::Secret;

struct ScriptixCredential : testing::Test {
  World world;
  World::Person alice = world.person("alice");
  World::Key key = world.api_key(alice.access);

  fcgi::Response me(std::string_view header, std::string_view value,
                    std::string_view path = World::kMe) {
    return world.send(with_header(request("GET", path), header, value));
  }
  std::string own() {
    return R"({"id":)" + std::to_string(alice.account.number) +
           R"(,"email":"alice@example.org","organization":"Acme Corp","plan":"Gold"})";
  }
  World::Key key_of(const std::string& dialect, const std::string& type, int days = 0) {
    NewKey wanted;
    wanted.name = dialect;
    wanted.dialect = dialect;
    wanted.type = type;
    if (days > 0) wanted.lifetime = std::chrono::days(days);
    return world.special_key(alice.account, wanted);
  }
  static unsigned long number(const fcgi::Response& response, std::string_view header) {
    return std::stoul(std::string(response.get(header)));
  }
};

TEST_F(ScriptixCredential, JwtAndKeyBothTellWhoTheyAreOnBothRoutes) {
  world.settings.scriptix.organization = "Acme Corp";
  for (const auto* path : {World::kMe, "/api/v3/account/me", "/api/v3/me/"}) {
    expect_scriptix(world.send("GET", path, alice.access), 200, own());
    expect_scriptix(world.send("GET", path, Secret(key.text)), 200, own());
    expect_scriptix(me("authorization", "bearer " + key.text, path), 200, own());
    expect_scriptix(me("x-zoom-s2t-key", key.text, path), 200, own());
  }
}

TEST_F(ScriptixCredential, AnAccountWithoutAnAddressHasNone) {
  world.domain.database_server.sql("update postern.account set email = null, email_key = null");
  EXPECT_TRUE(json_of(world.send("GET", World::kMe, alice.access))["email"].isNull());
}

TEST_F(ScriptixCredential, TheDocumentsTableOfRefusals) {
  expect_scriptix(
      world.send("GET", World::kMe), 401,
      R"({"error":"Unauthorized","message":"Missing API key","error_code":"MISSING_API_KEY"})");
  expect_scriptix(
      me("authorization", "Bearer sk_live_abc123"), 401,
      R"({"error":"Unauthorized","message":"Invalid API key","error_code":"INVALID_API_KEY"})");
  world.send("DELETE", std::string(World::kKeys) + "/" + key.id, alice.access);
  expect_scriptix(
      world.send("GET", World::kMe, Secret(key.text)), 401,
      R"({"error":"Unauthorized","message":"API key has been revoked","error_code":"KEY_REVOKED"})");
  expect_scriptix(
      world.send("GET", World::kTokens, Secret(world.api_key(alice.access).text)), 403,
      R"({"error":"Forbidden","message":"API key does not have permission for this operation","error_code":"INSUFFICIENT_PERMISSIONS"})");
}

TEST_F(ScriptixCredential, AnExpiredKeyIsARevokedOneToItsClients) {
  const auto brief = key_of("scriptix", "live", 1);
  world.domain.clock.advance(std::chrono::days(1));
  expect_refused(world.send("GET", World::kMe, Secret(brief.text)), 401, "KEY_REVOKED");
}

TEST_F(ScriptixCredential, WhatIsNoGoodCredentialIsInvalid) {
  for (const auto* value : {"Bearer ", "Bearer undefined", "Bearer a.b.c", "Bearer x y"}) {
    expect_refused(me("authorization", value), 401, "INVALID_API_KEY");
  }
  expect_refused(me("x-zoom-s2t-key", "x"), 401, "INVALID_API_KEY");
  expect_refused(me("x-zoom-s2t-key", alice.access.reveal()), 401, "INVALID_API_KEY");
  expect_refused(me("authorization", "Basic YTpi"), 401, "MISSING_API_KEY");
  auto both = with_header(request("GET", World::kMe), "authorization", "Bearer x");
  expect_refused(world.send(with_header(both, "x-zoom-s2t-key", key.text)), 401, "INVALID_API_KEY");
}

TEST_F(ScriptixCredential, R10KeysOfOtherDialectsAreInvalidAndNativeOnesGood) {
  EXPECT_EQ(world.status_with(key_of("native", "").text), 200);
  EXPECT_EQ(world.status_with(key_of("scriptix", "test").text), 200);
  EXPECT_EQ(world.status_with(key_of("scriptix", "realtime").text), 200);
  expect_refused(world.send("GET", World::kMe, Secret(key_of("openskip", "").text)), 401,
                 "INVALID_API_KEY");
  const auto owner = world.person("owner", "owner");
  NewKey wanted;
  wanted.name = "sked";
  wanted.dialect = "skedcast";
  wanted.type = "live";
  wanted.lifetime = std::chrono::days(1);
  const auto sked = world.special_key(owner.account, wanted);
  expect_refused(world.send("GET", World::kMe, Secret(sked.text)), 401, "INVALID_API_KEY");
}

TEST_F(ScriptixCredential, R6ADisabledAccountsCredentialsAreInvalid) {
  domain::AccountChange disable;
  disable.is_active = false;
  ASSERT_TRUE(domain::update_account(world.domain.services, alice.account.id, disable, std::nullopt,
                                     world.domain.origin)
                  .ok());
  expect_refused(world.send("GET", World::kMe, alice.access), 401, "INVALID_API_KEY");
  expect_refused(world.send("GET", World::kMe, Secret(key.text)), 401, "INVALID_API_KEY");
}

TEST_F(ScriptixCredential, ARestrictedKeyIsRefusedElsewhere) {
  NewKey wanted;
  wanted.name = "restricted";
  wanted.dialect = "scriptix";
  wanted.type = "live";
  wanted.restrictions.cidrs = {"198.51.100.0/24"};
  const auto restricted = world.special_key(alice.account, wanted);
  expect_refused(world.send("GET", World::kMe, Secret(restricted.text)), 403,
                 "INSUFFICIENT_PERMISSIONS");
}

TEST_F(ScriptixCredential, EveryAnswerSaysWhatIsLeftOfTheMinute) {
  world.settings.scriptix.requests_per_minute = 50;
  const std::vector<fcgi::Response> answers{
      world.send("GET", World::kMe, alice.access),
      world.send("GET", World::kMe),
      me("authorization", "Bearer x"),
      world.send("GET", World::kTokens, Secret(key.text)),
      world.send("GET", "/api/v3/auth/nothing-here"),
      world.send("PUT", World::kMe, alice.access),
      world.form(World::kLogin, "username=nobody&password=wrong"),
      world.form(World::kLogin, "username=nobody"),
      world.send("DELETE", "/api/v3/tokens/1", alice.access),
  };
  const auto now = static_cast<unsigned long>(domain::unix_seconds(world.domain.clock.now()));
  for (const auto& answer : answers) {
    ASSERT_FALSE(answer.get("X-RateLimit-Limit").empty()) << answer.body();
    EXPECT_EQ(number(answer, "X-RateLimit-Limit"), 50U);
    EXPECT_LT(number(answer, "X-RateLimit-Remaining"), 50U) << answer.body();
    EXPECT_GT(number(answer, "X-RateLimit-Reset"), now);
    EXPECT_LE(number(answer, "X-RateLimit-Reset"), now + 60);
  }
}

TEST_F(ScriptixCredential, ManyRequestsOfAnAccountAreRefusedWhicheverCredentialTheyBring) {
  world.settings.scriptix.requests_per_minute = 4;
  world.domain.clock.advance(std::chrono::minutes(5));
  for (const unsigned left : {3U, 2U, 1U, 0U}) {
    const auto answer =
        world.send("GET", World::kMe, left % 2 == 0 ? alice.access : Secret(key.text));
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(number(answer, "X-RateLimit-Remaining"), left);
  }
  const auto refused = world.send("GET", World::kMe, alice.access);
  expect_scriptix(
      refused, 429,
      R"({"error":"Rate Limit Exceeded","message":"Too many requests. Please try again in 15 seconds.","error_code":"RATE_LIMIT_EXCEEDED","retry_after":15})");
  EXPECT_EQ(refused.get("Retry-After"), "15");
  EXPECT_EQ(number(refused, "X-RateLimit-Remaining"), 0U);
  const auto bob = world.person("bob");
  EXPECT_EQ(world.send("GET", World::kMe, bob.access).status(), 200) << "each has its own";
  world.domain.clock.advance(std::chrono::seconds(15));
  EXPECT_EQ(world.send("GET", World::kMe, alice.access).status(), 200);
}

TEST_F(ScriptixCredential, ClaimsItsOwnPathsAndNoOthers) {
  expect_refused(world.send("GET", "/api/v3/auth/x"), 404, "NOT_FOUND");
  expect_refused(world.send("GET", "/api/v3/account"), 404, "NOT_FOUND");
  const auto wrong = world.send("GET", "/api/v3/auth/login");
  expect_refused(wrong, 405, "METHOD_NOT_ALLOWED");
  EXPECT_EQ(wrong.get("Allow"), "POST");
  for (const auto* path : {"/api/v3/batch", "/api/v3", "/api/v3/", "/api/v3/mex"}) {
    EXPECT_EQ(json_of(world.send("GET", path))["error_code"].asString(), "") << path;
  }
}

TEST_F(ScriptixCredential, SwitchedOffItIsNotThere) {
  world.settings.scriptix.enabled = false;
  const auto answer = world.send("GET", World::kMe, alice.access);
  EXPECT_EQ(answer.status(), 404);
  EXPECT_EQ(answer.get("Content-Type"), "application/problem+json");
}

}  // namespace
}  // namespace postern::test

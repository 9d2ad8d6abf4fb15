#include <gtest/gtest.h>

#include <thread>

#include "domain/password_change.hpp"
#include "tests/support/scriptix_world.hpp"

namespace postern::test {
namespace {

using World = ScriptixWorld;
using domain::Secret;

constexpr const char* kInvalidCredentials =
    R"({"error":"Unauthorized","message":"Invalid credentials","error_code":"INVALID_CREDENTIALS"})";
constexpr const char* kInvalidCode =
    R"({"error":"Unauthorized","message":"Invalid MFA code","error_code":"INVALID_MFA_CODE"})";

struct ScriptixLogin : testing::Test {
  World world;

  /// The access token of a login that succeeded.
  Secret token_in(const fcgi::Response& response) {
    EXPECT_EQ(response.status(), 200) << response.body();
    return Secret(json_of(response)["access_token"].asString());
  }
  int me(const Secret& token) { return world.send("GET", World::kMe, token).status(); }
};

TEST_F(ScriptixLogin, AnswersExactlyTheDocumentsFiveMembers) {
  world.domain.account("alice");
  const auto response = world.form(World::kLogin, World::login_form("alice", "&remember_me=true"));
  const auto body = json_of(response);
  expect_scriptix(response, 200,
                  R"({"access_token":")" + body["access_token"].asString() +
                      R"(","login":true,"mfa_required":false,"session_id":")" +
                      body["session_id"].asString() + R"(","signature":")" +
                      body["signature"].asString() + R"("})");
  EXPECT_EQ(body["session_id"].asString(),
            world.domain.database_server.sql("select id from postern.session"));
  EXPECT_EQ(body["signature"].asString().size(), 43U);
  EXPECT_EQ(me(token_in(response)), 200);
}

TEST_F(ScriptixLogin, TakesTheEmailAddressAndJsonAndNoLoginTypeAsWell) {
  world.domain.account("alice");
  for (const auto* name : {"alice", "alice@example.org", "ALICE%40example.org"}) {
    EXPECT_EQ(world.form("/api/v3/auth/login", World::login_form(name)).status(), 200) << name;
  }
  const auto json = R"({"username":"alice","password":")" + std::string(DomainWorld::kPassword) +
                    R"(","remember_me":false})";
  EXPECT_EQ(world.post(World::kLogin, json).status(), 200);
  EXPECT_EQ(world.form("/api/v3/auth/login/", World::login_form("alice")).status(), 200);
}

TEST_F(ScriptixLogin, LivesSevenDaysOrForALoginThatIsNotRememberedTwelveHours) {
  world.domain.account("alice");
  const auto kept = token_in(world.form(World::kLogin, World::login_form("alice")));
  const auto brief =
      token_in(world.form(World::kLogin, World::login_form("alice", "&remember_me=false")));
  world.domain.clock.advance(std::chrono::hours(12) - std::chrono::seconds(1));
  EXPECT_EQ(me(brief), 200);
  world.domain.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(me(brief), 401);
  world.domain.clock.advance(std::chrono::hours(156) - std::chrono::seconds(1));
  EXPECT_EQ(me(kept), 200);
  world.domain.clock.advance(std::chrono::seconds(1));
  expect_refused(world.send("GET", World::kMe, kept), 401, "INVALID_API_KEY");
}

TEST_F(ScriptixLogin, R8UnknownWrongAndDisabledAreOneAnswer) {
  world.domain.account("alice");
  const auto bob = world.domain.account("bob");
  domain::AccountChange disable;
  disable.is_active = false;
  ASSERT_TRUE(domain::update_account(world.domain.services, bob.id, disable, std::nullopt,
                                     world.domain.origin)
                  .ok());
  for (const auto* path : {World::kLogin, World::kMfa}) {
    const std::string code = path == World::kMfa ? "&totp_code=123456" : "";
    expect_scriptix(world.form(path, "username=alice&password=wrong" + code), 401,
                    kInvalidCredentials);
    expect_scriptix(world.form(path, World::login_form("nobody", code)), 401, kInvalidCredentials);
    expect_scriptix(world.form(path, World::login_form("bob", code)), 401, kInvalidCredentials);
  }
}

TEST_F(ScriptixLogin, SaysThatApprovalIsPendingOnlyAfterARightPassword) {
  world.domain.account("alice");
  world.domain.database_server.sql("update postern.account set is_approved = false");
  expect_scriptix(
      world.form(World::kLogin, World::login_form("alice")), 403,
      R"({"error":"Forbidden","message":"Account pending approval","error_code":"ACCOUNT_PENDING_APPROVAL"})");
  expect_scriptix(world.form(World::kLogin, "username=alice&password=wrong"), 401,
                  kInvalidCredentials);
}

TEST_F(ScriptixLogin, AFactorMakesItTwoStepsTheFirstOfWhichGivesNothing) {
  world.domain.account("alice");
  const auto factor = world.enable_totp("alice");
  const auto sessions = world.domain.database_server.sql("select count(*) from postern.session");
  for (const auto* more : {"", "&totp_code=000000"}) {
    expect_scriptix(world.form(World::kLogin, World::login_form("alice", more)), 200,
                    R"({"login":false,"mfa_required":true})");
  }
  EXPECT_EQ(world.domain.database_server.sql("select count(*) from postern.session"), sessions);
  const auto code = "&totp_code=" + world.code_of(factor);
  const auto second = world.form(World::kMfa, World::login_form("alice", code));
  EXPECT_EQ(me(token_in(second)), 200);
  expect_scriptix(world.form(World::kMfa, World::login_form("alice", code)), 401, kInvalidCode);
}

TEST_F(ScriptixLogin, ABackupCodeSufficesOnce) {
  world.domain.account("alice");
  const auto factor = world.enable_totp("alice");
  const auto code = "&backup_code=" + std::string(factor.recovery_codes.front().reveal());
  EXPECT_EQ(me(token_in(world.form(World::kMfa, World::login_form("alice", code)))), 200);
  expect_scriptix(world.form(World::kMfa, World::login_form("alice", code)), 401, kInvalidCode);
  const auto both = "&totp_code=&backup_code=" + std::string(factor.recovery_codes.back().reveal());
  EXPECT_EQ(world.form(World::kMfa, World::login_form("alice", both)).status(), 200)
      << "an empty field is none";
}

TEST_F(ScriptixLogin, AWrongCodeIsRefusedAndAMissingOneAskedFor) {
  world.domain.account("alice");
  world.enable_totp("alice");
  for (const auto* code :
       {"&totp_code=000000", "&totp_code=abc", "&backup_code=AAAA-BBBB-CCCC", "&backup_code=x"}) {
    expect_scriptix(world.form(World::kMfa, World::login_form("alice", code)), 401, kInvalidCode);
  }
  expect_scriptix(world.form(World::kMfa, World::login_form("alice")), 422,
                  R"({"error":")" + std::string(fcgi::reason_phrase(422)) +
                      R"(","message":"totp_code or backup_code is required",)"
                      R"("error_code":"VALIDATION_ERROR"})");
}

TEST_F(ScriptixLogin, TheSecondRouteServesAccountsWithoutAFactorToo) {
  world.domain.account("alice");
  const auto response = world.form(World::kMfa, World::login_form("alice", "&totp_code=123456"));
  EXPECT_EQ(me(token_in(response)), 200);
}

TEST_F(ScriptixLogin, SaysHowLongToWaitAfterTooManyFailures) {
  world.domain.account("alice");
  world.domain.settings.login_limit.per_account = 1;
  EXPECT_EQ(world.form(World::kLogin, "username=alice&password=wrong").status(), 401);
  const auto response = world.form(World::kLogin, World::login_form("alice"));
  const auto wait = std::string(response.get("Retry-After"));
  EXPECT_GT(std::stoi(wait), 1);
  expect_scriptix(
      response, 429,
      R"({"error":"Rate Limit Exceeded","message":"Too many requests. Please try again in )" +
          wait + R"( seconds.","error_code":"RATE_LIMIT_EXCEEDED","retry_after":)" + wait + "}");
}

TEST_F(ScriptixLogin, RefusesWhatIsNoLogin) {
  const auto ask = [&](std::string_view type, std::string_view body,
                       std::string_view path = World::kLogin) {
    return world.send(raw_request("POST", path, type, body));
  };
  constexpr const char* kForm = "application/x-www-form-urlencoded";
  expect_refused(ask(kForm, ""), 422, "VALIDATION_ERROR");
  expect_refused(ask(kForm, "username=a"), 422, "VALIDATION_ERROR");
  expect_refused(ask(kForm, "username=a&password="), 422, "VALIDATION_ERROR");
  expect_refused(ask(kForm, "username=a&username=b&password=c"), 400, "BAD_REQUEST");
  expect_refused(ask(kForm, "username=%zz&password=c"), 400, "BAD_REQUEST");
  expect_refused(ask(kForm, "username=a&password=b&remember_me=maybe"), 422, "VALIDATION_ERROR");
  expect_refused(ask("application/json", "[]"), 400, "BAD_REQUEST");
  expect_refused(ask("application/json", R"({"username":1,"password":"x"})"), 422,
                 "VALIDATION_ERROR");
  expect_refused(ask("text/plain", "username=a"), 415, "UNSUPPORTED_MEDIA_TYPE");
  expect_refused(ask("", ""), 400, "BAD_REQUEST");
  expect_refused(ask(kForm, "username=a&password=b", "/api/v3/auth/login?login_type=cookie"), 422,
                 "VALIDATION_ERROR");
  expect_refused(
      ask(kForm, "username=a&password=b", "/api/v3/auth/login?login_type=token&login_type=token"),
      400, "BAD_REQUEST");
}

TEST_F(ScriptixLogin, R6LoggingOutEndsTheTokenAtOnce) {
  const auto alice = world.person("alice");
  expect_scriptix(world.send("POST", "/api/v3/auth/logout", alice.access), 204, "");
  expect_refused(world.send("GET", World::kMe, alice.access), 401, "INVALID_API_KEY");
  expect_refused(world.send("POST", "/api/v3/auth/logout", alice.access), 401, "INVALID_API_KEY");
}

TEST_F(ScriptixLogin, OnlyASessionCanLogOut) {
  const auto alice = world.person("alice");
  const auto key = world.api_key(alice.access);
  expect_refused(world.send("POST", "/api/v3/auth/logout", Secret(key.text)), 403,
                 "INSUFFICIENT_PERMISSIONS");
}

TEST_F(ScriptixLogin, MicrosoftIsNotFoundWhereNoProviderIsConfigured) {
  expect_refused(
      world.send("GET", "/api/v3/auth/login/microsoft?redirect_uri=https://app.example/cb"), 404,
      "NOT_FOUND");
}

TEST_F(ScriptixLogin, R10ARefreshTokenOfAnotherDoorOpensNothingHere) {
  world.domain.account("alice");
  expect_refused(world.send("GET", World::kMe, world.domain.login("alice").refresh), 401,
                 "INVALID_API_KEY");
}

}  // namespace
}  // namespace postern::test

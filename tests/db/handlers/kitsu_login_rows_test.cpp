#include <gtest/gtest.h>

#include "domain/bot_token.hpp"
#include "tests/support/authenticator.hpp"
#include "tests/support/kitsu_world.hpp"

// What a login and a token are refused with, to the byte: a test for each case that clients tell
// apart. The texts are the wire's, written here by hand.

namespace postern::test {
namespace {

using World = KitsuWorld;
using domain::Secret;

constexpr const char* kFailed = R"({"login":false})";
constexpr const char* kPassword = DomainWorld::kPassword;

void change(World& world, const domain::Account& account, const domain::AccountChange& wanted) {
  ASSERT_TRUE(domain::update_account(world.domain.services, account.id, wanted, std::nullopt,
                                     world.domain.origin)
                  .ok());
}

void disable(World& world, const domain::Account& account) {
  domain::AccountChange wanted;
  wanted.is_active = false;
  change(world, account, wanted);
}

struct KitsuLoginRow : testing::Test {
  World world;

  fcgi::Response log_in(const std::string& login, std::string_view password = kPassword) {
    return world.post(World::kLogin, World::login_body(login, password));
  }
  /// With a proof in place of its null.
  fcgi::Response log_in_with(const std::string& login, const std::string& member,
                             std::string_view value) {
    auto body = World::login_body(login);
    const auto null = '"' + member + R"(":null)";
    body.replace(body.find(null), null.size(), '"' + member + R"(":")" + std::string(value) + '"');
    return world.post(World::kLogin, body);
  }
};

TEST_F(KitsuLoginRow, R8UnknownUserAndWrongPasswordAreOneAnswer) {
  world.domain.account("ann");
  expect_kitsu(log_in("ann@example.org", "wrong"), 400, kFailed);
  expect_kitsu(log_in("nobody@example.org"), 400, kFailed);
  expect_kitsu(log_in("nobody"), 400, kFailed);
}

TEST_F(KitsuLoginRow, NoEmailAndAnEmptyOneAreAValidationError) {
  for (const auto* body : {R"({"email":"","password":"x"})", R"({"password":"x"})",
                           R"({"email":null})", R"({})", R"({"email":""})"}) {
    const auto response = world.post(World::kLogin, body);
    expect_validation_error(response, "email");
    EXPECT_EQ(json_of(response)["data"]["errors"].size(), 1U);
    EXPECT_EQ(json_of(response).size(), 3U);
  }
}

TEST_F(KitsuLoginRow, TheRightPasswordThatEverybodyKnowsGivesATokenForAnother) {
  domain::NewAccount wanted;
  wanted.username = "fresh";
  wanted.email = "fresh@example.org";
  wanted.claimable = true;
  ASSERT_TRUE(
      domain::create_account(world.domain.services, wanted, std::nullopt, world.domain.origin)
          .ok());
  const auto response = log_in("fresh@example.org", "default");
  const auto token = json_of(response)["token"].asString();
  expect_kitsu(response, 400,
               R"({"login":false,"default_password":true,"token":")" + token + R"("})");
  const auto body = R"({"email":"fresh@example.org","token":")" + token + R"(","password":")" +
                    kPassword + R"(","password2":")" + kPassword + R"("})";
  expect_kitsu(world.put("/api/auth/reset-password", body), 200, R"({"success":true})");
  EXPECT_EQ(log_in("fresh@example.org").status(), 200);
  expect_kitsu(log_in("fresh@example.org", "default"), 400, kFailed);
}

TEST_F(KitsuLoginRow, InactiveIsToldAfterARightPasswordAlone) {
  disable(world, world.domain.account("ann"));
  expect_kitsu(log_in("ann@example.org"), 401,
               R"({"error":true,"login":false,"unactive":true,)"
               R"("message":"User is unactive, he cannot log in."})");
  expect_kitsu(log_in("ann@example.org", "wrong"), 400, kFailed);
}

TEST_F(KitsuLoginRow, FiveFailuresWithinAMinuteLockOut) {
  world.domain.account("ann");
  for (int i = 0; i < 5; ++i) expect_kitsu(log_in("ann@example.org", "wrong"), 400, kFailed);
  for (const auto* password : {"wrong", kPassword}) {
    expect_kitsu(log_in("ann@example.org", password), 400,
                 R"({"error":true,"login":false,"too_many_failed_login_attemps":true})");
  }
  world.domain.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(log_in("ann@example.org").status(), 200);
}

TEST_F(KitsuLoginRow, ASecondFactorIsAskedForByNameAfterTheRightPassword) {
  const auto ann = world.domain.account("ann");
  enrol(world.domain, ann);
  expect_kitsu(log_in("ann@example.org"), 400,
               R"({"error":true,"login":false,"missing_OTP":true,)"
               R"("preferred_two_factor_authentication":"totp",)"
               R"("two_factor_authentication_enabled":["recovery_code","totp"]})");
  expect_kitsu(log_in("ann@example.org", "wrong"), 400, kFailed);
}

TEST_F(KitsuLoginRow, AWrongProofIsToldAndCountsToTheLockout) {
  const auto ann = world.domain.account("ann");
  const auto enrolled = enrol(world.domain, ann);
  const auto wrong = enrolled.app.wrong_code(world.domain.clock.now());
  constexpr const char* kWrong = R"({"error":true,"login":false,"wrong_OTP":true})";
  expect_kitsu(log_in_with("ann@example.org", "totp", wrong.reveal()), 400, kWrong);
  expect_kitsu(log_in_with("ann@example.org", "recovery_code", "AAAAAAAAAA"), 400, kWrong);
  expect_kitsu(log_in_with("ann@example.org", "email_otp", "123456"), 400, kWrong);
  expect_kitsu(log_in_with("ann@example.org", "totp", "no code"), 400, kWrong);
  expect_kitsu(log_in_with("ann@example.org", "totp", "000"), 400, kWrong);
  expect_kitsu(
      log_in_with("ann@example.org", "totp", enrolled.app.code(world.domain.clock.now()).reveal()),
      400, R"({"error":true,"login":false,"too_many_failed_login_attemps":true})");
  world.domain.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(
      log_in_with("ann@example.org", "totp", enrolled.app.code(world.domain.clock.now()).reveal())
          .status(),
      200);
}

TEST_F(KitsuLoginRow, NoDatabaseIsAFaultAndNoFailedLogin) {
  world.domain.account("ann");
  world.domain.database_server.sql("alter table postern.account rename to away");
  expect_kitsu(log_in("ann@example.org"), 500,
               R"({"error":true,"login":false,"message":"Internal server error."})");
}

// --- tokens --------------------------------------------------------------------------------------

constexpr const char* kRevoked = R"({"msg":"Token has been revoked"})";

struct KitsuTokenRow : testing::Test {
  World world;

  fcgi::Response ask(std::string_view authorization, std::string_view path = World::kMe) {
    return world.send(with_header(request("GET", path), "authorization", authorization));
  }
  static std::string missing(std::string_view detail,
                             std::string_view cookie = "access_token_cookie") {
    return R"({"msg":"Missing JWT in cookies or headers (Missing cookie \")" + std::string(cookie) +
           R"(\"; )" + std::string(detail) + R"x()"})x";
  }
};

TEST_F(KitsuTokenRow, NoCredential) {
  expect_kitsu(world.get(World::kMe), 401, missing("Missing Authorization Header"));
  expect_kitsu(world.get(World::kRefresh), 401,
               missing("Missing Authorization Header", "refresh_token_cookie"));
}

TEST_F(KitsuTokenRow, AnotherSchemeOrBearerInLowerCase) {
  const auto text = missing(
      "Missing 'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'");
  const std::string token(world.person().access.reveal());
  expect_kitsu(ask("bearer " + token), 401, text);
  expect_kitsu(ask("Basic " + token), 401, text);
  expect_kitsu(ask(token), 401, text);
}

TEST_F(KitsuTokenRow, ExpiredByTheMessageThatClientsKeyOn) {
  constexpr const char* kExpired = R"({"error":true,"message":"Signature has expired"})";
  const auto ann = world.person();
  const auto bob = world.domain.account("bob");
  const auto today = domain::issue_bot_token(world.domain.services, bob.id, "2027-01-15", bob.id,
                                             world.domain.origin);
  world.domain.clock.advance(std::chrono::hours(15));
  EXPECT_EQ(world.status_with(today.value().text), 200) << "to the end of that day";
  world.domain.clock.advance(std::chrono::hours(1));
  expect_kitsu(world.get(World::kMe, today.value().text), 401, kExpired);
  world.domain.clock.advance(std::chrono::days(6) + std::chrono::hours(7));
  EXPECT_EQ(world.status_with(ann.access), 200);
  world.domain.clock.advance(std::chrono::hours(1));
  expect_kitsu(world.get(World::kMe, ann.access), 401, kExpired);
  EXPECT_EQ(world.get(World::kRefresh, ann.refresh).status(), 200);
  world.domain.clock.advance(std::chrono::days(15));
  expect_kitsu(world.get(World::kRefresh, ann.refresh), 401, kExpired);
}

TEST_F(KitsuTokenRow, Revoked) {
  const auto ann = world.person();
  EXPECT_EQ(world.get("/api/auth/logout", ann.access).status(), 200);
  expect_kitsu(world.get(World::kMe, ann.access), 401, kRevoked);
  expect_kitsu(world.get(World::kRefresh, ann.refresh), 401, kRevoked);
  const auto bot = world.bot();
  world.script_token(bot.account);
  expect_kitsu(world.get(World::kMe, bot.token), 401, kRevoked);
}

TEST_F(KitsuTokenRow, Malformed) {
  for (const auto* text : {"garbage", "one.dot", "pst_0123456789ab_x"}) {
    expect_kitsu(ask(std::string("Bearer ") + text), 422, R"({"msg":"Not enough segments"})");
  }
  for (const auto* text : {"a.b.c", "....", "!!!.e30.AAAA"}) {
    expect_kitsu(ask(std::string("Bearer ") + text), 422, R"({"msg":"Invalid header padding"})");
  }
}

TEST_F(KitsuTokenRow, BadSignature) {
  constexpr const char* kBad = R"({"msg":"Signature verification failed"})";
  const auto ann = world.person();
  const auto bob = world.person("bob");
  const auto crossed = [](const Secret& claims, const Secret& signature) {
    const std::string one(claims.reveal()), other(signature.reveal());
    return "Bearer " + one.substr(0, one.rfind('.')) + other.substr(other.rfind('.'));
  };
  expect_kitsu(ask(crossed(ann.access, bob.access)), 422, kBad);
  expect_kitsu(ask(crossed(ann.refresh, bob.refresh), World::kRefresh), 422, kBad);
  expect_kitsu(ask(crossed(world.script_token(ann.account), world.script_token(bob.account))), 422,
               kBad);
}

TEST_F(KitsuTokenRow, R10ARefreshTokenForAnAccessTokenAndTheReverse) {
  const auto ann = world.person();
  expect_kitsu(world.get(World::kMe, ann.refresh), 422,
               R"({"msg":"Only non-refresh tokens are allowed"})");
  for (const auto& token : {ann.access, world.script_token(ann.account), world.bot().token}) {
    expect_kitsu(world.get(World::kRefresh, token), 422,
                 R"({"msg":"Only refresh tokens are allowed"})");
  }
}

TEST_F(KitsuTokenRow, BearerAlone) {
  constexpr const char* kBad =
      R"({"msg":"Bad Authorization header. Expected 'Authorization: Bearer <JWT>'"})";
  for (const auto* header : {"Bearer", "Bearer ", "Bearer a b"}) {
    expect_kitsu(ask(header), 422, kBad);
    expect_kitsu(ask(header, World::kRefresh), 422, kBad);
  }
}

TEST_F(KitsuTokenRow, R6ThePersonIsGoneOrInactive) {
  const auto gone = world.person("gone");
  const auto asleep = world.person("asleep");
  ASSERT_TRUE(domain::delete_account(world.domain.services, gone.account.id, std::nullopt,
                                     world.domain.origin)
                  .ok());
  disable(world, asleep.account);
  expect_unauthorized(world.get(World::kMe, gone.access));
  expect_unauthorized(world.get(World::kMe, asleep.access));
  domain::AccountChange wake;
  wake.is_active = true;
  change(world, asleep.account, wake);
  expect_kitsu(world.get(World::kMe, asleep.access), 401, kRevoked);
}

TEST_F(KitsuTokenRow, ForbiddenByRoleAndForBots) {
  const auto ann = world.person();
  const auto bot = world.bot();
  expect_forbidden(world.post(World::kPersons, R"({"email":"x@example.org"})", ann.access));
  for (const auto* path : {"/api/auth/logout", "/api/data/user/context", "/data/user/done-tasks"})
    expect_forbidden(world.get(path, bot.token));
}

TEST_F(KitsuTokenRow, ASecondFactorThatIsRequiredAndNotSetUp) {
  world.domain.settings.mfa.required_at_kitsu = true;
  const auto ann = world.person();
  for (const auto* path : {"/api/data/user/context", World::kPersons, "/data/projects"}) {
    expect_kitsu(world.get(path, ann.access), 403,
                 R"({"error":true,"two_factor_authentication_required":true,"message":)"
                 R"("Two-factor authentication setup is required. Please configure 2FA before )"
                 R"(accessing the API."})");
  }
  EXPECT_EQ(world.status_with(ann.access), 200);
  EXPECT_EQ(world.get(World::kRefresh, ann.refresh).status(), 200);
  EXPECT_EQ(world.put("/api/auth/totp", "", ann.access).status(), 200);
  EXPECT_EQ(world.get("/api/auth/logout", ann.access).status(), 200);
  EXPECT_EQ(world.get(World::kPersons, world.bot().token).status(), 200) << "bots have none";
}

TEST_F(KitsuTokenRow, NoSuchRouteNoSuchMethodNoSuchParameterAndACrash) {
  const auto ann = world.person();
  expect_not_found(world.get("/api/auth/register", ann.access));
  expect_not_found(world.get("/data/persons/none", ann.access));
  const auto put = world.put(World::kLogin, "{}");
  expect_refusal(put, 405, "The method is not allowed for the requested URL.");
  EXPECT_EQ(put.get("Allow"), "POST");
  expect_refusal(world.get("/api/data/persons?colour=red", ann.access), 400,
                 "Filtering on colour is not allowed.");
  expect_refusal(world.post(World::kLogin, "{"), 400,
                 "The browser (or proxy) sent a request that this server could not understand.");
  world.domain.database_server.sql("alter table postern.account rename to away");
  expect_refusal(world.get(World::kPersons, ann.access), 500, "Internal server error.");
}

}  // namespace
}  // namespace postern::test

#include <gtest/gtest.h>

#include "domain/bytes.hpp"
#include "tests/support/openskip_world.hpp"

namespace postern::test {
namespace {

using domain::RegistrationMode;
using std::chrono::hours;
using std::chrono::seconds;

constexpr const char* kRegister = "/api/v1/auth/register";
constexpr const char* kToken = "/api/v1/auth/token";
constexpr const char* kLogin = "/api/v1/auth/login";
constexpr const char* kMe = "/api/v1/auth/me";
constexpr const char* kForm = "application/x-www-form-urlencoded";
constexpr const char* kGoodForm = "username=alice&password=correct+horse%20battery";
constexpr const char* kTokens = R"({"access_token":"<jwt>","token_type":"bearer"})";
constexpr const char* kWrong = R"({"detail":"Incorrect username or password"})";
constexpr const char* kBadInvite = R"({"detail":"Invalid invite code"})";

struct OpenSkipSignIn : testing::Test {
  OpenSkipWorld world;

  fcgi::Response register_as(const std::string& username, const domain::Secret& code) {
    return world.post(kRegister, world.register_body(username, code));
  }
  fcgi::Response log_in(std::string_view body, std::string_view type = kForm) {
    return world.send(raw_request("POST", kLogin, type, body));
  }
  fcgi::Response me(const fcgi::Response& signed_in) {
    return world.send("GET", kMe, domain::Secret(json_of(signed_in)["access_token"].asString()));
  }
  void change(domain::AccountId account, const domain::AccountChange& wanted) {
    ASSERT_TRUE(domain::update_account(world.domain.services, account, wanted, std::nullopt,
                                       world.domain.origin));
  }
  void approve(const std::string& username) {
    const auto account = domain::find_account_by_login(world.domain.services, username);
    domain::AccountChange approval;
    approval.is_approved = true;
    change(account->id, approval);
  }
};

TEST_F(OpenSkipSignIn, RegistrationAnswersTheUserObjectOfTheDocument) {
  expect_openskip(
      register_as("alice", world.invite().code), 201,
      R"({"id":1,"username":"alice","email":"alice@example.org","role":"contributor","is_active":true,"is_approved":false,"created_at":"2027-01-15T08:00:00Z"})");
}

TEST_F(OpenSkipSignIn, WhoRegisteredWaitsForApprovalAndIsToldSoOnlyWithTheRightPassword) {
  register_as("alice", world.invite().code);
  expect_openskip(world.post(kToken, world.sign_in_body("alice")), 403,
                  R"({"detail":"Account pending approval"})");
  expect_openskip(log_in(kGoodForm), 403, R"({"detail":"Account pending approval"})");
  expect_openskip(world.post(kToken, R"({"username":"alice","password":"wrong wrong wrong"})"), 401,
                  kWrong);
  approve("alice");
  expect_openskip(world.post(kToken, world.sign_in_body("alice")), 200, kTokens);
}

TEST_F(OpenSkipSignIn, TheInvitationGivesTheRole) {
  expect_openskip(
      register_as("mod", world.invite("moderator").code), 201,
      R"({"id":1,"username":"mod","email":"mod@example.org","role":"moderator","is_active":true,"is_approved":false,"created_at":"2027-01-15T08:00:00Z"})");
}

TEST_F(OpenSkipSignIn, AnInvitationThatIsNotGoodIsOneAnswerWhateverIsWrongWithIt) {
  const auto used = world.invite();
  ASSERT_EQ(register_as("first", used.code).status(), 201);
  expect_openskip(register_as("alice", used.code), 400, kBadInvite);
  expect_openskip(register_as("alice", domain::Secret("INVITE_CODE_HERE")), 400, kBadInvite);
  expect_openskip(register_as("alice", domain::Secret("")), 400, kBadInvite);
  const auto late = world.invite();
  world.domain.clock.advance(hours(24 * 8));
  expect_openskip(register_as("alice", late.code), 400, kBadInvite);
  const auto back = world.invite();
  ASSERT_TRUE(domain::revoke_invite(world.domain.services, back.invite.id, std::nullopt,
                                    world.domain.origin));
  expect_openskip(register_as("alice", back.code), 400, kBadInvite);
  EXPECT_EQ(world.domain.database_server.sql("select count(*) from postern.account"), "1");
}

TEST_F(OpenSkipSignIn, TakenNamesAreToldByWhichOneIs) {
  world.domain.account("alice");
  expect_openskip(register_as("ALICE", world.invite().code), 400,
                  R"({"detail":"Username already registered"})");
  const auto code = std::string(world.invite().code.reveal());
  expect_openskip(
      world.post(
          kRegister,
          R"({"username":"other","email":"alice@example.org","password":"correct horse battery","invite_code":")" +
              code + R"("})"),
      400, R"({"detail":"Email already registered"})");
}

TEST_F(OpenSkipSignIn, ClosedRegistrationIsForbidden) {
  world.domain.settings.registration.mode = RegistrationMode::Closed;
  expect_openskip(register_as("alice", domain::Secret("x")), 403,
                  R"({"detail":"Registration is closed"})");
  expect_openskip(
      world.post(
          kRegister,
          R"({"username":"alice","email":"a@example.org","password":"correct horse battery"})"),
      403, R"({"detail":"Registration is closed"})");
}

TEST_F(OpenSkipSignIn, OpenRegistrationNeedsNoInvitationAndGivesTheRoleOfTheSettings) {
  world.domain.settings.registration.mode = RegistrationMode::Open;
  world.domain.settings.registration.approval = false;
  world.domain.settings.registration.role = "contributor";
  const auto* body =
      R"({"username":"alice","email":"alice@example.org","password":"correct horse battery"})";
  expect_openskip(
      world.post(kRegister, body), 201,
      R"({"id":1,"username":"alice","email":"alice@example.org","role":"contributor","is_active":true,"is_approved":true,"created_at":"2027-01-15T08:00:00Z"})");
  expect_openskip(register_as("bob", domain::Secret("bad")), 400, kBadInvite);
  EXPECT_EQ(register_as("carol", world.invite("moderator").code).status(), 201);
}

TEST_F(OpenSkipSignIn, RegistrationTellsEveryMissingField) {
  const auto missing = [](std::string_view name) {
    return R"({"loc":["body",")" + std::string(name) +
           R"("],"msg":"Field required","type":"missing"})";
  };
  expect_openskip(world.post(kRegister, "{}"), 422,
                  R"({"detail":[)" + missing("username") + "," + missing("email") + "," +
                      missing("password") + "," + missing("invite_code") + "]}");
  expect_openskip(world.post(kRegister, ""), 422,
                  R"({"detail":[{"loc":["body"],"msg":"Field required","type":"missing"}]})");
}

/// `member` with `value` in an otherwise good registration.
std::string faulty(const std::string& member, const std::string& value) {
  auto body = json(
      R"({"username":"alice","email":"a@example.org","password":"correct horse battery","invite_code":"x"})");
  body[member] = json("[" + value + "]")[0];
  return body.toStyledString();
}

std::string one_fault(std::string_view field, std::string_view msg, std::string_view type) {
  return R"({"detail":[{"loc":["body",")" + std::string(field) + R"("],"msg":")" +
         std::string(msg) + R"(","type":")" + std::string(type) + R"("}]})";
}

TEST_F(OpenSkipSignIn, RegistrationTellsWhatIsWrongWithAValueInPydanticsWords) {
  const auto expect = [&](const std::string& member, const std::string& value, std::string_view msg,
                          std::string_view type) {
    expect_openskip(world.post(kRegister, faulty(member, value)), 422,
                    one_fault(member, msg, type));
  };
  expect("username", "7", "Input should be a valid string", "string_type");
  expect("username", "\"\"", "String should have at least 1 character", "string_too_short");
  expect("username", '"' + std::string(151, 'a') + '"', "String should have at most 150 characters",
         "string_too_long");
  expect("username", "\"with space\"", "Value error, invalid characters", "value_error");
  expect("email", "null", "Input should be a valid string", "string_type");
  expect("email", "\"nonsense\"", "value is not a valid email address", "value_error");
  expect("password", "[1]", "Input should be a valid string", "string_type");
  expect("password", "\"short\"", "String should have at least 15 characters", "string_too_short");
  expect("password", '"' + std::string(257, 'a') + '"', "String should have at most 256 characters",
         "string_too_long");
}

TEST_F(OpenSkipSignIn, BothLoginsAnswerABearerTokenAndNoRefreshToken) {
  world.domain.account("alice", "contributor");
  const auto by_json = world.post(kToken, world.sign_in_body("alice"));
  expect_openskip(by_json, 200, kTokens);
  const auto by_form = log_in(kGoodForm);
  expect_openskip(by_form, 200, kTokens);
  for (const auto& answer : {by_json, by_form}) {
    expect_openskip(
        me(answer), 200,
        R"({"id":1,"username":"alice","email":"alice@example.org","role":"contributor","is_active":true,"is_approved":true,"created_at":"2027-01-15T08:00:00Z"})");
  }
}

TEST_F(OpenSkipSignIn, TheFormMayCarryWhatOauthsPasswordGrantDoes) {
  world.domain.account("alice");
  expect_openskip(
      log_in(std::string("grant_type=password&scope=&client_id=x&client_secret=y&") + kGoodForm),
      200, kTokens);
}

TEST_F(OpenSkipSignIn, AnEmailAddressSignsInToo) {
  world.domain.account("alice");
  expect_openskip(world.post(kToken, world.sign_in_body("alice@example.org")), 200, kTokens);
}

TEST_F(OpenSkipSignIn, ATokenIsGoodForADayAndNotASecondLonger) {
  world.domain.account("alice");
  const auto answer = world.post(kToken, world.sign_in_body("alice"));
  world.domain.clock.advance(hours(24) - seconds(1));
  EXPECT_EQ(me(answer).status(), 200);
  world.domain.clock.advance(seconds(1));
  expect_openskip(me(answer), 401, R"({"detail":"Could not validate credentials"})");
}

TEST_F(OpenSkipSignIn, TheTokenSaysWhenItEnds) {
  world.domain.account("alice");
  const auto token = json_of(world.post(kToken, world.sign_in_body("alice")))["access_token"];
  const auto text = token.asString();
  const auto first = text.find('.') + 1;
  const auto bytes = domain::base64url_decode(text.substr(first, text.find('.', first) - first));
  ASSERT_TRUE(bytes);
  const auto claims = json(std::string(bytes->begin(), bytes->end()));
  EXPECT_EQ(claims["exp"].asInt64() - claims["iat"].asInt64(), 86400);
  EXPECT_TRUE(claims["sub"].isString());
}

TEST_F(OpenSkipSignIn, R8UnknownWrongAndDisabledAreTheSameBytesAndOneHashEach) {
  world.domain.account("alice");
  domain::AccountChange disabling;
  disabling.is_active = false;
  change(world.domain.account("bob").id, disabling);
  for (const auto& body : {world.sign_in_body("nobody"), world.sign_in_body("bob"),
                           std::string(R"({"username":"alice","password":"wrong wrong wrong"})"),
                           std::string(R"({"username":"","password":""})")}) {
    const auto before = world.domain.passwords.hashes_for_test();
    expect_openskip(world.post(kToken, body), 401, kWrong);
    EXPECT_EQ(world.domain.passwords.hashes_for_test() - before, 1U) << body;
  }
}

TEST_F(OpenSkipSignIn, TellsMissingFieldsOfBodyAndForm) {
  const auto* both =
      R"({"detail":[{"loc":["body","username"],"msg":"Field required","type":"missing"},{"loc":["body","password"],"msg":"Field required","type":"missing"}]})";
  expect_openskip(world.post(kToken, "{}"), 422, both);
  expect_openskip(log_in(""), 422, both);
  expect_openskip(log_in("username=&password="), 422, both);
  expect_openskip(log_in(world.sign_in_body("alice"), "application/json"), 422, both);
  expect_openskip(log_in("username=alice"), 422,
                  one_fault("password", "Field required", "missing"));
  expect_openskip(log_in("username=a&username=b&password=c"), 422,
                  one_fault("username", "Input should be a valid string", "string_type"));
}

TEST_F(OpenSkipSignIn, ASecondFactorIsAskedOfNobodyHereButAPasswordAloneDoesNotDo) {
  const auto account = world.domain.account("alice");
  world.domain.database_server.sql("update postern.account set totp_enabled = true");
  expect_openskip(world.post(kToken, world.sign_in_body("alice")), 403,
                  R"({"detail":"Two-factor authentication is required; use an API key"})");
  expect_openskip(world.post(kToken, R"({"username":"alice","password":"wrong wrong wrong"})"), 401,
                  kWrong);
}

TEST_F(OpenSkipSignIn, TooManyFailuresOfOneNameAreToldWithRetryAfter) {
  world.domain.account("alice");
  world.domain.settings.login_limit.per_account = 2;
  const auto wrong = R"({"username":"alice","password":"wrong wrong wrong"})";
  expect_openskip(world.post(kToken, wrong), 401, kWrong);
  expect_openskip(world.post(kToken, wrong), 401, kWrong);
  const auto limited = world.post(kToken, wrong);
  expect_openskip(limited, 429, R"({"detail":"Too many requests"})");
  EXPECT_GE(std::stoi(std::string(limited.get("Retry-After"))), 1);
}

TEST_F(OpenSkipSignIn, AllThreeDoorsShareOneLimitOfTheNetworkSuccessesIncluded) {
  world.domain.account("alice");
  world.settings.openskip.sign_ins_per_minute = 3;
  EXPECT_EQ(world.post(kToken, world.sign_in_body("alice")).status(), 200);
  EXPECT_EQ(log_in(kGoodForm).status(), 200);
  EXPECT_EQ(register_as("bob", domain::Secret("bad")).status(), 400);
  for (const auto& refused : {world.post(kToken, world.sign_in_body("alice")), log_in(kGoodForm),
                              register_as("bob", domain::Secret("bad"))}) {
    expect_openskip(refused, 429, R"({"detail":"Too many requests"})");
    EXPECT_EQ(refused.get("Retry-After"), "20");
  }
  EXPECT_EQ(world.send("GET", kMe).status(), 401) << "reading is not limited";
  auto elsewhere = raw_request("POST", kToken, "application/json", world.sign_in_body("alice"));
  elsewhere.remote_address = "198.51.100.7";
  EXPECT_EQ(world.send(elsewhere).status(), 200);
  world.domain.clock.advance(seconds(20));
  EXPECT_EQ(log_in(kGoodForm).status(), 200);
}

TEST_F(OpenSkipSignIn, SwitchedOffItIsNotThere) {
  world.settings.openskip.enabled = false;
  EXPECT_EQ(world.post(kToken, world.sign_in_body("alice")).status(), 404);
}

}  // namespace
}  // namespace postern::test

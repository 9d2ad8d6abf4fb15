#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "domain/dialect_profile.hpp"
#include "tests/support/dispatcharr_world.hpp"

namespace postern::test {
namespace {

domain::AccountChange disabling() {
  domain::AccountChange change;
  change.is_active = false;
  return change;
}

domain::AccountChange unapproving() {
  domain::AccountChange change;
  change.is_approved = false;
  return change;
}

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kToken = "/api/accounts/token/";
constexpr const char* kLogin = "/api/accounts/auth/login/";
constexpr const char* kRefresh = "/api/accounts/token/refresh/";
constexpr const char* kLogout = "/api/accounts/auth/logout/";
constexpr const char* kMe = "/api/accounts/users/me/";
constexpr const char* kNoAccount =
    R"({"detail":"No active account found with the given credentials"})";
constexpr const char* kTokenInvalid = R"({"detail":"Token is invalid","code":"token_not_valid"})";

struct DispatcharrLogin : testing::Test {
  DispatcharrWorld world;

  fcgi::Response refresh(const std::string& token) {
    return world.post(kRefresh, R"({"refresh":")" + token + R"("})");
  }
  fcgi::Response log_in_from(const std::string& address, const std::string& path = kToken) {
    auto sent = raw_request("POST", path, "application/json", world.login_body("alice"));
    sent.remote_address = address;
    return world.send(sent);
  }
};

TEST_F(DispatcharrLogin, AnswersTheTokenPairOnBothRoutesWithAndWithoutSlash) {
  world.domain.account("alice");
  for (const auto* path : {"/api/accounts/token/", "/api/accounts/token",
                           "/api/accounts/auth/login/", "/api/accounts/auth/login"}) {
    const auto response = world.post(path, world.login_body("alice"));
    const auto refresh = text_of(response, "refresh");
    const auto access = text_of(response, "access");
    expect_answer(response, 200,
                  R"({"refresh":")" + refresh + R"(","access":")" + access + R"("})");
    EXPECT_EQ(std::count(access.begin(), access.end(), '.'), 2) << path;
    EXPECT_EQ(world.send("GET", kMe, domain::Secret(access)).status(), 200) << path;
  }
}

/// The web interface decodes it with atob() and reads an integer exp.
TEST_F(DispatcharrLogin, TheAccessTokensPayloadIsPlainBase64OfThirtyMinutes) {
  world.domain.account("alice");
  const auto access = text_of(world.post(kToken, world.login_body("alice")), "access");
  const auto first = access.find('.') + 1;
  const auto payload = access.substr(first, access.find('.', first) - first);
  EXPECT_EQ(payload.find_first_of("-_"), std::string::npos);
  const auto bytes = domain::base64url_decode(payload);
  ASSERT_TRUE(bytes);
  const auto claims = json(std::string(bytes->begin(), bytes->end()));
  EXPECT_EQ(claims["token_type"].asString(), "access");
  EXPECT_EQ(claims["exp"].asInt64() - claims["iat"].asInt64(), 1800);
  EXPECT_EQ(claims["user_id"].asString(),
            world.domain.database_server.sql("select number from postern.account"));
  EXPECT_EQ(claims["jti"].asString().size(), 32U);
}

TEST_F(DispatcharrLogin, TakesAForm) {
  world.domain.account("alice");
  const auto response = world.send(raw_request("POST", kToken, "application/x-www-form-urlencoded",
                                               "username=alice&password=correct+horse%20battery"));
  EXPECT_EQ(response.status(), 200);
}

TEST_F(DispatcharrLogin, IgnoresWhateverCredentialComesAlong) {
  world.domain.account("alice");
  const auto sent =
      with_header(raw_request("POST", kToken, "application/json", world.login_body("alice")),
                  "authorization", "Bearer nonsense");
  EXPECT_EQ(world.send(sent).status(), 200);
}

TEST_F(DispatcharrLogin, R8UnknownWrongDisabledAndUnapprovedAreTheSameBytesAndOneHashEach) {
  world.domain.account("alice");
  const auto disabled = world.domain.account("bob");
  const auto waiting = world.domain.account("carol");
  auto& services = world.domain.services;
  ASSERT_TRUE(domain::update_account(services, disabled.id, disabling(), {}, world.domain.origin));
  ASSERT_TRUE(domain::update_account(services, waiting.id, unapproving(), {}, world.domain.origin));
  for (const auto& body :
       {world.login_body("nobody"), world.login_body("bob"), world.login_body("carol"),
        std::string(R"({"username":"alice","password":"wrong wrong wrong"})")}) {
    const auto before = world.domain.passwords.hashes_for_test();
    expect_answer(world.post(kToken, body), 401, kNoAccount);
    EXPECT_EQ(world.domain.passwords.hashes_for_test() - before, 1U) << body;
  }
}

TEST_F(DispatcharrLogin, SaysWhatIsWrongWithTheFields) {
  const auto golden = [&](std::string_view body, std::string_view expected) {
    for (const auto* path : {kToken, kLogin}) expect_answer(world.post(path, body), 400, expected);
  };
  golden("", R"({"username":["This field is required."],"password":["This field is required."]})");
  golden("{}",
         R"({"username":["This field is required."],"password":["This field is required."]})");
  golden(
      R"({"username":"","password":" "})",
      R"({"username":["This field may not be blank."],"password":["This field may not be blank."]})");
  golden(
      R"({"username":null,"password":null})",
      R"({"username":["This field may not be null."],"password":["This field may not be null."]})");
  golden(R"({"username":true,"password":["x"]})",
         R"({"username":["Not a valid string."],"password":["Not a valid string."]})");
  golden(R"({"username":"alice"})", R"({"password":["This field is required."]})");
  golden("[]", R"({"non_field_errors":["Invalid data. Expected a dictionary, but got list."]})");
}

TEST_F(DispatcharrLogin, RefusesOtherTypesAndMethods) {
  expect_answer(world.send(raw_request("POST", kToken, "text/plain", "x")), 415,
                R"({"detail":"Unsupported media type \"text/plain\" in request."})");
  const auto response = world.ask("GET", kToken);
  expect_answer(response, 405, R"({"detail":"Method \"GET\" not allowed."})");
  EXPECT_EQ(response.get("Allow"), "POST");
}

TEST_F(DispatcharrLogin, UsesThePasswordAsReceived) {
  world.domain.account("alice");
  expect_answer(world.post(kToken, R"({"username":" alice ","password":" correct horse battery"})"),
                401, kNoAccount);
  EXPECT_EQ(
      world.post(kToken, R"({"username":" alice ","password":"correct horse battery"})").status(),
      200);
}

TEST_F(DispatcharrLogin, ThrottlesBothRoutesTogetherSuccessesIncluded) {
  world.settings.dispatcharr.logins_per_minute = 3;
  world.domain.account("alice");
  EXPECT_EQ(log_in_from("192.0.2.1").status(), 200);
  EXPECT_EQ(log_in_from("192.0.2.1", kLogin).status(), 200);
  EXPECT_EQ(log_in_from("192.0.2.1").status(), 200);
  world.domain.clock.advance(seconds(5));
  const auto limited = log_in_from("192.0.2.1", kLogin);
  expect_answer(limited, 429,
                R"({"detail":"Request was throttled. Expected available in 15 seconds."})");
  EXPECT_EQ(limited.get("Retry-After"), "15");
  EXPECT_EQ(log_in_from("192.0.2.2").status(), 200);
  world.domain.clock.advance(seconds(14));
  expect_answer(log_in_from("192.0.2.1"), 429,
                R"({"detail":"Request was throttled. Expected available in 1 second."})");
  world.domain.clock.advance(seconds(1));
  EXPECT_EQ(log_in_from("192.0.2.1").status(), 200);
  EXPECT_EQ(log_in_from("192.0.2.1").status(), 429) << "one at a time comes back";
}

TEST_F(DispatcharrLogin, ThrottlesBeforeItReadsTheCredentials) {
  world.settings.dispatcharr.logins_per_minute = 1;
  EXPECT_EQ(world.post(kToken, "{").status(), 400);
  const auto before = world.domain.passwords.hashes_for_test();
  EXPECT_EQ(world.post(kToken, "{").status(), 429);
  EXPECT_EQ(world.post(kToken, world.login_body("alice")).status(), 429);
  EXPECT_EQ(world.domain.passwords.hashes_for_test(), before);
}

TEST_F(DispatcharrLogin, TheStoresOwnLimitHasTheSameShape) {
  world.domain.settings.login_limit.per_account = 2;
  world.domain.account("alice");
  const std::string wrong = R"({"username":"alice","password":"wrong wrong wrong"})";
  EXPECT_EQ(world.post(kToken, wrong).status(), 401);
  EXPECT_EQ(world.post(kToken, wrong).status(), 401);
  const auto limited = world.post(kToken, wrong);
  expect_answer(limited, 429,
                R"({"detail":"Request was throttled. Expected available in )" +
                    std::string(limited.get("Retry-After")) + R"( seconds."})");
}

TEST_F(DispatcharrLogin, R9AStormIsAnsweredWithRetryAfter) {
  world.domain.account("alice");
  for (auto& slot : world.domain.slots) slot = 1;  // process 1 lives as long as the machine
  const auto busy = world.post(kToken, world.login_body("alice"));
  for (auto& slot : world.domain.slots) slot = 0;
  expect_answer(busy, 503, R"({"detail":"Service temporarily unavailable, try again later."})");
  EXPECT_FALSE(busy.get("Retry-After").empty());
}

/// The sample client of the product's document: it keeps the first refresh token for ever.
TEST_F(DispatcharrLogin, R2TheFirstTokenGoesOnWorkingForAClientThatNeverTakesTheSuccessor) {
  const auto alice = world.person("alice");
  std::set<std::string> successors;
  for (int i = 0; i < 20; ++i) {
    world.domain.clock.advance(minutes(29));
    const auto response = refresh(std::string(alice.refresh.reveal()));
    const auto access = text_of(response, "access");
    successors.insert(text_of(response, "refresh"));
    expect_answer(response, 200,
                  R"({"access":")" + access + R"(","refresh":")" + *successors.begin() + R"("})");
    EXPECT_EQ(world.send("GET", kMe, domain::Secret(access)).status(), 200);
  }
  EXPECT_EQ(successors.size(), 1U);
  EXPECT_EQ(world.domain.database_server.sql("select counter from postern.session"), "1");
}

TEST_F(DispatcharrLogin, R3OnceASuccessorWasUsedTheFirstTokenKillsTheSession) {
  const auto alice = world.person("alice");
  const std::string first(alice.refresh.reveal());
  const auto second = text_of(refresh(first), "refresh");
  EXPECT_EQ(text_of(refresh(first), "refresh"), second);
  const auto taken = refresh(second);
  const auto third = text_of(taken, "refresh");
  const domain::Secret access(text_of(taken, "access"));
  EXPECT_EQ(world.send("GET", kMe, access).status(), 200);
  expect_answer(refresh(first), 401, kTokenInvalid);
  EXPECT_EQ(world.send("GET", kMe, access).status(), 401);
  for (const auto& token : {first, second, third})
    expect_answer(refresh(token), 401, kTokenInvalid);
  EXPECT_EQ(world.domain.database_server.sql(
                "select count(*) from postern.audit where event = 'refresh_reused'"),
            "1");
}

TEST_F(DispatcharrLogin, RefreshRefusesWhatIsNoRefreshTokenOfItsOwn) {
  const auto alice = world.person("alice");
  const std::string good(alice.refresh.reveal());
  for (const auto& token : {std::string("x"), good + "x", good + " ", " " + good, good.substr(1),
                            good.substr(0, good.size() - 1)}) {
    expect_answer(refresh(token), 401, kTokenInvalid);
  }
  expect_answer(refresh(std::string(alice.access.reveal())), 401,
                R"({"detail":"Token has wrong type","code":"token_not_valid"})");
  const auto native = world.domain.login("alice", domain::SessionKind::Native);
  expect_answer(refresh(std::string(native.refresh.reveal())), 401,
                R"({"detail":"Token has wrong type","code":"token_not_valid"})");
  expect_answer(world.post(kRefresh, ""), 400, R"({"refresh":["This field is required."]})");
  expect_answer(world.post(kRefresh, R"({"refresh":null})"), 400,
                R"({"refresh":["This field may not be null."]})");
  EXPECT_EQ(refresh(good).status(), 200);
}

TEST_F(DispatcharrLogin, RefreshSaysThatTheSessionIsPastItsEnd) {
  const auto alice = world.person("alice");
  world.domain.clock.advance(hours(24) + seconds(1));
  expect_answer(refresh(std::string(alice.refresh.reveal())), 401,
                R"({"detail":"Token is expired","code":"token_not_valid"})");
}

/// CVE-2023-22492: a deactivated user could refresh.
TEST_F(DispatcharrLogin, B7x13ADisabledUsersCredentialsAllRefuse) {
  const auto alice = world.person("alice");
  const auto key = world.key_of(alice.account.id);
  ASSERT_TRUE(domain::update_account(world.domain.services, alice.account.id, disabling(), {},
                                     world.domain.origin));
  EXPECT_EQ(refresh(std::string(alice.refresh.reveal())).status(), 401);
  expect_answer(world.send("GET", kMe, alice.access), 401,
                R"({"detail":"User is inactive","code":"user_inactive"})");
  expect_answer(world.with_key("GET", kMe, key), 401, R"({"detail":"User inactive"})");
}

TEST_F(DispatcharrLogin, B7x21ADeletedUsersCredentialsAllRefuse) {
  const auto alice = world.person("alice");
  const auto key = world.key_of(alice.account.id);
  ASSERT_TRUE(
      domain::delete_account(world.domain.services, alice.account.id, {}, world.domain.origin));
  world.domain.account("alice");
  EXPECT_EQ(refresh(std::string(alice.refresh.reveal())).status(), 401);
  expect_answer(world.send("GET", kMe, alice.access), 401,
                R"({"detail":"User not found","code":"user_not_found"})");
  expect_answer(world.with_key("GET", kMe, key), 401, R"({"detail":"Invalid API key."})");
}

TEST_F(DispatcharrLogin, R6LoggingOutEndsTheSessionOfTheAccessToken) {
  const auto alice = world.person("alice");
  const auto other = world.domain.login("alice", domain::SessionKind::Dispatcharr);
  expect_answer(world.send("POST", kLogout, alice.access), 200,
                R"({"message":"Logout successful"})");
  EXPECT_EQ(world.send("GET", kMe, alice.access).status(), 401);
  expect_answer(refresh(std::string(alice.refresh.reveal())), 401, kTokenInvalid);
  EXPECT_EQ(world.send("GET", kMe, other.access).status(), 200);
  expect_answer(world.send("POST", "/api/accounts/auth/logout", alice.access), 401,
                R"({"detail":"Invalid token.","code":"token_not_valid","messages":)"
                R"([{"token_class":"AccessToken","token_type":"access",)"
                R"("message":"Token is invalid"}]})");
}

TEST_F(DispatcharrLogin, LoggingOutWithAKeyRevokesNothing) {
  const auto alice = world.person("alice");
  const auto key = world.key_of(alice.account.id);
  expect_answer(world.with_key("POST", kLogout, key), 200, R"({"message":"Logout successful"})");
  EXPECT_EQ(world.with_key("GET", kMe, key).status(), 200);
  EXPECT_EQ(world.send("GET", kMe, alice.access).status(), 200);
}

/// CVE-2020-15223: a storage error while revoking was reported as success.
TEST_F(DispatcharrLogin, B7x07AFailureWhileLoggingOutIsNoSuccess) {
  const auto alice = world.person("alice");
  world.domain.database.set_fault_hook_for_test([](std::string_view point) {
    if (point == "before_commit") throw domain::DatabaseUnavailable("test");
  });
  const auto response = world.send("POST", kLogout, alice.access);
  world.domain.database.set_fault_hook_for_test({});
  expect_answer(response, 503, R"({"detail":"Service temporarily unavailable, try again later."})");
  EXPECT_FALSE(response.get("Retry-After").empty());
}

TEST_F(DispatcharrLogin, R7ADatabaseThatIsAwayIsAnOutageInTheDialectsShape) {
  world.domain.database.set_fault_hook_for_test(
      [](std::string_view) { throw domain::DatabaseUnavailable("test"); });
  const auto login = world.post(kToken, world.login_body("alice"));
  world.domain.database.set_fault_hook_for_test({});
  expect_answer(login, 503, R"({"detail":"Service temporarily unavailable, try again later."})");
}

TEST_F(DispatcharrLogin, AllowedNetworksForbidLoginOnlyAfterARightPassword) {
  const auto alice = world.person("alice");
  ASSERT_TRUE(domain::write_profile(
      world.domain.services, alice.account.id, "dispatcharr",
      R"({"custom_properties":{"allowed_networks":["198.51.100.0/24","2001:db8::/32"]}})"));
  const auto sessions = "select count(*) from postern.session";
  const auto before = world.domain.database_server.sql(sessions);
  expect_answer(log_in_from("192.0.2.1"), 403, R"({"error":"Forbidden"})");
  EXPECT_EQ(world.domain.database_server.sql(sessions), before);
  expect_answer(world.post(kToken, R"({"username":"alice","password":"wrong wrong wrong"})"), 401,
                kNoAccount);
  EXPECT_EQ(log_in_from("198.51.100.9").status(), 200);
  EXPECT_EQ(log_in_from("2001:db8::9").status(), 200);
  EXPECT_EQ(log_in_from("2001:db9::9").status(), 403);
}

TEST_F(DispatcharrLogin, AllowedNetworksHoldForTokensKeysAndRefreshing) {
  const auto alice = world.person("alice");
  const auto key = world.key_of(alice.account.id);
  ASSERT_TRUE(domain::write_profile(
      world.domain.services, alice.account.id, "dispatcharr",
      R"({"custom_properties":{"allowed_networks":{"UI":"198.51.100.0/24"}}})"));
  const auto denied = R"({"detail":"You do not have permission to perform this action."})";
  expect_answer(world.send("GET", kMe, alice.access), 403, denied);
  expect_answer(world.with_key("GET", kMe, key), 403, denied);
  expect_answer(refresh(std::string(alice.refresh.reveal())), 403, R"({"error":"Unauthorized"})");
  auto inside = with_bearer(request("GET", kMe), alice.access);
  inside.remote_address = "198.51.100.9";
  EXPECT_EQ(world.send(inside).status(), 200);
  auto again = raw_request("POST", kRefresh, "application/json",
                           R"({"refresh":")" + std::string(alice.refresh.reveal()) + R"("})");
  again.remote_address = "198.51.100.9";
  EXPECT_EQ(world.send(again).status(), 200);
}

}  // namespace
}  // namespace postern::test

#include <gtest/gtest.h>

#include "domain/api_key.hpp"
#include "handlers/dispatcharr/dispatcharr.hpp"
#include "tests/support/dispatcharr_world.hpp"

namespace postern::test {
namespace {

using handlers::Guard;

constexpr const char* kMe = "/api/accounts/users/me/";
constexpr const char* kMissing = R"({"detail":"Authentication credentials were not provided."})";
constexpr const char* kDenied =
    R"({"detail":"You do not have permission to perform this action."})";
constexpr const char* kBadKey = R"({"detail":"Invalid API key."})";

std::string bad_token(const std::string& message) {
  return R"({"detail":"Invalid token.","code":"token_not_valid","messages":[{"token_class":)"
         R"("AccessToken","token_type":"access","message":")" +
         message + R"("}]})";
}

struct DispatcharrCredentials : testing::Test {
  DispatcharrWorld world;

  fcgi::Response me_with(std::string_view authorization, std::string_view key = "") {
    auto sent = request("GET", kMe);
    if (!authorization.empty()) sent = with_header(std::move(sent), "authorization", authorization);
    if (!key.empty()) sent = with_header(std::move(sent), "x-api-key", key);
    return world.send(sent);
  }
};

TEST_F(DispatcharrCredentials, AreTakenInAllThreeHeaders) {
  const auto alice = world.person("alice");
  const std::string key(world.key_of(alice.account.id).reveal());
  EXPECT_EQ(me_with("Bearer " + std::string(alice.access.reveal())).status(), 200);
  EXPECT_EQ(me_with("ApiKey " + key).status(), 200);
  EXPECT_EQ(me_with("apikey " + key).status(), 200);
  EXPECT_EQ(me_with("", key).status(), 200);
  EXPECT_EQ(me_with("Basic YTpi", key).status(), 200);
}

TEST_F(DispatcharrCredentials, HaveTheirExactRefusals) {
  const auto alice = world.person("alice");
  const std::string access(alice.access.reveal());
  expect_answer(me_with(""), 401, kMissing);
  expect_answer(me_with("bearer " + access), 401, kMissing);
  expect_answer(me_with("Basic YTpi"), 401, kMissing);
  const auto malformed =
      R"({"detail":"Authorization header must contain two space-delimited values",)"
      R"("code":"bad_authorization_header"})";
  expect_answer(me_with("Bearer"), 401, malformed);
  expect_answer(me_with("Bearer " + access + " x"), 401, malformed);
  expect_answer(me_with("Bearer x"), 401, bad_token("Token is invalid"));
  expect_answer(me_with("Bearer a.b.c"), 401, bad_token("Token is invalid"));
  expect_answer(me_with("Bearer " + std::string(alice.refresh.reveal())), 401,
                bad_token("Token has wrong type"));
  expect_answer(me_with("ApiKey nonsense"), 401, kBadKey);
  expect_answer(me_with("", "nonsense"), 401, kBadKey);
  expect_answer(me_with("", access), 401, kBadKey);
  world.domain.clock.advance(std::chrono::minutes(31));
  expect_answer(me_with("Bearer " + access), 401, bad_token("Token is expired"));
}

TEST_F(DispatcharrCredentials, ABadBearerFailsEvenBesideAGoodKey) {
  const auto alice = world.person("alice");
  const std::string key(world.key_of(alice.account.id).reveal());
  expect_answer(me_with("Bearer x", key), 401, bad_token("Token is invalid"));
  EXPECT_EQ(me_with("Bearer", key).status(), 401);
}

TEST_F(DispatcharrCredentials, R10AKeyIsNoBearer) {
  const auto alice = world.person("alice");
  const auto key = world.key_of(alice.account.id);
  EXPECT_EQ(me_with("Bearer " + std::string(key.reveal())).status(), 401);
}

TEST_F(DispatcharrCredentials, B7x29NoPartOrExtensionOfAKeyWorks) {
  const auto alice = world.person("alice");
  const std::string key(world.key_of(alice.account.id).reveal());
  for (std::size_t length = 1; length < key.size(); ++length)
    expect_answer(me_with("", key.substr(0, length)), 401, kBadKey);
  expect_answer(me_with("", key + "x"), 401, kBadKey);
  EXPECT_EQ(me_with("", key).status(), 200);
}

TEST_F(DispatcharrCredentials, InTheQueryStringAreIgnored) {
  const auto alice = world.person("alice");
  const std::string key(world.key_of(alice.account.id).reveal());
  for (const auto* name : {"api_key", "key", "apikey", "X-API-Key", "token"})
    expect_answer(world.send("GET", kMe + ("?" + std::string(name) + "=") + key), 401, kMissing);
}

TEST_F(DispatcharrCredentials, R6ARevokedKeyRefusesFromTheAnswerOn) {
  const auto alice = world.person("alice");
  const auto old_key = world.key_of(alice.account.id);
  const auto new_key = world.key_of(alice.account.id);
  expect_answer(world.with_key("GET", kMe, old_key), 401, kBadKey);
  EXPECT_EQ(world.with_key("GET", kMe, new_key).status(), 200);
  expect_answer(world.with_key("POST", "/api/accounts/api-keys/revoke/", new_key), 200,
                R"({"success":true})");
  expect_answer(world.with_key("GET", kMe, new_key), 401, kBadKey);
}

/// CVE-2025-61928 and CVE-2024-3656: every route, every kind of visitor, driven by the table. What
/// a guard lets through may answer anything but 401 and the guard's 403.
TEST_F(DispatcharrCredentials, B7x22And24EveryRouteAsksItsGuardOfEveryKindOfVisitor) {
  const auto member = world.person("member");
  const auto streamer = world.person("streamer", "streamer");
  const auto admin = world.person("admin", "admin");
  const auto member_key = world.key_of(member.account.id);
  const auto admin_key = world.key_of(admin.account.id);
  const auto narrow = domain::issue_key(world.domain.services, admin.account.id,
                                        {"narrow", std::vector<std::string>{}, std::nullopt}, {},
                                        world.domain.origin);
  ASSERT_TRUE(narrow);
  struct Visitor {
    const char* name;
    std::string header, value;
    bool known, admin;
  };
  const auto bearer = [](const domain::Secret& token) {
    return "Bearer " + std::string(token.reveal());
  };
  const std::vector<Visitor> visitors{
      {"nobody", "", "", false, false},
      {"nonsense", "authorization", "Bearer x.y.z", false, false},
      {"bad key", "x-api-key", "pst_nonsense", false, false},
      {"refresh token", "authorization", bearer(admin.refresh), false, false},
      {"streamer", "authorization", bearer(streamer.access), true, false},
      {"member", "authorization", bearer(member.access), true, false},
      {"member's key", "x-api-key", std::string(member_key.reveal()), true, false},
      {"admin's narrow key", "x-api-key", std::string(narrow->text.reveal()), true, false},
      {"admin", "authorization", bearer(admin.access), true, true},
      {"admin's key", "x-api-key", std::string(admin_key.reveal()), true, true},
  };
  for (const auto& route : handlers::dispatcharr_dialect().routes) {
    // These end the visitor's own credential; other tests have them.
    if (route.name == "dispatcharr.logout" || route.name == "dispatcharr.keys.revoke" ||
        route.name == "dispatcharr.keys.generate" || route.name == "dispatcharr.keys.create")
      continue;
    std::string path(route.pattern);
    if (const auto name = path.find("{id}"); name != std::string::npos)
      path.replace(name, 4, "987654");
    for (const auto& visitor : visitors) {
      for (const auto* slash : {"", "/"}) {
        auto sent = raw_request(route.method, path + slash, "application/json", "{}");
        if (!visitor.header.empty()) sent = with_header(sent, visitor.header, visitor.value);
        const auto response = world.send(sent);
        SCOPED_TRACE(std::string(route.name) + slash + " as " + visitor.name);
        if (route.guard == Guard::Anyone) {
          EXPECT_NE(response.status(), 401);
        } else if (!visitor.known) {
          EXPECT_EQ(response.status(), 401);
        } else if (route.guard == Guard::Admin && !visitor.admin) {
          expect_answer(response, 403, kDenied);
        } else {
          EXPECT_NE(response.status(), 401);
          EXPECT_LT(response.status(), 500);
        }
      }
    }
  }
}

TEST_F(DispatcharrCredentials, TheRoutesLeftOutAboveAskForACredentialToo) {
  for (const auto* path : {"/api/accounts/auth/logout/", "/api/accounts/api-keys/revoke/",
                           "/api/accounts/api-keys/generate/", "/api/accounts/api-keys/"}) {
    expect_answer(world.post(path, R"({"user_id":1,"user":1})"), 401, kMissing);
  }
}

TEST_F(DispatcharrCredentials, UnknownPathsAndMethodsHaveTheDialectsShape) {
  expect_answer(world.ask("GET", "/api/accounts/nothing/"), 404, R"({"detail":"Not found."})");
  const auto response = world.ask("DELETE", "/api/accounts/api-keys/");
  expect_answer(response, 405, R"({"detail":"Method \"DELETE\" not allowed."})");
  EXPECT_EQ(response.get("Allow"), "GET, HEAD, POST");
}

TEST_F(DispatcharrCredentials, CanBeSwitchedOffAltogether) {
  world.settings.dispatcharr.enabled = false;
  EXPECT_EQ(world.post("/api/accounts/token/", world.login_body("alice")).status(), 404);
}

TEST_F(DispatcharrCredentials, R10AKeyOfAnotherDialectIsNone) {
  const auto alice = world.person("alice");
  for (const auto* dialect : {"openskip", "scriptix"}) {
    domain::NewKey wanted{.name = dialect, .permissions = {}, .lifetime = {}};
    wanted.dialect = dialect;
    const auto issued = domain::issue_key(world.domain.services, alice.account.id, wanted,
                                          std::nullopt, world.domain.origin);
    ASSERT_TRUE(issued.ok());
    const std::string key(issued->text.reveal());
    expect_answer(me_with("", key), 401, kBadKey);
    expect_answer(me_with("ApiKey " + key), 401, kBadKey);
  }
}

}  // namespace
}  // namespace postern::test

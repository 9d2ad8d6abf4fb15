#include <gtest/gtest.h>

#include <map>

#include "handlers/openskip/openskip.hpp"
#include "tests/support/openskip_world.hpp"

namespace postern::test {
namespace {

using domain::Secret;
using handlers::Guard;
using handlers::Route;

constexpr const char* kMe = "/api/v1/auth/me";
constexpr const char* kNone = R"({"detail":"Not authenticated"})";
constexpr const char* kBadToken = R"({"detail":"Could not validate credentials"})";
constexpr const char* kBadKey = R"({"detail":"Invalid API key"})";

struct OpenSkipCredential : testing::Test {
  OpenSkipWorld world;
  OpenSkipWorld::Person alice = world.person("alice");

  fcgi::Response me(std::vector<std::pair<std::string_view, std::string>> headers) {
    auto sent = test::request("GET", kMe);
    for (const auto& [name, value] : headers) sent = with_header(std::move(sent), name, value);
    return world.send(sent);
  }
  std::string bearer(const Secret& value, const std::string& scheme = "Bearer") {
    return scheme + " " + std::string(value.reveal());
  }
  Secret styled_key(const std::string& dialect, const std::string& type) {
    domain::NewKey wanted;
    wanted.name = dialect + type;
    wanted.dialect = dialect;
    wanted.type = type;
    if (dialect == "skedcast") wanted.lifetime = std::chrono::days(30);
    const auto owner = world.person("owner-" + dialect + type, "admin").account.id;
    return domain::issue_key(world.domain.services, owner, wanted, owner, world.domain.origin)
        .value()
        .text;
  }
};

TEST_F(OpenSkipCredential, ATokenInTheAuthorizationHeaderInAnyCaseOfTheScheme) {
  for (const auto* scheme : {"Bearer", "bearer", "BEARER"})
    EXPECT_EQ(me({{"authorization", bearer(alice.access, scheme)}}).status(), 200) << scheme;
}

TEST_F(OpenSkipCredential, AKeyInItsOwnHeader) {
  EXPECT_EQ(me({{"x-api-key", std::string(world.key(alice, "read").text.reveal())}}).status(), 200);
}

TEST_F(OpenSkipCredential, NothingAndOtherSchemesCountAsNone) {
  expect_openskip(me({}), 401, kNone);
  expect_openskip(me({{"authorization", ""}}), 401, kNone);
  expect_openskip(me({{"authorization", "Basic YTpi"}}), 401, kNone);
  expect_openskip(me({{"authorization", bearer(alice.access, "Token")}}), 401, kNone);
  expect_openskip(me({{"x-api-key", ""}}), 401, kNone);
  expect_openskip(world.send("GET", std::string(kMe) + "?api_key=osk_x&access_token=y"), 401,
                  kNone);
}

TEST_F(OpenSkipCredential, ABadOneIsToldByItsKind) {
  for (const auto* value : {"Bearer", "Bearer ", "Bearer nonsense", "Bearer a.b.c"})
    expect_openskip(me({{"authorization", value}}), 401, kBadToken);
  expect_openskip(me({{"authorization", bearer(alice.access) + "A"}}), 401, kBadToken);
  expect_openskip(me({{"x-api-key", "osk_nonsense"}}), 401, kBadKey);
}

TEST_F(OpenSkipCredential, ABadTokenIsNotSavedByAGoodKey) {
  const std::string key(world.key(alice, "read").text.reveal());
  expect_openskip(me({{"authorization", "Bearer nonsense"}, {"x-api-key", key}}), 401, kBadToken);
  EXPECT_EQ(me({{"authorization", "Basic YTpi"}, {"x-api-key", key}}).status(), 200);
}

TEST_F(OpenSkipCredential, R10EachKindWhereItBelongsAlone) {
  const std::string key(world.key(alice, "read").text.reveal());
  expect_openskip(me({{"authorization", "Bearer " + key}}), 401, kBadToken);
  expect_openskip(me({{"x-api-key", std::string(alice.access.reveal())}}), 401, kBadKey);
  const auto native = world.signed_in("native");
  expect_openskip(me({{"authorization", bearer(native.refresh)}}), 401, kBadToken);
  EXPECT_EQ(me({{"authorization", bearer(native.access)}}).status(), 200);
}

TEST_F(OpenSkipCredential, R10KeysOfItsOwnAndOfTheNativeStyleAlone) {
  const auto personal = world.key_of(alice.account.id);
  EXPECT_EQ(world.with_key("GET", kMe, personal).status(), 200);
  EXPECT_EQ(world.with_key("GET", kMe, styled_key("native", "")).status(), 200);
  EXPECT_EQ(world.with_key("GET", kMe, styled_key("openskip", "")).status(), 200);
  expect_openskip(world.with_key("GET", kMe, styled_key("skedcast", "live")), 401, kBadKey);
  expect_openskip(world.with_key("GET", kMe, styled_key("scriptix", "live")), 401, kBadKey);
  expect_openskip(world.with_key("GET", kMe, styled_key("scriptix", "batch")), 401, kBadKey);
}

TEST_F(OpenSkipCredential, R6ADisabledAccountsTokenAndKeyRefuseAtOnce) {
  const auto key = world.key(alice, "read").text;
  domain::AccountChange disabling;
  disabling.is_active = false;
  ASSERT_TRUE(domain::update_account(world.domain.services, alice.account.id, disabling,
                                     std::nullopt, world.domain.origin));
  expect_openskip(me({{"authorization", bearer(alice.access)}}), 401, kBadToken);
  expect_openskip(world.with_key("GET", kMe, key), 401, kBadKey);
}

TEST_F(OpenSkipCredential, TheProtectedSitesOwnPathsAreNotClaimed) {
  const auto code_of = [&](std::string_view target) {
    return json_of(world.send("GET", target))["code"].asString();
  };
  for (const auto* target :
       {"/api/v1", "/api/v1/", "/api/v1/shows", "/api/v1/submissions/1", "/api/v1/admin",
        "/api/v1/admin/", "/api/v1/admin/shows", "/api/v1/authors", "/api/v1/admin/usersX"})
    EXPECT_EQ(code_of(target), "not_found") << target << " is answered in the native shape";
  for (const auto* target : {"/api/v1/auth", "/api/v1/auth/", "/api/v1/auth/nothing"})
    expect_openskip(world.send("GET", target), 404, R"({"detail":"Not Found"})");
}

TEST_F(OpenSkipCredential, AnUnknownMethodIsToldTheOnesThereAre) {
  const auto response = world.send("PUT", "/api/v1/auth/api-keys", alice.access);
  expect_openskip(response, 405, R"({"detail":"Method Not Allowed"})");
  EXPECT_EQ(response.get("Allow"), "POST, GET, HEAD");
}

TEST_F(OpenSkipCredential, AFinalSlashIsRedirectedBeforeAnyCredentialIsLookedAt) {
  const auto response = world.send("GET", "/api/v1/auth/me/?x=1");
  EXPECT_EQ(response.status(), 307);
  EXPECT_EQ(response.get("Location"), "/api/v1/auth/me?x=1");
}

// Every route of the table against every kind of credential (CVE-2025-61928, CVE-2024-3656): a new
// route is covered by being there.

enum class Held { Nothing, Garbage, Contributor, Moderator, Admin, Read, Moderate, AdminsPersonal };

int expected_status(Guard guard, Held held) {
  const bool session = held == Held::Contributor || held == Held::Moderator || held == Held::Admin;
  const bool admin = held == Held::Admin || held == Held::AdminsPersonal;
  if (guard == Guard::Anyone) return 0;
  if (held == Held::Nothing || held == Held::Garbage) return 401;
  switch (guard) {
    case Guard::Anyone:
    case Guard::Credential:
    case Guard::Person:  // there is no bot among them
      return 0;
    case Guard::Session:
      return session ? 0 : 403;
    case Guard::Admin:
      return admin ? 0 : 403;
    case Guard::AdminSession:
      return admin && session ? 0 : 403;
    case Guard::Loopback:
      break;
  }
  return 403;
}

std::string target_of(const Route& route) {
  std::string target(route.pattern);
  for (const auto* name : {"{key_id}", "{user_id}", "{invite_id}"}) {
    const auto at = target.find(name);
    if (at != std::string::npos) target.replace(at, std::string_view(name).size(), "none");
  }
  return target;
}

/// Handlers refuse the empty body and the id `none` by themselves: with anything but what a guard
/// says.
bool refused_by_guard(const fcgi::Response& response) {
  for (const auto* body : {kNone, kBadToken, kBadKey, R"({"detail":"Not enough permissions"})",
                           R"({"detail":"JWT authentication required"})"}) {
    if (response.body() == body) return true;
  }
  return false;
}

TEST_F(OpenSkipCredential, B7n22AndB7n24EachCredentialAsItsGuardSays) {
  const auto mod = world.person("mod", "moderator");
  const auto chief = world.person("chief", "admin");
  const std::map<Held, Secret> tokens{{Held::Nothing, Secret()},
                                      {Held::Garbage, Secret("garbage")},
                                      {Held::Contributor, alice.access},
                                      {Held::Moderator, mod.access},
                                      {Held::Admin, chief.access}};
  const std::map<Held, Secret> keys{{Held::Read, world.key(alice, "read").text},
                                    {Held::Moderate, world.key(chief, "moderate").text},
                                    {Held::AdminsPersonal, world.key_of(chief.account.id)}};
  const auto expect = [](const Route& route, Held held, const fcgi::Response& response) {
    SCOPED_TRACE(std::string(route.name) + " with " + std::to_string(static_cast<int>(held)));
    const auto status = expected_status(route.guard, held);
    EXPECT_EQ(refused_by_guard(response), status != 0) << response.body();
    if (status != 0) {
      EXPECT_EQ(response.status(), status);
    }
    EXPECT_LT(response.status(), 500);
  };
  for (const auto& route : handlers::openskip_dialect().routes) {
    for (const auto& [held, token] : tokens)
      expect(route, held, world.send(route.method, target_of(route), token));
    for (const auto& [held, key] : keys)
      expect(route, held, world.with_key(route.method, target_of(route), key));
  }
}

}  // namespace
}  // namespace postern::test

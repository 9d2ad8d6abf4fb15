#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "handlers/skedcast/credential.hpp"
#include "tests/support/handler_world.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::handlers {
namespace {

using domain::Secret;
using test::OAuthWorld;
using test::request;
using test::with_bearer;
using test::with_header;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class SkedCastClientToken : public testing::Test {
 protected:
  Secret token(const std::string& resource, const std::string& jkt = "") {
    const auto code =
        oauth_.code(client_.client, owner_, {.scopes = {"read"}, .resources = {resource}});
    return oauth_.redeem(world_.domain.services, client_.client, code, {jkt}).value().access;
  }
  Response ask(const Secret& credential) {
    return world_.send(with_bearer(request("GET", "/v1/agency"), credential));
  }

  test::HandlerWorld world_;
  OAuthWorld oauth_{world_.domain};
  domain::Account owner_ = world_.domain.account("olga", "contributor");
  domain::MadeClient client_ = oauth_.client();
};

TEST_F(SkedCastClientToken, IsTakenForTheResourceThatThePathBelongsTo) {
  const auto response = ask(token(OAuthWorld::kSite));
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.log_account, owner_.id.text());
}

TEST_F(SkedCastClientToken, Rfc9700Rule10IsRefusedForAnotherAudience) {
  const auto response = ask(token(OAuthWorld::kApi));
  EXPECT_EQ(response.status(), 401);
  EXPECT_EQ(response.get("Content-Type"), "application/problem+json");
  EXPECT_THAT(response.body(), HasSubstr(R"("code":"invalid_token")"));
}

TEST_F(SkedCastClientToken, Rfc9068Section223APermissionCountsWhereItsResourceListsIt) {
  const std::vector<std::string> all{"read", "submit"};
  const auto both = oauth_.tokens(
      client_.client, owner_, {.scopes = all, .resources = {OAuthWorld::kApi, OAuthWorld::kSite}});
  const auto permissions = [&] {
    const auto call = with_bearer(request("GET", "/v1/agency"), both.access);
    return skedcast::authenticate(call, world_.services)->value().permissions;
  };
  EXPECT_EQ(permissions(), all);
  auto resources = world_.domain.settings.oauth.resources.all();
  resources.front().scopes = {"moderate", "read"};
  resources.back().scopes = {"read", "submit"};
  world_.domain.settings.oauth.resources = std::move(resources);
  EXPECT_EQ(permissions(), std::vector<std::string>{"read"});
}

TEST_F(SkedCastClientToken, ABoundOneNeedsItsProof) {
  const auto bound = token(OAuthWorld::kSite, "thumbprint");
  EXPECT_EQ(ask(bound).status(), 401) << "as a bearer token";
  const auto as_dpop = with_header(request("GET", "/v1/agency"), "authorization",
                                   "DPoP " + std::string(bound.reveal()));
  EXPECT_EQ(world_.send(as_dpop).status(), 401) << "without a proof";
}

TEST_F(SkedCastClientToken, IsNotTakenWithoutTheServer) {
  const auto access = token(OAuthWorld::kSite);
  world_.domain.settings.oauth.enabled = false;
  EXPECT_EQ(ask(access).status(), 401);
}

TEST_F(SkedCastClientToken, Rfc9728TheChallengeLeadsToTheServer) {
  const std::string metadata =
      R"(, resource_metadata="https://www.example.org/.well-known/oauth-protected-resource")";
  const auto nothing = world_.send("GET", "/v1/agency");
  EXPECT_EQ(nothing.status(), 401);
  EXPECT_EQ(nothing.get("WWW-Authenticate"), R"(Bearer realm="skedcast")" + metadata);
  const auto bad = ask(Secret("nonsense"));
  EXPECT_EQ(bad.get("WWW-Authenticate"),
            R"(Bearer realm="skedcast", error="invalid_token")" + metadata);
  auto resources = world_.domain.settings.oauth.resources.all();
  resources.front().path = "/elsewhere";
  world_.domain.settings.oauth.resources = std::move(resources);
  EXPECT_EQ(world_.send("GET", "/v1/agency").get("WWW-Authenticate"), R"(Bearer realm="skedcast")");
}

TEST_F(SkedCastClientToken, R10NoOtherDoorOfTheApiTakesOne) {
  const auto access = token(OAuthWorld::kSite);
  for (const char* path :
       {"/auth/v1/me", "/auth/v1/keys", "/auth/v1/sessions", "/api/accounts/users/me/",
        "/api/v1/auth/me", "/api/v3/me", "/api/auth/authenticated", "/api/data/persons"}) {
    const auto response = world_.send("GET", path, access);
    EXPECT_THAT(response.status(), ::testing::AnyOf(401, 403, 422)) << path;
  }
}

}  // namespace
}  // namespace postern::handlers

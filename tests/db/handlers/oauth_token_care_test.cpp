#include <gtest/gtest.h>

#include "tests/support/oauth_door.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::ClientAuth;
using test::json_of;
using test::OAuthDoor;
using test::OAuthWorld;

/// What becomes of tokens once they are out: introspection, revocation, userinfo.
class OAuthTokenCare : public testing::Test {
 protected:
  OAuthTokenCare()
      : account(door.domain.account("alice", "contributor")),
        open(door.site.client()),
        secret(door.site.client(ClientAuth::SecretBasic)) {}

  domain::OAuthTokens tokens(const domain::MadeClient& client, std::vector<std::string> scopes) {
    return door.site.tokens(client.client, account, {.scopes = std::move(scopes)});
  }
  static std::string token(const domain::Secret& text) {
    return "token=" + std::string(text.reveal());
  }
  Response introspect(const domain::Secret& text) {
    return door.post("/oauth/introspect", token(text), OAuthDoor::basic(secret));
  }
  Response userinfo(const domain::Secret& access) {
    return door.send("GET", "/oauth/userinfo", access);
  }

  OAuthDoor door;
  domain::Account account;
  domain::MadeClient open, secret;
};

TEST_F(OAuthTokenCare, Checklist2dIntrospectionTellsWhatAResourceNeeds) {
  const auto mine = tokens(secret, {"openid", "read"});
  const auto response = introspect(mine.access);
  ASSERT_EQ(response.status(), 200);
  EXPECT_EQ(response.get("Cache-Control"), "no-store");
  const auto body = json_of(response);
  EXPECT_EQ(body["active"], true);
  EXPECT_EQ(body["scope"], "openid read");
  EXPECT_EQ(body["client_id"], secret.client.client_id);
  EXPECT_EQ(body["username"], "alice");
  EXPECT_EQ(body["token_type"], "Bearer");
  EXPECT_EQ(body["iss"], "https://www.example.org");
  EXPECT_EQ(body["aud"], OAuthWorld::kSite);
  EXPECT_EQ(body["sub"], account.id.text());
  EXPECT_EQ(body["exp"].asInt64() - body["iat"].asInt64(), 900);
  EXPECT_EQ(body["jti"].asString().size(), 32U);
  const auto refresh = json_of(introspect(*mine.refresh));
  EXPECT_EQ(refresh["active"], true);
  EXPECT_FALSE(refresh.isMember("token_type"));
}

TEST_F(OAuthTokenCare, Checklist2dInactiveIsAllThatIsSaid) {
  const auto ended = tokens(secret, {"read"});
  domain::revoke_token(door.domain.services, &secret.client, ended.access.reveal(),
                       door.domain.origin);
  const auto native = door.domain.login("alice");
  for (const auto& text :
       {ended.access, *ended.refresh, native.access, native.refresh, domain::Secret("unknown")}) {
    const auto response = introspect(text);
    EXPECT_EQ(response.status(), 200);
    EXPECT_EQ(response.body(), R"({"active":false})");
  }
}

TEST_F(OAuthTokenCare, Rfc7662OnlyProvenClientsMayAsk) {
  const auto mine = tokens(open, {"read"});
  const auto form = token(mine.access);
  EXPECT_EQ(door.post("/oauth/introspect", form).status(), 401);
  EXPECT_EQ(door.post("/oauth/introspect", form + "&client_id=" + open.client.client_id).status(),
            401);
  EXPECT_EQ(json_of(door.post("/oauth/introspect", "x=y", OAuthDoor::basic(secret)))["error"],
            "invalid_request");
}

TEST_F(OAuthTokenCare, Checklist2dRevocationIs200WhateverTheTokenWas) {
  const auto mine = tokens(secret, {"read"});
  const auto theirs = tokens(open, {"read"});
  const auto revoke = [&](const domain::Secret& text) {
    return door.post("/oauth/revoke", token(text), OAuthDoor::basic(secret));
  };
  for (const auto& text :
       {*mine.refresh, *mine.refresh, domain::Secret("unknown"), theirs.access}) {
    const auto response = revoke(text);
    EXPECT_EQ(response.status(), 200);
    EXPECT_EQ(response.get("Access-Control-Allow-Origin"), "*");
  }
  EXPECT_FALSE(door.site.is_alive(mine.access));
  EXPECT_TRUE(door.site.is_alive(theirs.access)) << "foreign";
  EXPECT_EQ(door.post("/oauth/revoke", token(theirs.access) + "&client_id=" + open.client.client_id)
                .status(),
            200);
  EXPECT_FALSE(door.site.is_alive(theirs.access));
}

TEST_F(OAuthTokenCare, Checklist2dRevocationRefusesClientsThatAreNone) {
  const auto mine = tokens(secret, {"read"});
  const auto response =
      door.post("/oauth/revoke",
                token(mine.access) + "&client_id=" + secret.client.client_id + "&client_secret=x");
  EXPECT_EQ(response.status(), 401);
  EXPECT_EQ(json_of(response)["error"], "invalid_client");
  EXPECT_EQ(
      door.post("/oauth/revoke", "token_type_hint=access_token", OAuthDoor::basic(secret)).status(),
      400);
  EXPECT_TRUE(door.site.is_alive(mine.access));
}

TEST_F(OAuthTokenCare, Checklist2dTheStoreAwayMeansTryAgain) {
  const auto mine = tokens(secret, {"read"});
  door.domain.database.set_fault_hook_for_test([](std::string_view statement) {
    if (statement == "delete_session") throw domain::DatabaseUnavailable("a test's fault");
  });
  const auto response = door.post("/oauth/revoke", token(*mine.refresh), OAuthDoor::basic(secret));
  EXPECT_EQ(response.status(), 503);
  EXPECT_NE(response.get("Retry-After"), "");
  EXPECT_EQ(json_of(response)["error"], "temporarily_unavailable");
}

TEST_F(OAuthTokenCare, OidcUserinfoTellsWhatTheScopesAllow) {
  const auto all = json_of(userinfo(tokens(open, {"email", "openid", "profile"}).access));
  EXPECT_EQ(all["sub"], account.id.text());
  EXPECT_EQ(all["preferred_username"], "alice");
  EXPECT_EQ(all["email"], "alice@example.org");
  EXPECT_EQ(all["email_verified"], false);
  const auto least = json_of(userinfo(tokens(open, {"openid"}).access));
  EXPECT_EQ(least.size(), 1U);
  EXPECT_EQ(least["sub"], account.id.text());
}

TEST_F(OAuthTokenCare, OidcUserinfoTakesTheTokenFromABodyAndNeverFromTheAddress) {
  const std::string access(tokens(open, {"openid"}).access.reveal());
  EXPECT_EQ(door.post("/oauth/userinfo", "access_token=" + access).status(), 200);
  EXPECT_EQ(door.send("GET", "/oauth/userinfo?access_token=" + access).status(), 401);
}

TEST_F(OAuthTokenCare, Rfc6750UserinfoSaysWhyNot) {
  const auto nobody = door.send("GET", "/oauth/userinfo");
  EXPECT_EQ(nobody.status(), 401);
  EXPECT_TRUE(nobody.get("WWW-Authenticate").starts_with("Bearer realm="));
  EXPECT_EQ(nobody.get("WWW-Authenticate").find("error="), std::string_view::npos);
  const auto less = userinfo(tokens(open, {"read"}).access);
  EXPECT_EQ(less.status(), 403);
  EXPECT_NE(less.get("WWW-Authenticate").find(R"(error="insufficient_scope")"),
            std::string_view::npos);
  const auto native = userinfo(door.domain.login("alice").access);
  EXPECT_EQ(native.status(), 401) << "R10";
  EXPECT_NE(native.get("WWW-Authenticate").find(R"(error="invalid_token")"),
            std::string_view::npos);
}

TEST_F(OAuthTokenCare, R6UserinfoRefusesWhatEnded) {
  const auto mine = tokens(open, {"openid"});
  ASSERT_EQ(userinfo(mine.access).status(), 200);
  ASSERT_TRUE(domain::update_account(door.domain.services, account.id, {.is_active = false}, {},
                                     door.domain.origin)
                  .ok());
  EXPECT_EQ(userinfo(mine.access).status(), 401);
}

TEST_F(OAuthTokenCare, Rfc8628ADeviceIsToldWhereToGo) {
  const auto response =
      door.post("/oauth/device_authorization", "scope=read&client_id=" + open.client.client_id);
  ASSERT_EQ(response.status(), 200) << response.body();
  const auto body = json_of(response);
  EXPECT_EQ(body["verification_uri"], "https://www.example.org/oauth/device");
  EXPECT_EQ(body["verification_uri_complete"].asString(),
            "https://www.example.org/oauth/device?user_code=" + body["user_code"].asString());
  EXPECT_EQ(body["expires_in"], 600);
  EXPECT_EQ(body["interval"], 5);
  const auto poll = [&] {
    return json_of(door.post(
        "/oauth/token", "grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=" +
                            body["device_code"].asString() +
                            "&client_id=" + open.client.client_id))["error"]
        .asString();
  };
  EXPECT_EQ(poll(), "authorization_pending");
  EXPECT_EQ(poll(), "slow_down");
  door.domain.clock.advance(std::chrono::minutes(10));
  EXPECT_EQ(poll(), "expired_token");
  EXPECT_EQ(json_of(door.post("/oauth/device_authorization",
                              "scope=nothing&client_id=" + open.client.client_id))["error"],
            "invalid_scope");
  EXPECT_EQ(door.post("/oauth/device_authorization", "scope=read").status(), 401);
}

}  // namespace
}  // namespace postern::handlers::oauth

#include <gtest/gtest.h>

#include "domain/role.hpp"
#include "domain/session.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;

class TokenIntrospection : public testing::Test {
 protected:
  TokenIntrospection()
      : account(world.account("alice", "contributor")),
        client(site.client(ClientAuth::SecretBasic).client) {}

  std::optional<Introspection> look(const Secret& token) { return look(client, token); }
  std::optional<Introspection> look(const OAuthClient& by, const Secret& token) {
    return introspect_token(world.services, by, token.reveal());
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  DomainWorld world;
  OAuthWorld site{world};
  Account account;
  OAuthClient client;
};

TEST_F(TokenIntrospection, AnAccessTokenIsToldInFull) {
  const auto tokens =
      site.tokens(client, account, {.scopes = {"moderate", "openid", "read", "submit"}});
  const auto seen = look(tokens.access);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->scope, "openid read submit") << "moderate is not the account's role's";
  EXPECT_EQ(seen->client_id, client.client_id);
  EXPECT_EQ(seen->username, "alice");
  EXPECT_EQ(seen->subject, account.id.text());
  EXPECT_EQ(seen->audience, std::vector<std::string>{OAuthWorld::kSite});
  EXPECT_EQ(seen->token_id.size(), 32U);
  EXPECT_EQ(seen->issued_at, world.clock.now());
  EXPECT_EQ(seen->expires_at, tokens.access_expires_at);
  EXPECT_FALSE(seen->is_refresh);
}

TEST_F(TokenIntrospection, ARefreshTokenIsNotUsedUpByIt) {
  const auto tokens = site.tokens(client, account);
  for (int i = 0; i < 3; ++i) {
    const auto seen = look(*tokens.refresh);
    ASSERT_TRUE(seen);
    EXPECT_TRUE(seen->is_refresh);
    EXPECT_EQ(seen->scope, "read submit");
    EXPECT_EQ(seen->subject, account.id.text());
    EXPECT_EQ(seen->expires_at, world.clock.now() + days(30));
  }
  EXPECT_EQ(sql("select counter from postern.session"), "0");
}

TEST_F(TokenIntrospection, ASpentRefreshTokenIsInactiveAndEndsNothing) {
  const auto tokens = site.tokens(client, account);
  const auto next = site.refresh(world.services, client, *tokens.refresh);
  EXPECT_TRUE(look(*tokens.refresh)) << "R2: within the leeway it is still answered";
  world.clock.advance(minutes(1));
  EXPECT_FALSE(look(*tokens.refresh));
  EXPECT_TRUE(look(*next->refresh));
}

TEST_F(TokenIntrospection, R6WhatEndedIsInactiveAtOnce) {
  const auto tokens = site.tokens(client, account);
  revoke_token(world.services, &client, tokens.refresh->reveal(), world.origin);
  EXPECT_FALSE(look(tokens.access));
  EXPECT_FALSE(look(*tokens.refresh));

  const auto expired = site.tokens(client, account);
  world.clock.advance(minutes(15));
  EXPECT_FALSE(look(expired.access));
  EXPECT_TRUE(look(*expired.refresh));

  ASSERT_TRUE(
      update_account(world.services, account.id, {.is_active = false}, {}, world.origin).ok());
  EXPECT_FALSE(look(*expired.refresh));
}

TEST_F(TokenIntrospection, R6ScopesAreWorthWhatTheRoleSaysNow) {
  const auto tokens = site.tokens(client, account);
  ASSERT_TRUE(
      put_role(world.services, "contributor", {.permissions = {"read"}}, {}, world.origin).ok());
  EXPECT_EQ(look(tokens.access)->scope, "read");
  EXPECT_EQ(look(*tokens.refresh)->scope, "read");
}

TEST_F(TokenIntrospection, Rfc7662OthersTokensAreSeenByResourcesAlone) {
  const auto tokens = site.tokens(client, account);
  auto other = site.client(ClientAuth::SecretBasic).client;
  EXPECT_TRUE(look(other, tokens.access)) << "made by an administrator, and it proved to be it";
  other.origin = ClientOrigin::Registered;
  EXPECT_FALSE(look(other, tokens.access));
  EXPECT_FALSE(look(other, *tokens.refresh));
  other.origin = ClientOrigin::Administrator;
  other.metadata.auth = ClientAuth::None;
  EXPECT_FALSE(look(other, tokens.access));
}

TEST_F(TokenIntrospection, Rfc9700Rule26WorksWithTokensBoundToAKey) {
  const auto open = site.client().client;
  const auto code = site.code(open, account);
  const auto tokens = site.redeem(world.services, open, code, {"a-key"});
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(look(tokens->access)->dpop_jkt, "a-key");
  EXPECT_EQ(look(*tokens->refresh)->dpop_jkt, "a-key");
  revoke_token(world.services, &open, tokens->access.reveal(), world.origin);
  EXPECT_FALSE(look(tokens->access));
}

TEST_F(TokenIntrospection, AClientsOwnTokenIsNobodys) {
  const auto service = site.service().client;
  const auto tokens = issue_to_client(world.services, {.client = service}, world.origin);
  const auto seen = look(service, tokens->access);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->subject, "client:" + service.client_id);
  EXPECT_EQ(seen->username, "");
}

TEST_F(TokenIntrospection, R10OtherCredentialsAreInactive) {
  const auto native = world.login("alice");
  const auto key = generate_personal_key(world.services, account.id, {}, world.origin);
  const auto tokens = site.tokens(client, account, {.scopes = {"openid"}});
  for (const auto* secret : {&native.access, &native.refresh, &key->text, &*tokens.id_token}) {
    EXPECT_FALSE(look(*secret));
  }
  EXPECT_FALSE(look(Secret("")));
  EXPECT_FALSE(look(Secret("a.b.c")));
}

}  // namespace
}  // namespace postern::domain

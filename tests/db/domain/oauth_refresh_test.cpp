#include <gtest/gtest.h>

#include "domain/oauth_access_token.hpp"
#include "domain/role.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;

class GrantRefresh : public testing::Test {
 protected:
  GrantRefresh() : account(world.account("alice", "contributor")), client(site.client().client) {}

  Result<OAuthTokens> refresh(const Secret& token) {
    return site.refresh(world.services, client, token);
  }
  Result<OAuthTokens> refresh(const RefreshRequest& request) {
    return refresh_grant(world.services, request, world.origin);
  }
  static Errc refusal(const Result<OAuthTokens>& result) {
    EXPECT_FALSE(result.ok());
    return result.ok() ? Errc::Taken : result.error().code;
  }
  RefreshRequest request(const OAuthTokens& tokens) {
    return {.client = &client, .refresh_token = tokens.refresh->reveal()};
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  DomainWorld world;
  OAuthWorld site{world};
  Account account;
  OAuthClient client;
};

TEST_F(GrantRefresh, R1TheCurrentTokenAdvancesTheCounterAndAddsNoRow) {
  auto tokens = site.tokens(client, account);
  for (int i = 1; i <= 5; ++i) {
    world.clock.advance(minutes(1));
    const auto next = refresh(*tokens.refresh);
    ASSERT_TRUE(next.ok());
    EXPECT_NE(next->refresh->reveal(), tokens.refresh->reveal());
    EXPECT_EQ(next->scopes, tokens.scopes);
    EXPECT_TRUE(site.is_alive(next->access));
    EXPECT_EQ(sql("select counter from postern.session"), std::to_string(i));
    EXPECT_EQ(sql("select count(*) from postern.oauth_grant"), "1");
    tokens = *next;
  }
}

TEST_F(GrantRefresh, UsualCaseIsOneStatement) {
  const auto tokens = site.tokens(client, account);
  client = find_client(world.services, client.client_id).value();  // its use is noted once an hour
  std::vector<std::string> points;
  world.database.set_fault_hook_for_test(
      [&](std::string_view point) { points.emplace_back(point); });
  ASSERT_TRUE(refresh(*tokens.refresh).ok());
  EXPECT_EQ(points, std::vector<std::string>{"rotate_grant"});
}

TEST_F(GrantRefresh, R2ARetryInsideTheLeewayAnswersTheSameSuccessor) {
  const auto tokens = site.tokens(client, account);
  const auto first = refresh(*tokens.refresh);
  ASSERT_TRUE(first.ok());
  const auto row = sql("select s::text from postern.session s");
  for (int i = 0; i < 3; ++i) {
    world.clock.advance(seconds(9));
    const auto again = refresh(*tokens.refresh);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->refresh->reveal(), first->refresh->reveal());
    EXPECT_TRUE(site.is_alive(again->access));
  }
  EXPECT_EQ(sql("select s::text from postern.session s"), row);
  EXPECT_TRUE(refresh(*first->refresh).ok());
}

TEST_F(GrantRefresh, R3TheSameAfterTheLeewayEndsTheGrant) {
  const auto tokens = site.tokens(client, account);
  const auto first = refresh(*tokens.refresh);
  ASSERT_TRUE(first.ok());
  world.clock.advance(seconds(30));
  EXPECT_EQ(refusal(refresh(*tokens.refresh)), Errc::GrantInvalid);
  EXPECT_EQ(refusal(refresh(*first->refresh)), Errc::GrantInvalid);
  EXPECT_FALSE(site.is_alive(first->access));
  EXPECT_EQ(sql("select count(*) from postern.session"), "0");
  EXPECT_EQ(sql("select count(*) from postern.oauth_grant"), "0");
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'refresh_reused'"), "1");
}

TEST_F(GrantRefresh, R3AGrandparentEndsTheGrantAtOnce) {
  const auto tokens = site.tokens(client, account);
  const auto first = refresh(*tokens.refresh);
  const auto second = refresh(*first->refresh);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(refusal(refresh(*tokens.refresh)), Errc::GrantInvalid);
  EXPECT_FALSE(site.is_alive(second->access));
}

TEST_F(GrantRefresh, R3OnlyItsOwnClientCanEndItByASpentOne) {
  const auto tokens = site.tokens(client, account);
  const auto first = refresh(*tokens.refresh);
  world.clock.advance(minutes(1));
  const auto other = site.client().client;
  EXPECT_EQ(refusal(site.refresh(world.services, other, *tokens.refresh)), Errc::GrantInvalid);
  EXPECT_TRUE(refresh(*first->refresh).ok());
}

TEST_F(GrantRefresh, Rfc9700Rule8ExpiresWhenIdleAndAtItsEnd) {
  auto tokens = site.tokens(client, account);
  world.clock.advance(days(29));
  tokens = refresh(*tokens.refresh).value();
  world.clock.advance(days(29));
  tokens = refresh(*tokens.refresh).value();
  world.clock.advance(days(30));
  EXPECT_EQ(refusal(refresh(*tokens.refresh)), Errc::GrantInvalid);

  tokens = site.tokens(client, account);
  for (int month = 0; month < 13; ++month) {
    world.clock.advance(days(28));
    tokens = refresh(*tokens.refresh).value();
  }
  world.clock.advance(days(1));
  EXPECT_EQ(refusal(refresh(*tokens.refresh)), Errc::GrantInvalid) << "365 days";
}

TEST_F(GrantRefresh, NoAccessTokenOutlivesItsGrant) {
  auto tokens = site.tokens(client, account);
  const Instant end = world.clock.now() + days(365);
  for (int month = 0; month < 13; ++month) {
    world.clock.advance(days(28));
    tokens = refresh(*tokens.refresh).value();
  }
  world.clock.advance(hours(24) - minutes(5));
  tokens = refresh(*tokens.refresh).value();
  EXPECT_EQ(tokens.access_expires_at, end);
}

TEST_F(GrantRefresh, Rfc9700Rule23MayNarrowAndNeverWiden) {
  const auto tokens = site.tokens(client, account);
  auto narrow = request(tokens);
  narrow.scope = "read";
  const auto less = refresh(narrow);
  ASSERT_TRUE(less.ok());
  EXPECT_EQ(less->scopes, std::vector<std::string>{"read"});
  const auto all = refresh(*less->refresh);
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->scopes, tokens.scopes) << "only that access token was for less";

  auto wide = request(*all);
  wide.scope = "read moderate";
  EXPECT_EQ(refusal(refresh(wide)), Errc::ScopeInvalid);
  wide.scope = "no\"scope";
  EXPECT_EQ(refusal(refresh(wide)), Errc::ScopeInvalid);
  wide.scope.reset();
  wide.resources = {OAuthWorld::kApi};
  EXPECT_EQ(refusal(refresh(wide)), Errc::TargetInvalid);
  wide.resources = {"https://elsewhere.example"};
  EXPECT_EQ(refusal(refresh(wide)), Errc::TargetInvalid);
  world.clock.advance(hours(1));
  EXPECT_TRUE(refresh(*all->refresh).ok()) << "a mistake spends nothing, and is no reuse later";
}

TEST_F(GrantRefresh, Rfc9700Rule23ResourcesMayBeFewer) {
  const auto tokens = site.tokens(
      client, account, {.scopes = {"read"}, .resources = {OAuthWorld::kApi, OAuthWorld::kSite}});
  auto narrow = request(tokens);
  narrow.resources = {OAuthWorld::kSite + std::string("/")};
  const auto less = refresh(narrow);
  ASSERT_TRUE(less.ok());
  EXPECT_EQ(verify_oauth_token(world.services, less->access.reveal())->audience,
            std::vector<std::string>{OAuthWorld::kSite});
}

TEST_F(GrantRefresh, ScopesThatTheClientLostSinceAreNotIssued) {
  const auto tokens = site.tokens(client, account);
  sql("update postern.oauth_client set scopes = '{read}'");
  const auto next = refresh(*tokens.refresh);
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(next->scopes, std::vector<std::string>{"read"});
  auto again = request(*next);
  again.scope = "read submit";
  EXPECT_EQ(refresh(again)->scopes, std::vector<std::string>{"read"});
}

TEST_F(GrantRefresh, AClientThatLostTheGrantTypeIsToldSo) {
  const auto tokens = site.tokens(client, account);
  sql("update postern.oauth_client set grant_types = '{authorization_code}'");
  EXPECT_EQ(refusal(refresh(*tokens.refresh)), Errc::ClientNotAllowed);
}

TEST_F(GrantRefresh, RequestsOauthlibMayLeaveAPublicClientsIdOut) {
  const auto tokens = site.tokens(client, account);
  auto unnamed = request(tokens);
  unnamed.client = nullptr;
  const auto next = refresh(unnamed);
  ASSERT_TRUE(next.ok());
  EXPECT_TRUE(refresh(*next->refresh).ok());

  const auto confidential = site.client(ClientAuth::SecretBasic).client;
  const auto theirs = site.tokens(confidential, account);
  unnamed.refresh_token = theirs.refresh->reveal();
  EXPECT_EQ(refusal(refresh(unnamed)), Errc::ClientInvalid);
  EXPECT_TRUE(site.refresh(world.services, confidential, *theirs.refresh).ok());
}

TEST_F(GrantRefresh, AnotherClientsTokenIsNone) {
  const auto tokens = site.tokens(client, account);
  const auto other = site.client(ClientAuth::SecretBasic).client;
  EXPECT_EQ(refusal(site.refresh(world.services, other, *tokens.refresh)), Errc::GrantInvalid);
  EXPECT_EQ(sql("select counter from postern.session"), "0");
}

TEST_F(GrantRefresh, R6ADisabledAccountHasNone) {
  const auto tokens = site.tokens(client, account);
  ASSERT_TRUE(
      update_account(world.services, account.id, {.is_active = false}, {}, world.origin).ok());
  EXPECT_EQ(refusal(refresh(*tokens.refresh)), Errc::GrantInvalid);
  EXPECT_FALSE(site.is_alive(tokens.access));
}

TEST_F(GrantRefresh, R6ADeletedAccountLeavesNothing) {
  const auto tokens = site.tokens(client, account);
  static_cast<void>(site.code(client, account));
  ASSERT_TRUE(delete_account(world.services, account.id, {}, world.origin).ok());
  EXPECT_EQ(refusal(refresh(*tokens.refresh)), Errc::GrantInvalid);
  EXPECT_FALSE(site.is_alive(tokens.access));
  EXPECT_EQ(sql("select (select count(*) from postern.oauth_grant) +"
                " (select count(*) from postern.oauth_consent) +"
                " (select count(*) from postern.oauth_code)"),
            "0");
}

TEST_F(GrantRefresh, R6AWithdrawnConsentEndsAllThatRestsOnIt) {
  const auto one = site.tokens(client, account);
  const auto code = site.code(client, account);
  const auto two = site.redeem(world.services, client, code);
  const auto other = site.client().client;
  const auto theirs = site.tokens(other, account);
  ASSERT_TRUE(withdraw_consent(world.services, account.id, code.consent, {}, world.origin).ok());
  for (const auto* tokens : {&one, &*two}) {
    EXPECT_EQ(refusal(refresh(*tokens->refresh)), Errc::GrantInvalid);
    EXPECT_FALSE(site.is_alive(tokens->access));
  }
  EXPECT_TRUE(site.is_alive(theirs.access));
}

TEST_F(GrantRefresh, R6ADeletedClientEndsAllItsGrants) {
  const auto tokens = site.tokens(client, account);
  ASSERT_TRUE(delete_client(world.services, client.id, {}, world.origin).ok());
  EXPECT_EQ(refusal(refresh(*tokens.refresh)), Errc::GrantInvalid);
  EXPECT_FALSE(site.is_alive(tokens.access));
  EXPECT_EQ(sql("select count(*) from postern.session"), "0");
}

TEST_F(GrantRefresh, R6WhatScopesAreWorthFollowsTheRole) {
  const auto tokens = site.tokens(client, account);
  const auto before =
      authenticate_oauth_token(world.services, PresentedAs::Bearer, tokens.access.reveal());
  EXPECT_EQ(before->permissions, (std::vector<std::string>{"read", "submit"}));
  ASSERT_TRUE(
      put_role(world.services, "contributor", {.permissions = {"read"}}, {}, world.origin).ok());
  const auto after =
      authenticate_oauth_token(world.services, PresentedAs::Bearer, tokens.access.reveal());
  EXPECT_EQ(after->permissions, std::vector<std::string>{"read"});
}

TEST_F(GrantRefresh, Rfc9449APublicClientsTokensAreBoundToTheirKey) {
  const auto code = site.code(client, account);
  const auto tokens = site.redeem(world.services, client, code, {"key-one"});
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(refusal(refresh(*tokens->refresh)), Errc::GrantInvalid);
  EXPECT_EQ(refusal(site.refresh(world.services, client, *tokens->refresh, {"key-two"})),
            Errc::GrantInvalid);
  const auto next = site.refresh(world.services, client, *tokens->refresh, {"key-one"});
  ASSERT_TRUE(next.ok());
  EXPECT_TRUE(next->dpop);
  EXPECT_EQ(verify_oauth_token(world.services, next->access.reveal())->dpop_jkt, "key-one");
}

TEST_F(GrantRefresh, Rfc9449AConfidentialClientMayChangeItsKey) {
  const auto confidential = site.client(ClientAuth::SecretBasic).client;
  const auto code = site.code(confidential, account);
  const auto tokens = site.redeem(world.services, confidential, code, {"key-one"});
  ASSERT_TRUE(tokens.ok());
  const auto next = site.refresh(world.services, confidential, *tokens->refresh, {"key-two"});
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(verify_oauth_token(world.services, next->access.reveal())->dpop_jkt, "key-two");
}

TEST_F(GrantRefresh, Rfc9449AClientWhoseTokensAreBoundNeedsAProof) {
  const auto confidential = site.client(ClientAuth::SecretBasic).client;
  const auto tokens = site.tokens(confidential, account);
  sql("update postern.oauth_client set dpop_bound = true");
  const auto refused = site.refresh(world.services, confidential, *tokens.refresh);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().field, "dpop");
  EXPECT_TRUE(site.refresh(world.services, confidential, *tokens.refresh, {"a-key"}).ok());
}

TEST_F(GrantRefresh, Oidc22ComesWithAFreshIdTokenOfTheSameSignIn) {
  const auto tokens = site.tokens(client, account, {.scopes = {"openid", "read"}, .nonce = "once"});
  const auto signed_in_at = unix_seconds(world.clock.now());
  world.clock.advance(hours(1));
  const auto next = refresh(*tokens.refresh);
  ASSERT_TRUE(next.ok());
  ASSERT_TRUE(next->id_token);
  const auto payload = world.signing_keys.verify(next->id_token->reveal(), TokenType::IdToken);
  ASSERT_TRUE(payload.ok());
  EXPECT_NE(payload->find(R"("auth_time":)" + std::to_string(signed_in_at)), std::string::npos);
  EXPECT_EQ(payload->find("nonce"), std::string::npos);
  auto narrow = request(*next);
  narrow.scope = "read";
  EXPECT_FALSE(refresh(narrow)->id_token) << "openid was left out";
}

TEST_F(GrantRefresh, GarbageIsRefusedWithoutAskingTheDatabase) {
  std::vector<std::string> points;
  world.database.set_fault_hook_for_test(
      [&](std::string_view point) { points.emplace_back(point); });
  for (const auto* token : {"", "prt_", "x", "eyJhbGciOiJub25lIn0.e30."}) {
    EXPECT_EQ(refusal(refresh(RefreshRequest{.client = &client, .refresh_token = token})),
              Errc::GrantInvalid);
  }
  EXPECT_TRUE(points.empty());
}

TEST_F(GrantRefresh, TheDatabaseAwayIsNoRefusal) {
  const auto tokens = site.tokens(client, account);
  world.database.set_fault_hook_for_test(
      [](std::string_view) { throw DatabaseUnavailable("a test's fault"); });
  EXPECT_THROW(static_cast<void>(refresh(*tokens.refresh)), DatabaseUnavailable);
}

}  // namespace
}  // namespace postern::domain

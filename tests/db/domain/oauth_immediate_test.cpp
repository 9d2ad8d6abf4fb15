#include <gtest/gtest.h>

#include "domain/browser_session.hpp"
#include "domain/check_credential.hpp"
#include "domain/credential_cache.hpp"
#include "domain/role.hpp"
#include "tests/support/cache_world.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::OAuthWorld;

/// Rule R6 where the gate remembers what it found: whatever ends a grant, its token is refused from
/// the answer on.
class GrantEndsAtOnce : public testing::Test {
 protected:
  GrantEndsAtOnce()
      : account(world.account("alice", "contributor")),
        client(site.client(ClientAuth::SecretBasic).client) {
    world.services.memory = &memory;
    cache.cache.trust_until(world.clock.uptime() + std::chrono::hours(1));
  }

  /// What the gate says of it, which it remembers.
  std::optional<Errc> refusal(const OAuthTokens& tokens) {
    return check_credential(world.services, PresentedAs::Bearer, tokens.access.reveal()).refusal;
  }
  void expect_remembered(const OAuthTokens& tokens) {
    EXPECT_FALSE(refusal(tokens));
    int asked = 0;
    world.database.set_fault_hook_for_test([&](std::string_view) { ++asked; });
    EXPECT_FALSE(refusal(tokens));
    EXPECT_EQ(asked, 0) << "it is remembered";
    world.database.set_fault_hook_for_test({});
  }
  OAuthTokens remembered() {
    auto tokens = site.tokens(client, account);
    expect_remembered(tokens);
    return tokens;
  }

  test::DomainWorld world;
  OAuthWorld site{world};
  test::CacheWorld cache;
  Fingerprinter fingerprints{world.ring, world.settings};
  CheckMemory memory{cache.cache, fingerprints};
  Account account;
  OAuthClient client;
};

TEST_F(GrantEndsAtOnce, R6ByRevocation) {
  const auto tokens = remembered();
  revoke_token(world.services, &client, tokens.refresh->reveal(), world.origin);
  EXPECT_EQ(refusal(tokens), Errc::TokenRevoked);
}

TEST_F(GrantEndsAtOnce, R6ByAWithdrawnConsent) {
  const auto tokens = remembered();
  const auto consent = site.consent(client, account);
  ASSERT_TRUE(withdraw_consent(world.services, account.id, consent, {}, world.origin).ok());
  EXPECT_EQ(refusal(tokens), Errc::TokenRevoked);
}

TEST_F(GrantEndsAtOnce, R6ByTheClientsEnd) {
  const auto tokens = remembered();
  ASSERT_TRUE(delete_client(world.services, client.id, {}, world.origin).ok());
  EXPECT_EQ(refusal(tokens), Errc::TokenRevoked);
}

TEST_F(GrantEndsAtOnce, R6ByReuseOfARefreshToken) {
  const auto tokens = remembered();
  ASSERT_TRUE(site.refresh(world.services, client, *tokens.refresh).ok());
  world.clock.advance(seconds(30));
  ASSERT_FALSE(site.refresh(world.services, client, *tokens.refresh).ok());
  EXPECT_EQ(refusal(tokens), Errc::TokenRevoked);
}

TEST_F(GrantEndsAtOnce, R6BySecondUseOfItsCode) {
  const auto code = site.code(client, account);
  const auto tokens = site.redeem(world.services, client, code);
  ASSERT_TRUE(tokens.ok());
  expect_remembered(*tokens);
  ASSERT_FALSE(site.redeem(world.services, client, code).ok());
  EXPECT_EQ(refusal(*tokens), Errc::TokenRevoked);
}

TEST_F(GrantEndsAtOnce, R6BySigningOutInItsBrowser) {
  const auto browser =
      sign_in_browser(world.services, {"alice", Secret(test::DomainWorld::kPassword), {}},
                      world.origin)
          ->id;
  const auto tokens =
      site.tokens(client, account, {.scopes = {"openid", "read"}, .browser_session = browser});
  expect_remembered(tokens);
  ASSERT_TRUE(world.database
                  .transaction([&](Transaction& tx) -> Result<std::int64_t> {
                    return revoke_grants_of_browser(tx, world.services, account.id, browser);
                  })
                  .ok());
  EXPECT_EQ(refusal(tokens), Errc::TokenRevoked);
}

TEST_F(GrantEndsAtOnce, R6ByDisablingItsAccount) {
  const auto tokens = remembered();
  ASSERT_TRUE(
      update_account(world.services, account.id, {.is_active = false}, {}, world.origin).ok());
  EXPECT_TRUE(refusal(tokens));
}

TEST_F(GrantEndsAtOnce, R6WhatItIsWorthFollowsTheRole) {
  const auto tokens = remembered();
  ASSERT_TRUE(
      put_role(world.services, "contributor", {.permissions = {"read"}}, {}, world.origin).ok());
  const auto check = check_credential(world.services, PresentedAs::Bearer, tokens.access.reveal());
  EXPECT_EQ(check.identity.fields().permissions, "read");
}

TEST_F(GrantEndsAtOnce, R6ByRevokingAClientsOwnGrant) {
  const auto service = site.service().client;
  const auto tokens = issue_to_client(world.services, {.client = service}, world.origin);
  ASSERT_TRUE(tokens.ok());
  expect_remembered(*tokens);
  revoke_token(world.services, &service, tokens->access.reveal(), world.origin);
  EXPECT_EQ(refusal(*tokens), Errc::TokenRevoked);
}

}  // namespace
}  // namespace postern::domain

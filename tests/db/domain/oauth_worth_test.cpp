#include "domain/oauth_worth.hpp"

#include <gtest/gtest.h>

#include "domain/oauth_access_token.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;
using Texts = std::vector<std::string>;

/// A grant for two resources: the site lists moderate, read and submit, the API export and read.
class ScopesOfTwoResources : public testing::Test {
 protected:
  ScopesOfTwoResources()
      : account(world.account("alice", "contributor")),
        client(site.client(ClientAuth::SecretBasic).client) {}

  static OAuthWorld::Wish both(Texts scopes = {"export", "openid", "read", "submit"}) {
    return {.scopes = std::move(scopes), .resources = {OAuthWorld::kApi, OAuthWorld::kSite}};
  }
  Result<OAuthTokens> refresh(const OAuthTokens& tokens, Texts resources,
                              std::optional<std::string_view> scope = {}) {
    return refresh_grant(world.services,
                         {.client = &client,
                          .refresh_token = tokens.refresh->reveal(),
                          .scope = scope,
                          .resources = std::move(resources)},
                         world.origin);
  }
  /// What both the answer and the token say.
  Texts scopes(const Result<OAuthTokens>& tokens) {
    if (!tokens.ok()) return {name_of(tokens.error().code)};
    EXPECT_EQ(verify_oauth_token(world.services, tokens->access.reveal())->scopes, tokens->scopes);
    return tokens->scopes;
  }
  /// The configuration is another from now on.
  void list(Texts at_the_site) {
    auto resources = world.settings.oauth.resources.all();
    resources.front().scopes = std::move(at_the_site);
    world.settings.oauth.resources = std::move(resources);
  }

  DomainWorld world;
  OAuthWorld site{world};
  Account account;
  OAuthClient client;
};

TEST_F(ScopesOfTwoResources, Rfc8707Section2Part2ARefreshForOneHasItsOwnAlone) {
  const auto tokens = site.tokens(client, account, both());
  EXPECT_EQ(tokens.scopes, (Texts{"export", "openid", "read", "submit"}));
  const auto here = refresh(tokens, {OAuthWorld::kSite});
  EXPECT_EQ(scopes(here), (Texts{"openid", "read", "submit"}));
  EXPECT_TRUE(here->id_token) << "who somebody is belongs to no resource";
  const auto there = refresh(*here, {OAuthWorld::kApi});
  EXPECT_EQ(scopes(there), (Texts{"export", "openid", "read"}));
  EXPECT_EQ(scopes(refresh(*there, {})), tokens.scopes) << "only those tokens were for less";
}

TEST_F(ScopesOfTwoResources, Rfc8707Section2Part2ACodeForOneHasItsOwnAlone) {
  const auto code = site.code(client, account, both());
  const auto tokens = redeem_code(world.services,
                                  {.client = client,
                                   .code = code.text.reveal(),
                                   .verifier = code.verifier,
                                   .redirect_uri = code.redirect_uri,
                                   .resources = {OAuthWorld::kSite}},
                                  world.origin);
  EXPECT_EQ(scopes(tokens), (Texts{"openid", "read", "submit"}));
}

TEST_F(ScopesOfTwoResources, OfNamedScopesNoneIsLeftAndThatSpendsNothing) {
  const auto tokens = site.tokens(client, account, both());
  EXPECT_EQ(scopes(refresh(tokens, {OAuthWorld::kSite}, "export")), Texts{"scope_invalid"});
  EXPECT_EQ(scopes(refresh(tokens, {OAuthWorld::kSite}, "export moderate")), Texts{"scope_invalid"})
      << "nor more than was granted";
  world.clock.advance(hours(1));
  EXPECT_EQ(scopes(refresh(tokens, {OAuthWorld::kSite}, "export submit")), Texts{"submit"});
}

TEST_F(ScopesOfTwoResources, NothingGrantedThereIsATokenWithoutScopes) {
  const auto tokens = site.tokens(client, account, both({"export"}));
  EXPECT_EQ(scopes(refresh(tokens, {OAuthWorld::kSite})), Texts());
}

TEST_F(ScopesOfTwoResources, WhatIsListedNoMoreIsNotIssued) {
  const auto tokens = site.tokens(client, account, both());
  const auto code = site.code(client, account);
  list({"moderate", "read"});
  EXPECT_EQ(scopes(refresh(tokens, {})), (Texts{"export", "openid", "read"}));
  EXPECT_EQ(scopes(site.redeem(world.services, client, code)), Texts{"read"});
}

TEST_F(ScopesOfTwoResources, Rfc7662WhatIsListedNoMoreIsNotTold) {
  const auto tokens = site.tokens(client, account, both());
  const auto told = [&](const Secret& token) {
    return introspect_token(world.services, client, token.reveal())->scope;
  };
  EXPECT_EQ(told(tokens.access), "openid read submit") << "the role has no export";
  EXPECT_EQ(told(*tokens.refresh), "openid read submit");
  list({"moderate", "read"});
  EXPECT_EQ(told(tokens.access), "openid read");
  EXPECT_EQ(told(*tokens.refresh), "openid read");
}

}  // namespace
}  // namespace postern::domain

#include <gtest/gtest.h>

#include "domain/oauth_access_token.hpp"
#include "domain/principals.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;

class ClientForItself : public testing::Test {
 protected:
  ClientForItself() : client(site.service().client) {}

  Result<OAuthTokens> issue(std::optional<std::string_view> scope = {},
                            std::vector<std::string> resources = {}) {
    return issue_to_client(world.services,
                           {.client = client, .scope = scope, .resources = std::move(resources)},
                           world.origin);
  }
  static Errc refusal(const Result<OAuthTokens>& result) {
    EXPECT_FALSE(result.ok());
    return result.ok() ? Errc::Taken : result.error().code;
  }
  OAuthClaims claims(const OAuthTokens& tokens) {
    return verify_oauth_token(world.services, tokens.access.reveal()).value();
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  DomainWorld world;
  OAuthWorld site{world};
  OAuthClient client;
};

TEST_F(ClientForItself, Rfc9700Rule17ItsSubjectIsNobodys) {
  const auto tokens = issue();
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(claims(*tokens).subject, "client:" + client.client_id);
  EXPECT_EQ(claims(*tokens).client_id, client.client_id);
  EXPECT_FALSE(tokens->refresh);
  EXPECT_FALSE(tokens->id_token);
  EXPECT_EQ(tokens->scopes, (std::vector<std::string>{"moderate", "read", "submit"}));
  const auto principal =
      authenticate_oauth_token(world.services, PresentedAs::Bearer, tokens->access.reveal());
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->permissions, (std::vector<std::string>{"read", "submit"}))
      << "as far as the role of its account goes";
}

TEST_F(ClientForItself, OneGrantHoweverManyTokens) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(issue(i % 2 == 0 ? "read" : "submit").ok());
  EXPECT_EQ(sql("select count(*) from postern.oauth_grant"), "1");
  EXPECT_EQ(sql("select count(*) from postern.session"), "1");
}

TEST_F(ClientForItself, UsualCaseIsOneStatement) {
  ASSERT_TRUE(issue().ok());
  client = find_client(world.services, client.client_id).value();  // its use is noted once an hour
  std::vector<std::string> points;
  world.database.set_fault_hook_for_test(
      [&](std::string_view point) { points.emplace_back(point); });
  ASSERT_TRUE(issue().ok());
  EXPECT_EQ(points, std::vector<std::string>{"find_own_grant"});
}

TEST_F(ClientForItself, ScopesAndResourcesAsAsked) {
  const auto tokens = issue("read unknown", {OAuthWorld::kApi});
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(tokens->scopes, std::vector<std::string>{"read"});
  EXPECT_EQ(claims(*tokens).audience, std::vector<std::string>{OAuthWorld::kApi});
  EXPECT_EQ(refusal(issue("unknown")), Errc::ScopeInvalid);
  EXPECT_EQ(refusal(issue({}, {"https://elsewhere.example"})), Errc::TargetInvalid);
}

TEST_F(ClientForItself, NothingAboutAPerson) {
  EXPECT_EQ(refusal(issue("openid")), Errc::ScopeInvalid);
  const auto tokens = issue("openid read offline_access");
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(tokens->scopes, std::vector<std::string>{"read"});
  EXPECT_FALSE(tokens->id_token);
  EXPECT_FALSE(tokens->refresh);
}

TEST_F(ClientForItself, OnlyWithTheGrantTypeAndAnAccount) {
  client.metadata.grant_types = {std::string(grant_type::kCode)};
  EXPECT_EQ(refusal(issue()), Errc::ClientNotAllowed);
  client.metadata.grant_types = {std::string(grant_type::kClient)};
  client.metadata.auth = ClientAuth::None;
  EXPECT_EQ(refusal(issue()), Errc::ClientNotAllowed);
  client.metadata.auth = ClientAuth::SecretBasic;
  client.account.reset();
  EXPECT_EQ(refusal(issue()), Errc::ClientNotAllowed);
}

TEST_F(ClientForItself, R6ADisabledAccountEndsItsTokens) {
  const auto tokens = issue();
  ASSERT_TRUE(
      update_account(world.services, *client.account, {.is_active = false}, {}, world.origin).ok());
  EXPECT_FALSE(site.is_alive(tokens->access));
  EXPECT_EQ(refusal(issue()), Errc::AccountInactive);
  ASSERT_TRUE(
      update_account(world.services, *client.account, {.is_active = true}, {}, world.origin).ok());
  EXPECT_FALSE(site.is_alive(tokens->access)) << "what ended stays ended";
  EXPECT_TRUE(site.is_alive(issue()->access));
}

TEST_F(ClientForItself, R6RevokingOneTokenEndsThemAllAndTheNextRequestBeginsAnew) {
  const auto one = issue();
  const auto two = issue("read");
  revoke_token(world.services, &client, one->access.reveal(), world.origin);
  EXPECT_FALSE(site.is_alive(one->access));
  EXPECT_FALSE(site.is_alive(two->access));
  EXPECT_TRUE(site.is_alive(issue()->access));
}

TEST_F(ClientForItself, R6ADeletedClientHasNone) {
  const auto tokens = issue();
  ASSERT_TRUE(delete_client(world.services, client.id, {}, world.origin).ok());
  EXPECT_FALSE(site.is_alive(tokens->access));
  EXPECT_EQ(refusal(issue()), Errc::ClientInvalid);
}

TEST_F(ClientForItself, TokensLastAsLongAsTheySayUntilTheGrantIsMadeAnew) {
  const auto first = claims(*issue()).session;
  world.clock.advance(days(365) - minutes(16));
  EXPECT_EQ(claims(*issue()).session, first);
  world.clock.advance(minutes(2));
  const auto next = issue();
  EXPECT_NE(claims(*next).session, first);
  EXPECT_EQ(next->access_expires_at - next->issued_at, minutes(15));
  EXPECT_TRUE(site.is_alive(next->access));
}

/// All that the configuration allows: absolute_seconds from access_seconds upwards.
TEST_F(ClientForItself, AGrantThatIsHardlyLongerThanATokenServesManyRequests) {
  auto& times = world.settings.sessions.at(static_cast<std::size_t>(SessionKind::OAuth) - 1);
  for (const int lifetime : {900, 901, 1000, 1799, 1800, 1801}) {
    times.access_lifetime = seconds(900);
    times.idle_lifetime = times.absolute_lifetime = seconds(lifetime);
    world.clock.advance(hours(24));
    const Instant begin = world.clock.now();
    const auto first = issue();
    ASSERT_TRUE(first.ok()) << lifetime;
    EXPECT_EQ(first->access_expires_at - begin, seconds(900));
    const auto grant = claims(*first).session;
    world.clock.advance(seconds(lifetime / 2 - 1));
    const auto second = issue();
    ASSERT_TRUE(second.ok()) << lifetime;
    EXPECT_EQ(claims(*second).session, grant) << lifetime;
    EXPECT_LE(second->access_expires_at, begin + seconds(lifetime)) << "whatever happens";
    world.clock.advance(seconds(2));
    const auto third = issue();
    ASSERT_TRUE(third.ok()) << lifetime;
    EXPECT_NE(claims(*third).session, grant) << lifetime;
    EXPECT_EQ(third->access_expires_at - third->issued_at, seconds(900));
  }
}

TEST_F(ClientForItself, WhatTheConfigurationCameToHaveIsGiven) {
  ASSERT_TRUE(issue().ok());
  auto resources = world.settings.oauth.resources.all();
  resources.front().scopes.emplace_back("posts.read");
  world.settings.oauth.resources = std::move(resources);
  const auto tokens = issue("posts.read read");
  ASSERT_TRUE(tokens.ok());
  const auto principal =
      authenticate_oauth_token(world.services, PresentedAs::Bearer, tokens->access.reveal());
  EXPECT_EQ(principal->scopes, (std::vector<std::string>{"posts.read", "read"}));
  EXPECT_EQ(sql("select count(*) from postern.oauth_grant"), "1");
}

TEST_F(ClientForItself, Rfc9449IsBoundToTheKeyOfItsProof) {
  const auto tokens =
      issue_to_client(world.services, {.client = client, .proof = {"a-key"}}, world.origin);
  ASSERT_TRUE(tokens.ok());
  EXPECT_TRUE(tokens->dpop);
  EXPECT_EQ(claims(*tokens).dpop_jkt, "a-key");
  client.metadata.dpop_bound = true;
  EXPECT_EQ(refusal(issue()), Errc::InvalidInput);
}

}  // namespace
}  // namespace postern::domain

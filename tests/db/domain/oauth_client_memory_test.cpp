#include <gtest/gtest.h>

#include "domain/check_credential.hpp"
#include "domain/client_memory.hpp"
#include "domain/oauth_access_token.hpp"
#include "domain/oauth_registration.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/cache_world.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::OAuthWorld;

/// Where clients are remembered: what usually asks the database nothing, and what ends that at once
/// (rule R6), also when another worker does it.
class ClientsRemembered : public testing::Test {
 protected:
  ClientsRemembered() {
    world.services.memory = &memory;
    other.services.memory = &others;
    cache.cache.trust_until(world.clock.uptime() + hours(1));
  }
  ~ClientsRemembered() override { world.services.memory = nullptr; }

  /// How many statements it takes.
  template <class Action>
  int asked(Action&& action) {
    int count = 0;
    world.database.set_fault_hook_for_test([&](std::string_view) { ++count; });
    action();
    world.database.set_fault_hook_for_test({});
    return count;
  }
  Result<OAuthClient> find(const MadeClient& made, std::string_view secret) {
    return find_client_by_secret(world.services, made.client.client_id, secret);
  }
  Result<OAuthClient> find(const MadeClient& made) { return find(made, made.secret->reveal()); }
  /// One that is in use, and so remembered.
  MadeClient used(const MadeClient& made) {
    note_client_use(world.database, world.services, made.client);
    EXPECT_TRUE(find(made).ok());
    EXPECT_EQ(asked([&] { EXPECT_TRUE(find(made).ok()); }), 0);
    return made;
  }
  MadeClient used_service() {
    auto made = used(site.service());
    EXPECT_TRUE(issue(made).ok());
    EXPECT_TRUE(issue(made).ok());
    return made;
  }
  Result<OAuthTokens> issue(const MadeClient& made, std::optional<std::string_view> scope = {}) {
    auto client = find(made);
    if (!client) return client.error();
    return issue_to_client(world.services, {.client = *client, .scope = scope}, world.origin);
  }
  std::string session_of(const OAuthTokens& tokens) {
    return verify_oauth_token(world.services, tokens.access.reveal()).value().session.text();
  }
  std::optional<Introspection> introspect(const MadeClient& asking, const OAuthTokens& tokens) {
    return introspect_token(world.services, asking.client, tokens.access.reveal());
  }

  test::DomainWorld world;
  OAuthWorld site{world};
  test::AnotherWorker other{world};
  test::CacheWorld cache;
  Fingerprinter fingerprints{world.ring, world.settings};
  ClientMemory clients;
  CheckMemory memory{cache.cache, fingerprints, &clients};
  CheckMemory others{cache.cache, fingerprints};
};

TEST_F(ClientsRemembered, TheSecretIsCheckedEachTime) {
  const auto made = used(site.client(ClientAuth::SecretBasic));
  const auto else_made = used(site.client(ClientAuth::SecretBasic));
  EXPECT_FALSE(find(made, "wrong").ok());
  EXPECT_FALSE(find(made, else_made.secret->reveal()).ok());
  EXPECT_FALSE(find(made, "").ok());
}

TEST_F(ClientsRemembered, OneWithoutASecretHasNoneHere) {
  const auto made = site.client(ClientAuth::None);
  note_client_use(world.database, world.services, made.client);
  ASSERT_TRUE(find_client(world.services, made.client.client_id).ok());
  EXPECT_EQ(asked([&] {
              EXPECT_TRUE(find_client(world.services, made.client.client_id).ok());
              EXPECT_FALSE(find(made, "").ok());
            }),
            0);
}

TEST_F(ClientsRemembered, WhatASweepMayTakeIsNot) {
  const auto made = site.client(ClientAuth::SecretBasic);
  EXPECT_TRUE(find(made).ok());
  EXPECT_EQ(asked([&] { EXPECT_TRUE(find(made).ok()); }), 1);
}

TEST_F(ClientsRemembered, WhoseKeysAreFetchedIsNot) {
  ClientMetadata metadata;
  metadata.jwks_uri = "https://app.example.com/keys";
  const auto made = site.client(ClientAuth::PrivateKeyJwt, metadata);
  note_client_use(world.database, world.services, made.client);
  const auto again = [&] { EXPECT_TRUE(find_client(world.services, made.client.client_id).ok()); };
  again();
  EXPECT_EQ(asked(again), 1);
}

TEST_F(ClientsRemembered, R6WhileNobodyHearsOfRevocationsTheDatabaseIsAsked) {
  const auto made = used(site.client(ClientAuth::SecretBasic));
  cache.cache.trust_until(world.clock.uptime());
  EXPECT_EQ(asked([&] { EXPECT_TRUE(find(made).ok()); }), 1);
}

TEST_F(ClientsRemembered, R6ADeletedOneIsUnknownAtOnce) {
  const auto made = used(site.client(ClientAuth::SecretBasic));
  ASSERT_TRUE(delete_client(other.services, made.client.id, {}, world.origin).ok());
  EXPECT_FALSE(find(made).ok());
}

TEST_F(ClientsRemembered, R6WhatReplacedARegistrationHoldsAtOnce) {
  ClientMetadata metadata;
  metadata.redirect_uris = {OAuthWorld::kCallback};
  const auto made = register_client(world.services, metadata, world.origin).value();
  const MadeClient client{made.client, Secret(std::string(made.secret->reveal()))};
  used(client);
  metadata.auth = ClientAuth::None;
  ASSERT_TRUE(replace_registration(other.services, made.client, made.registration_token->reveal(),
                                   metadata, {}, world.origin)
                  .ok());
  EXPECT_FALSE(find(client).ok()) << "it has no secret any more";
  EXPECT_EQ(find_client(world.services, client.client.client_id)->metadata.auth, ClientAuth::None);
}

TEST_F(ClientsRemembered, ItsUseIsNotedOnceAnHour) {
  const auto made = used(site.client(ClientAuth::SecretBasic));
  world.clock.advance(minutes(61));
  cache.cache.trust_until(world.clock.uptime() + hours(1));
  const auto client = find(made).value();
  EXPECT_EQ(asked([&] { note_client_use(world.database, world.services, client); }), 1);
  EXPECT_EQ(asked([&] { note_client_use(world.database, world.services, find(made).value()); }), 0);
}

TEST_F(ClientsRemembered, TokensForItselfTakeNoStatement) {
  const auto made = used_service();
  std::optional<OAuthTokens> tokens;
  EXPECT_EQ(asked([&] { tokens = issue(made).value(); }), 0);
  EXPECT_TRUE(site.is_alive(tokens->access));
}

TEST_F(ClientsRemembered, R6ADisabledOwnerGetsNoneFromThenOn) {
  const auto made = used_service();
  ASSERT_TRUE(
      update_account(other.services, *made.client.account, {.is_active = false}, {}, world.origin)
          .ok());
  const auto refused = issue(made);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::AccountInactive);
}

TEST_F(ClientsRemembered, R6AnEndedGrantIsNotGivenAgain) {
  const auto made = used_service();
  const auto before = issue(made).value();
  revoke_token(other.services, &made.client, before.access.reveal(), world.origin);
  const auto after = issue(made).value();
  EXPECT_NE(session_of(after), session_of(before));
  EXPECT_TRUE(site.is_alive(after.access));
}

TEST_F(ClientsRemembered, AGrantThatEndsTooSoonIsReplaced) {
  const auto& settings = world.settings.session(SessionKind::OAuth);
  world.settings.cache.lifetime = settings.absolute_lifetime * 2;
  const auto made = used_service();
  const auto before = session_of(issue(made).value());
  world.clock.advance(settings.absolute_lifetime - settings.access_lifetime);
  cache.cache.trust_until(world.clock.uptime() + hours(1));
  const auto after = issue(made);
  ASSERT_TRUE(after.ok());
  EXPECT_NE(session_of(*after), before);
}

TEST_F(ClientsRemembered, IntrospectionOfARememberedTokenTakesNoStatement) {
  const auto asking = used(site.client(ClientAuth::SecretBasic));
  const auto tokens = site.tokens(asking.client, world.account("alice", "contributor"));
  const auto first = introspect(asking, tokens);
  ASSERT_TRUE(first);
  std::optional<Introspection> again;
  EXPECT_EQ(asked([&] { again = introspect(asking, tokens); }), 0);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->scope, "read submit");
  EXPECT_EQ(again->username, "alice");
  EXPECT_EQ(again->audience, first->audience);
  EXPECT_EQ(again->token_id, first->token_id);
  EXPECT_EQ(again->issued_at, first->issued_at);
  EXPECT_EQ(again->expires_at, tokens.access_expires_at);
}

TEST_F(ClientsRemembered, R6IntrospectionOfARevokedTokenIsInactiveAtOnce) {
  const auto asking = used(site.client(ClientAuth::SecretBasic));
  const auto tokens = site.tokens(asking.client, world.account("alice", "contributor"));
  ASSERT_TRUE(introspect(asking, tokens));
  revoke_token(other.services, &asking.client, tokens.refresh->reveal(), world.origin);
  EXPECT_FALSE(introspect(asking, tokens));
}

TEST_F(ClientsRemembered, R10WhatIsRememberedOfOtherCredentialsIsNoTokenOfAClient) {
  const auto asking = used(site.client(ClientAuth::SecretBasic));
  world.account("alice", "contributor");
  const auto session = world.login();
  ASSERT_FALSE(
      check_credential(world.services, PresentedAs::Bearer, session.access.reveal()).refusal);
  EXPECT_FALSE(introspect_token(world.services, asking.client, session.access.reveal()));
}

TEST_F(ClientsRemembered, R10ABoundTokenIsRememberedApart) {
  const auto asking = used(site.client(ClientAuth::SecretBasic));
  const auto client = find(asking).value();
  const auto code = site.code(client, world.account("alice", "contributor"));
  const auto tokens = site.redeem(world.services, client, code, {.dpop_jkt = "thumbprint"}).value();
  const auto seen = introspect(asking, tokens);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->dpop_jkt, "thumbprint");
  EXPECT_TRUE(check_credential(world.services, PresentedAs::Bearer, tokens.access.reveal()).refusal)
      << "the gate takes it for what it was presented as";
}

}  // namespace
}  // namespace postern::domain

#include <gtest/gtest.h>

#include <thread>

#include "domain/oauth_registration.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/blocked_statement.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::DomainWorld;
using test::OAuthWorld;

/// What people said of a client holds no longer than what they were shown of it (RFC 6749 section
/// 10.2).
class AskedAgain : public testing::Test {
 protected:
  static constexpr const char* kAddress = "https://app.example.org/client.json";

  AskedAgain() : account(world.account("alice", "contributor")) {}

  static ClientMetadata metadata() {
    ClientMetadata wanted;
    wanted.name = "Good";
    wanted.auth = ClientAuth::None;
    wanted.redirect_uris = {"https://good.example/cb", "http://127.0.0.1:4000/cb"};
    wanted.grant_types = {"authorization_code", "refresh_token"};
    return wanted;
  }
  static ClientMetadata elsewhere() {
    auto wanted = metadata();
    wanted.redirect_uris = {"https://evil.example/cb"};
    return wanted;
  }
  Registered make() { return register_client(world.services, metadata(), world.origin).value(); }
  void put(Registered& registered, const ClientMetadata& wanted) {
    auto done =
        replace_registration(world.services, registered.client,
                             registered.registration_token->reveal(), wanted, {}, world.origin);
    registered.registration_token = std::move(done.value().registration_token);
  }
  OAuthClient put_document(const ClientMetadata& wanted) {
    return put_client_document(world.services, kAddress, wanted, world.clock.now() + hours(1),
                               world.origin)
        .value();
  }
  OAuthClient now(OAuthClientId id) { return find_client(world.services, id).value(); }
  Result<ConsentId> allow(Transaction& tx, const OAuthClient& as_shown) {
    return give_consent(tx, world.services, account.id, as_shown, wish, world.origin);
  }
  Result<ConsentId> allow(const OAuthClient& as_shown) {
    return world.database.transaction([&](Transaction& tx) { return allow(tx, as_shown); });
  }
  bool is_asked(OAuthClientId id) {
    return !find_consent(world.services, account.id, id, wish).has_value();
  }
  std::string events() {
    return world.database_server.sql(
        "select count(*) from postern.audit where event = 'consent_given'");
  }

  DomainWorld world;
  OAuthWorld site{world};
  Account account;
  const Wanted wish{{"read", "submit"}, {OAuthWorld::kSite}};
};

TEST_F(AskedAgain, WhoeverAllowedItBeforeItGotAnotherNameOrOneMoreAddress) {
  auto renamed = metadata();
  renamed.name = "Bank";
  auto extended = metadata();
  extended.redirect_uris.emplace_back("https://good.example/other");
  for (const auto& change : {elsewhere(), renamed, extended}) {
    auto client = make();
    ASSERT_TRUE(allow(now(client.client.id)).ok());
    EXPECT_FALSE(is_asked(client.client.id));
    put(client, change);
    EXPECT_TRUE(is_asked(client.client.id)) << "in the same moment, the clock stands still";
    world.clock.advance(seconds(1));
    EXPECT_TRUE(is_asked(client.client.id));
  }
}

TEST_F(AskedAgain, OnceIsEnough) {
  auto client = make();
  ASSERT_TRUE(allow(now(client.client.id)).ok());
  put(client, elsewhere());
  const auto again = allow(now(client.client.id));
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(is_asked(client.client.id));
  EXPECT_EQ(events(), "2") << "it is news that he allowed it again";
  ASSERT_TRUE(allow(now(client.client.id)).ok());
  EXPECT_EQ(events(), "2");
}

TEST_F(AskedAgain, NobodyWhereWhatHeWasShownIsStillSo) {
  auto client = make();
  ASSERT_TRUE(allow(now(client.client.id)).ok());
  auto other_order = metadata();
  other_order.redirect_uris = {"http://127.0.0.1:4711/cb", "https://good.example/cb"};
  auto fewer = metadata();
  fewer.redirect_uris = {"https://good.example/cb"};
  auto stronger = fewer;
  stronger.auth = ClientAuth::SecretBasic;
  stronger.rest = R"({"contacts":["ops@good.example"]})";
  for (const auto& change : {metadata(), other_order, fewer, stronger}) {
    world.clock.advance(seconds(1));
    put(client, change);
    EXPECT_FALSE(is_asked(client.client.id));
  }
}

TEST_F(AskedAgain, WhoeverAllowedWhatADocumentSaidBefore) {
  const auto client = put_document(metadata());
  ASSERT_TRUE(allow(client).ok());
  (void)put_document(metadata());
  EXPECT_FALSE(is_asked(client.id));
  (void)put_document(elsewhere());
  EXPECT_TRUE(is_asked(client.id));
  ASSERT_TRUE(allow(now(client.id)).ok());
  (void)put_document(elsewhere());
  EXPECT_FALSE(is_asked(client.id));
}

TEST_F(AskedAgain, WhatWasGrantedLivesOn) {
  auto client = make();
  const auto tokens = site.tokens(now(client.client.id), account);
  put(client, elsewhere());
  EXPECT_TRUE(site.is_alive(tokens.access));
  EXPECT_TRUE(site.refresh(world.services, now(client.client.id), *tokens.refresh, {}).ok());
}

TEST_F(AskedAgain, WhatClocksOfSeveralMachinesSayDoesNotMatter) {
  auto client = make();
  ASSERT_TRUE(allow(now(client.client.id)).ok());
  world.clock.advance(-minutes(5));
  put(client, elsewhere());
  EXPECT_TRUE(is_asked(client.client.id)) << "the other machine's clock is behind";
  world.clock.advance(-minutes(5));
  ASSERT_TRUE(allow(now(client.client.id)).ok());
  EXPECT_FALSE(is_asked(client.client.id));
}

TEST_F(AskedAgain, WhatIsAllowedOfAClientThatIsAnotherByNowIsNotTaken) {
  auto client = make();
  const auto as_shown = now(client.client.id);
  put(client, elsewhere());
  const auto refused = allow(as_shown);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::ClientInvalid);
  EXPECT_TRUE(is_asked(client.client.id));
}

TEST_F(AskedAgain, AChangeInTheMiddleOfAllowingComesAfterIt) {
  auto client = make();
  const auto as_shown = now(client.client.id);
  std::jthread other;
  const auto allowed = world.database.transaction([&](Transaction& tx) {
    auto consent = allow(tx, as_shown);
    other = std::jthread([&] {
      AnotherWorker worker(world);
      EXPECT_TRUE(replace_registration(worker.services, client.client,
                                       client.registration_token->reveal(), elsewhere(), {},
                                       world.origin)
                      .ok());
    });
    test::wait_for_blocked_statement(world.database_server);
    return consent;
  });
  other.join();
  ASSERT_TRUE(allowed.ok());
  EXPECT_TRUE(is_asked(client.client.id));
}

}  // namespace
}  // namespace postern::domain

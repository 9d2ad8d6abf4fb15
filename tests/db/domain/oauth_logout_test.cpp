#include "domain/oauth_logout.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "domain/oauth_sweep.hpp"
#include "tests/support/oauth_clients.hpp"
#include "tests/support/rs256_key.hpp"

namespace postern::domain {
namespace {

constexpr Statement kCount{"test_oauth_logouts", R"sql(
  select count(*) from postern.oauth_logout)sql"};

constexpr Statement kCountDue{"test_due_oauth_logouts", R"sql(
  select count(*) from postern.oauth_logout where next_at <= $1)sql"};

/// Notices of signing out on their way to clients.
class OAuthLogout : public testing::Test {
 protected:
  OAuthLogout() {
    test::add_rs256_key(world_);
    world_.settings.oauth.issuer = "https://as.example.com/auth";
    ClientMetadata metadata;
    metadata.logout_uri = "https://app.example.com/logout";
    client_ = test::oauth_client(world_, ClientAuth::None, metadata).client;
    account_ = world_.account().id;
  }

  SessionId queue() { return queue_for(client_.id); }
  SessionId queue_for(OAuthClientId client) { return queue_for(client, account_); }
  SessionId queue_for(OAuthClientId client, AccountId account) {
    const auto sid = SessionId::make(world_.clock.now(), world_.random);
    queue(client, account, sid);
    return sid;
  }
  void queue(OAuthClientId client, AccountId account, SessionId sid) {
    EXPECT_TRUE(world_.database
                    .transaction([&](Transaction& tx) -> Outcome {
                      queue_logout(tx, world_.services, client, account, sid);
                      return done;
                    })
                    .ok());
  }
  OAuthClientId another_client() {
    ClientMetadata metadata;
    metadata.logout_uri = "https://other.example.com/" + std::to_string(++clients_);
    return test::oauth_client(world_, ClientAuth::None, metadata).client.id;
  }
  std::vector<LogoutNotice> due(int most = 100) { return take_due_logouts(world_.services, most); }
  std::int64_t rows() { return world_.database.run(kCount, {}).front().integer(0); }

  test::DomainWorld world_;
  OAuthClient client_;
  AccountId account_;
  int clients_ = 0;
};

TEST_F(OAuthLogout, Section24TheTokenSaysWhoAndWhichSession) {
  const auto sid = queue();
  const auto notices = due();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].uri, "https://app.example.com/logout");
  EXPECT_EQ(notices[0].attempts, 1);
  const auto token = notices[0].token.reveal();
  const auto header = base64url_decode(token.substr(0, token.find('.')));
  ASSERT_TRUE(header);
  EXPECT_NE(std::string(header->begin(), header->end()).find(R"("typ":"logout+jwt")"),
            std::string::npos);
  const auto payload = world_.signing_keys.verify(token, TokenType::LogoutToken);
  ASSERT_TRUE(payload.ok());
  EXPECT_NE(payload->find(R"("events":{"http://schemas.openid.net/event/backchannel-logout":{}})"),
            std::string::npos)
      << *payload;
  for (const auto& member :
       {std::string(R"("iss":"https://as.example.com/auth")"),
        R"("aud":")" + client_.client_id + "\"", R"("sub":")" + account_.text() + "\"",
        R"("sid":")" + sid.text() + "\"",
        R"("iat":)" + std::to_string(unix_seconds(world_.clock.now())),
        R"("exp":)" + std::to_string(unix_seconds(world_.clock.now()) + 120),
        std::string(R"("jti":")")}) {
    EXPECT_NE(payload->find(member), std::string::npos) << member << " in " << *payload;
  }
  EXPECT_EQ(payload->find("nonce"), std::string::npos);
}

TEST_F(OAuthLogout, ItIsSignedAsTheClientsIdTokensAre) {
  const auto header = [&] {
    const auto notices = due();
    const auto token = notices.at(0).token.reveal();
    const auto bytes = base64url_decode(token.substr(0, token.find('.'))).value();
    return std::string(bytes.begin(), bytes.end());
  };
  (void)queue();
  EXPECT_NE(header().find(R"("alg":"RS256")"), std::string::npos);
  ClientMetadata metadata;
  metadata.logout_uri = "https://other.example.com/logout";
  metadata.id_token_alg = SigningAlgorithm::Es256;
  (void)queue_for(test::oauth_client(world_, ClientAuth::None, metadata).client.id);
  EXPECT_NE(header().find(R"("alg":"ES256")"), std::string::npos);
}

TEST_F(OAuthLogout, R10ALogoutTokenIsNoOtherToken) {
  (void)queue();
  const auto notices = due();
  const auto token = notices.at(0).token.reveal();
  EXPECT_FALSE(world_.signing_keys.verify(token, TokenType::AccessToken).ok());
  EXPECT_FALSE(world_.signing_keys.verify(token, TokenType::IdToken).ok());
}

TEST_F(OAuthLogout, AClientThatWantsNoneIsToldNothing) {
  (void)queue_for(test::oauth_client(world_, ClientAuth::None).client.id);
  EXPECT_EQ(rows(), 0);
}

TEST_F(OAuthLogout, WhatIsRolledBackIsNotTold) {
  const auto refused = world_.database.transaction([&](Transaction& tx) -> Outcome {
    queue_logout(tx, world_.services, client_.id, account_,
                 SessionId::make(world_.clock.now(), world_.random));
    return Errc::NotFound;
  });
  EXPECT_FALSE(refused.ok());
  EXPECT_TRUE(due().empty());
}

TEST_F(OAuthLogout, ATakenOneIsNobodyElsesForAMinute) {
  (void)queue();
  EXPECT_EQ(due().size(), 1U);
  EXPECT_TRUE(due().empty());
  world_.clock.advance(seconds(59));
  EXPECT_TRUE(due().empty());
  world_.clock.advance(seconds(1));
  const auto again = due();
  ASSERT_EQ(again.size(), 1U) << "whoever took it died over it";
  EXPECT_EQ(again[0].attempts, 2);
}

TEST_F(OAuthLogout, AToldOneIsGone) {
  (void)queue();
  logout_told(world_.services, due().at(0).id);
  EXPECT_EQ(rows(), 0);
}

TEST_F(OAuthLogout, OneThatWasNotToldIsTriedTwiceAsLongLaterEachTimeForAnHour) {
  (void)queue();
  const Instant begin = world_.clock.now();
  std::vector<std::int64_t> pauses;
  for (bool goes_on = true; goes_on;) {
    const auto notices = due();
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_EQ(notices[0].attempts, static_cast<int>(pauses.size()) + 1);
    goes_on = logout_not_told(world_.services, notices[0].id, notices[0].attempts);
    if (!goes_on) break;
    std::int64_t waited = 0;
    for (; waited < 4000; ++waited) {
      world_.clock.advance(seconds(1));
      const auto ready = world_.database.run(kCountDue, {world_.clock.now()});
      if (ready.front().integer(0) == 1) break;
    }
    pauses.push_back(waited + 1);
  }
  EXPECT_EQ(pauses, (std::vector<std::int64_t>{5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560}));
  EXPECT_GE(world_.clock.now() - begin, hours(1));
  EXPECT_EQ(rows(), 0) << "given up";
}

TEST_F(OAuthLogout, TheLongestWaitingComeFirstAndNoMoreThanAskedFor) {
  std::vector<SessionId> queued;
  for (int i = 0; i < 5; ++i) {
    queued.push_back(queue_for(another_client()));
    world_.clock.advance(seconds(1));
  }
  const auto ids = [&] {
    std::vector<Uuid> taken;
    for (const auto& notice : due(2)) taken.push_back(notice.id);
    std::sort(taken.begin(), taken.end());
    return taken;
  };
  EXPECT_EQ(ids(), (std::vector<Uuid>{queued[0].uuid, queued[1].uuid}));
  EXPECT_EQ(ids(), (std::vector<Uuid>{queued[2].uuid, queued[3].uuid}));
  EXPECT_EQ(ids(), (std::vector<Uuid>{queued[4].uuid}));
  EXPECT_TRUE(ids().empty());
}

TEST_F(OAuthLogout, R9OneClientIsToldOneAtATimeHoweverMuchWaitsForIt) {
  for (int i = 0; i < 10; ++i) (void)queue();
  const auto good = queue_for(another_client());
  const auto notices = due(2);
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_TRUE(notices[0].id == good.uuid || notices[1].id == good.uuid);
  EXPECT_TRUE(due().empty()) << "while it is being told";
  for (const auto& notice : notices) logout_told(world_.services, notice.id);
  EXPECT_EQ(due().size(), 1U) << "the next, at once";
}

TEST_F(OAuthLogout, R9AClientThatWasNotToldIsLeftInPeaceWithAllThatWaitsForIt) {
  for (int i = 0; i < 3; ++i) (void)queue();
  std::vector<int> attempts;
  for (const int pause : {5, 10, 20}) {
    const auto notices = due();
    ASSERT_EQ(notices.size(), 1U);
    attempts.push_back(notices[0].attempts);
    ASSERT_TRUE(logout_not_told(world_.services, notices[0].id, notices[0].attempts));
    (void)queue();
    world_.clock.advance(seconds(pause) - std::chrono::microseconds(1));
    EXPECT_TRUE(due().empty()) << "neither the others nor new ones";
    world_.clock.advance(std::chrono::microseconds(1));
  }
  EXPECT_EQ(attempts, (std::vector<int>{1, 2, 3}));
}

TEST_F(OAuthLogout, R9NoAccountsClientsKeepThoseOfOthersWaiting) {
  for (int i = 0; i < 20; ++i) (void)queue_for(another_client());
  world_.clock.advance(seconds(1));
  const auto good = queue_for(client_.id, world_.account("bob").id);
  const auto notices = due(2);
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_TRUE(notices[0].id == good.uuid || notices[1].id == good.uuid);
}

TEST_F(OAuthLogout, R9OfOneClientAndAccountTheNewestFiftyWait) {
  const auto other = another_client();
  const auto bob = world_.account("bob").id;
  (void)queue_for(other);
  (void)queue_for(client_.id, bob);
  const auto first = queue();
  for (int i = 0; i < 59; ++i) {
    world_.clock.advance(seconds(1));
    (void)queue();
  }
  EXPECT_EQ(rows(), 52);
  const auto notices = due();
  ASSERT_EQ(notices.size(), 2U);
  for (const auto& notice : notices) EXPECT_NE(notice.id, first.uuid) << "the oldest made room";
}

TEST_F(OAuthLogout, OneSessionIsOneNotice) {
  const auto sid = queue();
  queue(client_.id, account_, sid);
  EXPECT_EQ(rows(), 1);
}

TEST_F(OAuthLogout, WhatWaitedForLongIsTriedThreeTimesAllTheSame) {
  (void)queue();
  (void)queue();
  world_.clock.advance(hours(30));
  ASSERT_EQ(sweep_oauth(world_.services).logouts, 0) << "nobody tried";
  const auto young = queue();
  for (const int attempt : {1, 2, 3}) {
    const auto notices = due();
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_EQ(notices[0].attempts, attempt);
    EXPECT_EQ(logout_not_told(world_.services, notices[0].id, attempt), attempt < 3);
    world_.clock.advance(seconds(20));
  }
  EXPECT_EQ(rows(), 1) << "with all that are as old";
  EXPECT_EQ(due().at(0).id, young.uuid);
}

TEST_F(OAuthLogout, ADeletedClientsAreGone) {
  (void)queue();
  ASSERT_TRUE(delete_client(world_.services, client_.id, std::nullopt, world_.origin).ok());
  EXPECT_EQ(rows(), 0);
}

TEST_F(OAuthLogout, AnotherMachineSignsWithTheKeyInForce) {
  (void)queue();
  world_.clock.advance(seconds(1));
  const auto kid = SigningKeys::create(world_.database, world_.ring, world_.random,
                                       world_.clock.now(), {}, SigningAlgorithm::Rs256);
  world_.clock.advance(seconds(5));
  const auto token = std::string(due().at(0).token.reveal());
  const auto header = base64url_decode(token.substr(0, token.find('.')));
  EXPECT_NE(std::string(header->begin(), header->end()).find(kid), std::string::npos);
}

}  // namespace
}  // namespace postern::domain

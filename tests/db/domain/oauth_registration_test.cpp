#include "domain/oauth_registration.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "tests/support/another_worker.hpp"
#include "tests/support/granted.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::DomainWorld;

class OAuthRegistration : public ::testing::Test {
 protected:
  static ClientMetadata metadata(const std::string& name = "Claude") {
    ClientMetadata wanted;
    wanted.name = name;
    wanted.auth = ClientAuth::None;
    wanted.redirect_uris = {"http://localhost:1234/cb"};
    wanted.grant_types = {"authorization_code", "refresh_token"};
    return wanted;
  }
  Result<Registered> registering(const ClientMetadata& wanted,
                                 const std::string& address = "192.0.2.1") {
    return register_client(world_.services, wanted, {address, "agent", "request"});
  }
  /// From as many networks as there are registrations.
  OAuthClient make(const ClientMetadata& wanted = metadata()) {
    const int number = made_++;
    const auto address =
        "198.51." + std::to_string(number / 250) + "." + std::to_string(number % 250);
    return registering(wanted, address)->client;
  }
  [[nodiscard]] bool exists(const OAuthClient& client) {
    return find_client(world_.services, client.client_id).ok();
  }
  void use(const OAuthClient& client) { note_client_use(world_.database, world_.services, client); }
  std::string sql(const std::string& text) { return world_.database_server.sql(text); }
  int count() { return std::stoi(sql("select count(*) from postern.oauth_client")); }
  OAuthSettings& settings() { return world_.settings.oauth; }

  DomainWorld world_;
  int made_ = 0;
};

TEST_F(OAuthRegistration, MakesAClientWithATokenOfItsOwn) {
  const auto made = registering(metadata());
  ASSERT_TRUE(made.ok());
  EXPECT_FALSE(made->secret) << "a public client has none";
  ASSERT_TRUE(made->registration_token);
  EXPECT_EQ(made->registration_token->reveal().substr(0, 4), "reg_");
  EXPECT_EQ(made->registration_token->size(), 47U);
  const auto found = find_registration(world_.services, made->client.client_id,
                                       made->registration_token->reveal());
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->id, made->client.id);
  EXPECT_EQ(found->origin, ClientOrigin::Registered);
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'client_registered'"), "1");
}

TEST_F(OAuthRegistration, SecretMethodsGetASecret) {
  auto wanted = metadata();
  wanted.auth = ClientAuth::SecretPost;
  const auto made = registering(wanted);
  ASSERT_TRUE(made.ok() && made->secret);
  EXPECT_TRUE(
      find_client_by_secret(world_.services, made->client.client_id, made->secret->reveal()).ok());
  EXPECT_FALSE(find_client_by_secret(world_.services, made->client.client_id,
                                     made->registration_token->reveal())
                   .ok())
      << "rule R10";
  EXPECT_FALSE(
      find_registration(world_.services, made->client.client_id, made->secret->reveal()).ok());
}

TEST_F(OAuthRegistration, CanBeClosed) {
  settings().registration = false;
  EXPECT_EQ(registering(metadata()).error().code, Errc::RegistrationClosed);
  EXPECT_EQ(count(), 0);
}

TEST_F(OAuthRegistration, WhatIsNotSoundCountsAgainstNobody) {
  settings().registrations_per_network_per_hour = 1;
  auto wanted = metadata();
  wanted.redirect_uris = {"javascript:alert(1)"};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(registering(wanted).error().code, Errc::InvalidInput);
  EXPECT_TRUE(registering(metadata()).ok());
}

TEST_F(OAuthRegistration, Rfc7592Rule7EachNetworkHasItsQuota) {
  settings().registrations_per_network_per_hour = 3;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(registering(metadata(std::to_string(i))).ok());
  const auto refused = registering(metadata("one more"));
  EXPECT_EQ(refused.error().code, Errc::TooManyAttempts);
  EXPECT_GT(refused.error().retry_after.count(), 0);
  EXPECT_TRUE(registering(metadata("elsewhere"), "192.0.2.2").ok());
  EXPECT_EQ(count(), 4);
}

TEST_F(OAuthRegistration, AnIpv6SiteIsNotSixtyFiveThousandNetworks) {
  settings().registrations_per_network_per_hour = 1;
  int registered = 0;
  for (int network = 0; network < 20; ++network) {
    Origin from = world_.origin;
    from.address = "2001:db8:7:" + std::to_string(network) + "::1";
    registered += charge_registration(world_.services, from).ok() ? 1 : 0;
  }
  EXPECT_EQ(registered, 8);
  Origin elsewhere = world_.origin;
  elsewhere.address = "2001:db8:8::1";
  EXPECT_TRUE(charge_registration(world_.services, elsewhere).ok());
}

TEST_F(OAuthRegistration, AProgramInUseDoesNotCountAgainstTheNetwork) {
  settings().registrations_per_network_per_hour = 1;
  use(registering(metadata())->client);
  EXPECT_TRUE(registering(metadata()).ok()) << "many people behind one address";
  auto elsewhere = metadata();
  elsewhere.redirect_uris = {"http://localhost:54321/cb"};
  EXPECT_TRUE(registering(elsewhere).ok()) << "with a port chosen anew";
  EXPECT_EQ(registering(metadata("Another")).error().code, Errc::TooManyAttempts);
}

TEST_F(OAuthRegistration, AProgramInUseIsNoWayAroundTheQuotaForever) {
  settings().registrations_per_network_per_hour = 2;
  settings().equal_registrations = 5;
  use(registering(metadata())->client);
  int made = 0;
  while (registering(metadata()).ok() && made < 100) ++made;
  EXPECT_EQ(made, 6) << "five young ones, and the one that the quota still had";
}

TEST_F(OAuthRegistration, EqualOnesPushOutTheOldestUnusedOfTheirKindAlone) {
  settings().equal_registrations = 3;
  const auto other = make(metadata("Another program"));
  const auto used = make();
  use(used);
  std::vector<OAuthClient> made;
  for (int i = 0; i < 5; ++i) {
    made.push_back(make());
    world_.clock.advance(hours(2));
  }
  EXPECT_TRUE(exists(used)) << "it got a code";
  EXPECT_TRUE(exists(other));
  EXPECT_FALSE(exists(made[0]) || exists(made[1]));
  EXPECT_TRUE(exists(made[2]) && exists(made[3]) && exists(made[4]));
}

// A stranger who knows a program's words must not push out those who are just signing in with it.
TEST_F(OAuthRegistration, AFloodOfEqualOnesTakesNobodysPlace) {
  settings().equal_registrations = 3;
  const auto waiting = make();
  const auto used = make();
  use(used);
  world_.clock.advance(minutes(1));
  for (int i = 0; i < 50; ++i) make();
  EXPECT_TRUE(exists(waiting)) << "somebody is signing in with it";
  EXPECT_TRUE(exists(used));
  world_.clock.advance(hours(1) + seconds(1));
  make();
  EXPECT_EQ(count(), 1 + 3) << "the used one, and as many as there may be";
  EXPECT_FALSE(exists(waiting));
}

TEST_F(OAuthRegistration, AFloodOfAnyKindIsBoundedAndTakesNoUsedClient) {
  settings().most_unused_clients = 10;
  const auto used = make(metadata("Used"));
  use(used);
  const auto administrators =
      create_client(world_.services, {metadata("By hand")}, {}, world_.origin)->client;
  for (int i = 0; i < 40; ++i) {
    make(metadata("Flood " + std::to_string(i)));
    world_.clock.advance(seconds(1));
  }
  EXPECT_EQ(count(), 12);
  EXPECT_TRUE(exists(used) && exists(administrators));
  EXPECT_EQ(sql("select min(name) || ' ' || max(name) from postern.oauth_client"
                " where last_used_at is null and origin = 1"),
            "Flood 30 Flood 39")
      << "the newest stay";
}

TEST_F(OAuthRegistration, ManyAtOnceAreBoundedAndNoneFails) {
  settings().most_unused_clients = 10;
  settings().equal_registrations = 5;
  constexpr int kWorkers = 8;
  std::atomic<int> made = 0;
  std::barrier start(kWorkers);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kWorkers; ++i) {
      threads.emplace_back([&, i] {
        AnotherWorker worker(world_);
        start.arrive_and_wait();
        for (int k = 0; k < 20; ++k) {
          const auto name = k % 2 == 0 ? "The same" : "Flood " + std::to_string(k * kWorkers + i);
          const Origin origin{"192.0.2." + std::to_string(i), "agent", "request"};
          if (register_client(worker.services, metadata(name), origin)) ++made;
        }
      });
    }
  }
  EXPECT_EQ(made, kWorkers * 20);
  EXPECT_LE(count(), 10 + kWorkers) << "each may have missed what the others were about to add";
  make();
  EXPECT_EQ(count(), 10);
}

TEST_F(OAuthRegistration, WhatSomebodyConsentedToIsNotPushedOut) {
  settings().most_unused_clients = 2;
  world_.account();
  const auto granted = make(metadata("Granted"));
  test::grant_to(world_, granted.id, "alice");
  for (int i = 0; i < 5; ++i) {
    make(metadata("Flood " + std::to_string(i)));
    world_.clock.advance(seconds(1));
  }
  EXPECT_TRUE(exists(granted));
}

TEST_F(OAuthRegistration, Rfc7592Rule2TheTokenIsForOneClientAndNothingElseOpensIt) {
  const auto one = registering(metadata());
  const auto two = registering(metadata("Two"));
  const auto finding = [&](const std::string& id, std::string_view token) {
    const auto found = find_registration(world_.services, id, token);
    return found ? Errc{} : found.error().code;
  };
  const std::string token(one->registration_token->reveal());
  const std::string id = one->client.client_id;
  EXPECT_TRUE(find_registration(world_.services, id, token).ok());
  for (const std::string& wrong :
       {std::string(), std::string("reg_"), token + "x", token.substr(4), "REG_" + token.substr(4),
        std::string(two->registration_token->reveal())})
    EXPECT_EQ(finding(id, wrong), Errc::TokenInvalid);
  EXPECT_EQ(finding(two->client.client_id, token), Errc::TokenInvalid);
  EXPECT_EQ(finding("nobody", token), Errc::TokenInvalid);
  EXPECT_EQ(finding(std::string("a\0b", 3), token), Errc::TokenInvalid);
  const auto by_hand = create_client(world_.services, {metadata("Hand")}, {}, world_.origin);
  EXPECT_EQ(finding(by_hand->client.client_id, token), Errc::TokenInvalid);
  ASSERT_TRUE(delete_client(world_.services, one->client.id, {}, world_.origin).ok());
  EXPECT_EQ(finding(id, token), Errc::TokenInvalid) << "with the client";
}

}  // namespace
}  // namespace postern::domain

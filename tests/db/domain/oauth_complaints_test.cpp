#include <gtest/gtest.h>

#include <barrier>
#include <ctime>
#include <memory>
#include <set>
#include <thread>

#include "domain/api_key.hpp"
#include "domain/authenticate.hpp"
#include "domain/housekeeping.hpp"
#include "domain/oauth_access_token.hpp"
#include "domain/oauth_registration.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::DomainWorld;
using test::OAuthWorld;

/// What users of other authorization servers complain of, by its number in oauth.md section 4.
class Complaints : public testing::Test {
 protected:
  Complaints() : account(world.account("alice", "contributor")), client(site.client().client) {}

  Result<OAuthTokens> refresh(const Secret& token, Services& services) {
    return site.refresh(services, client, token);
  }
  Result<OAuthTokens> refresh(const Secret& token) { return refresh(token, world.services); }
  static std::string text(const Secret& secret) { return std::string(secret.reveal()); }
  std::string count(const std::string& of) {
    return world.database_server.sql("select count(*) from postern." + of);
  }

  /// Each on a connection of its own, at the same moment.
  template <class Action>
  void at_once(std::size_t many, Action action) {
    std::vector<std::unique_ptr<AnotherWorker>> workers;
    for (std::size_t i = 0; i < many; ++i)
      workers.push_back(std::make_unique<AnotherWorker>(world));
    std::barrier start(static_cast<std::ptrdiff_t>(many));
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < many; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        action(i, workers[i]->services);
      });
    }
  }

  DomainWorld world;
  OAuthWorld site{world};
  Account account;
  OAuthClient client;
};

TEST_F(Complaints, No1ALostAnswerLocksNobodyOut) {
  const auto tokens = site.tokens(client, account);
  const auto lost = refresh(*tokens.refresh);
  world.clock.advance(seconds(20));
  const auto again = refresh(*tokens.refresh);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(text(*again->refresh), text(*lost->refresh));
  EXPECT_TRUE(refresh(*again->refresh).ok());
}

TEST_F(Complaints, No2AWakingLaptopsManyWindowsStayIn) {
  const auto tokens = site.tokens(client, account);
  world.clock.advance(days(2));
  for (int window = 0; window < 12; ++window) {
    ASSERT_TRUE(refresh(*tokens.refresh).ok()) << window;
    world.clock.advance(seconds(2));
  }
}

TEST_F(Complaints, No3WhoComesBackAfterDaysIsStillIn) {
  auto tokens = site.tokens(client, account);
  for (int day = 0; day < 40; ++day) {
    world.clock.advance(days(3));
    const auto next = refresh(*tokens.refresh);
    ASSERT_TRUE(next.ok()) << day;
    tokens = *next;
  }
}

TEST_F(Complaints, No4TheParentOfTheCurrentTokenIsNotGoodForEver) {
  const auto tokens = site.tokens(client, account);
  ASSERT_TRUE(refresh(*tokens.refresh).ok());
  world.clock.advance(seconds(31));
  EXPECT_FALSE(refresh(*tokens.refresh).ok());
  EXPECT_EQ(count("oauth_grant"), "0");
}

TEST_F(Complaints, No5And6AndNo10SevenProcessesWithoutASingleFlightGoOnWithOneToken) {
  auto tokens = site.tokens(client, account);
  for (int round = 0; round < 5; ++round) {
    std::vector<std::string> next(7);
    at_once(7, [&](std::size_t i, Services& services) {
      const auto answer = refresh(*tokens.refresh, services);
      if (answer.ok()) next[i] = text(*answer->refresh);
    });
    EXPECT_EQ(std::set<std::string>(next.begin(), next.end()).size(), 1U);
    ASSERT_NE(next.front(), "");
    tokens.refresh = Secret(next.front());
    world.clock.advance(seconds(300));
  }
}

TEST_F(Complaints, No7NoRefreshSurvivesARevocationAtTheSameTime) {
  for (int round = 0; round < 20; ++round) {
    const auto tokens = site.tokens(client, account);
    std::vector<Secret> got(4);
    at_once(4, [&](std::size_t i, Services& services) {
      if (i == 0) {
        revoke_token(services, &client, tokens.refresh->reveal(), world.origin);
      } else if (const auto answer = refresh(*tokens.refresh, services); answer.ok()) {
        got[i] = *answer->refresh;
      }
    });
    for (const auto& each : got) ASSERT_FALSE(refresh(each).ok()) << round;
    ASSERT_EQ(count("session"), "0");
  }
}

TEST_F(Complaints, No8TwoClientsOfOnePersonRefreshAtOnceAndKeepTheirOwn) {
  const auto other = site.client().client;
  auto first = site.tokens(client, account);
  auto second = site.tokens(other, account);
  for (int round = 0; round < 10; ++round) {
    at_once(2, [&](std::size_t i, Services& services) {
      auto& own = i == 0 ? first : second;
      const auto next = site.refresh(services, i == 0 ? client : other, *own.refresh);
      EXPECT_TRUE(next.ok());
      if (next.ok()) own = *next;
    });
  }
  EXPECT_TRUE(site.is_alive(first.access));
  EXPECT_TRUE(site.is_alive(second.access));
}

TEST_F(Complaints, No9NoConcurrentRefreshIsAFaultOfOurs) {
  const auto tokens = site.tokens(client, account);
  at_once(12, [&](std::size_t, Services& services) {
    EXPECT_NO_THROW(EXPECT_TRUE(refresh(*tokens.refresh, services).ok()));
  });
}

TEST_F(Complaints, No11TwoAddressesOfOneClientAreOneClient) {
  const auto tokens = site.tokens(client, account);
  const Origin near{"192.0.2.1", "agent", "1"}, far{"203.0.113.9", "agent", "2"};
  const auto at = [&](const Origin& origin) {
    return refresh_grant(world.services,
                         {.client = &client, .refresh_token = tokens.refresh->reveal()}, origin);
  };
  const auto here = at(near), there = at(far);
  ASSERT_TRUE(here.ok() && there.ok());
  EXPECT_EQ(text(*here->refresh), text(*there->refresh));
}

TEST_F(Complaints, No12AReusedTokenEndsItsOwnGrantAndNoOther) {
  const auto stolen = site.tokens(client, account);
  const auto same_client = site.tokens(client, account);
  const auto other = site.tokens(site.client().client, account);
  ASSERT_TRUE(refresh(*stolen.refresh).ok());
  world.clock.advance(minutes(1));
  ASSERT_FALSE(refresh(*stolen.refresh).ok());
  EXPECT_TRUE(site.is_alive(same_client.access));
  EXPECT_TRUE(site.is_alive(other.access));
  EXPECT_TRUE(refresh(*same_client.refresh).ok());
}

TEST_F(Complaints, No13ANewTokenIsGoodAndRevocableAtOnceAlsoWhereTheClockIsBehind) {
  const auto tokens = site.tokens(client, account);
  EXPECT_TRUE(site.is_alive(tokens.access));
  const auto next = refresh(*tokens.refresh);
  ASSERT_TRUE(next.ok()) << "no nbf keeps it waiting";
  world.clock.advance(-seconds(2));
  EXPECT_TRUE(site.is_alive(next->access)) << "another machine's clock";
  revoke_token(world.services, &client, next->refresh->reveal(), world.origin);
  EXPECT_FALSE(site.is_alive(next->access));
}

TEST_F(Complaints, No14And29AnAccessTokenEndsWithItsGrantAndNotALifetimeLater) {
  const auto tokens = site.tokens(client, account);
  revoke_token(world.services, &client, tokens.refresh->reveal(), world.origin);
  EXPECT_EQ(authenticate_oauth_token(world.services, PresentedAs::Bearer, tokens.access.reveal())
                .error()
                .code,
            Errc::TokenRevoked);
}

TEST_F(Complaints, No16NothingIsStoredForATokenAndWhatIsStoredGoes) {
  auto tokens = site.tokens(client, account);
  for (int i = 0; i < 50; ++i) tokens = *refresh(*tokens.refresh);
  const auto robot = site.service();
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(issue_to_client(world.services, {.client = robot.client}, world.origin).ok());
  }
  EXPECT_EQ(count("session"), "2");
  EXPECT_EQ(count("oauth_grant"), "2");
  EXPECT_EQ(count("oauth_code"), "1");
  world.clock.advance(days(400));
  (void)sweep(world.services);
  EXPECT_EQ(count("session"), "0");
  EXPECT_EQ(count("oauth_grant"), "0");
  EXPECT_EQ(count("oauth_code"), "0");
}

TEST_F(Complaints, No17AndNo19RefreshIsOneStatementAndIntrospectionWritesNothing) {
  const auto tokens = site.tokens(client, account);
  note_client_use(world.database, world.services, client);
  client = *find_client(world.services, client.id);
  std::vector<std::string> asked;
  world.database.set_fault_hook_for_test(
      [&](std::string_view point) { asked.emplace_back(point); });
  ASSERT_TRUE(refresh(*tokens.refresh).ok());
  EXPECT_EQ(asked.size(), 1U);
  asked.clear();
  ASSERT_TRUE(introspect_token(world.services, client, tokens.access.reveal()));
  // Whoever has no cache reads the keys anew; with it, nothing is asked at all.
  EXPECT_LE(asked.size(), 2U);
  for (const auto& each : asked) {
    EXPECT_TRUE(each.starts_with("find_") || each == "load_signing_keys") << each;
  }
}

TEST_F(Complaints, No18RegistrationsAreReapedAndBlockNobody) {
  world.settings.oauth.most_unused_clients = 10;
  world.settings.oauth.registrations_per_network_per_hour = 1000;
  ClientMetadata metadata;
  metadata.auth = ClientAuth::None;
  metadata.redirect_uris = {"https://flood.example/cb"};
  for (int i = 0; i < 42; ++i) {
    metadata.name = "Flood " + std::to_string(i);
    ASSERT_TRUE(register_client(world.services, metadata, world.origin).ok());
    world.clock.advance(seconds(1));
  }
  metadata.name = "The owner's own";
  EXPECT_TRUE(register_client(world.services, metadata, {"198.51.100.7", "owner", "1"}).ok());
  EXPECT_LE(std::stoi(count("oauth_client where origin = 1")), 10);
  world.clock.advance(days(8));
  (void)sweep(world.services);
  EXPECT_EQ(count("oauth_client where origin = 1"), "0") << "nothing ever came of them";
}

TEST_F(Complaints, No20MachinesSecretsCostNoPasswordsHash) {
  const auto robot = site.service();
  // One at 19 MiB takes some 20 ms of this process, which does not count what it waits for.
  const auto begin = std::clock();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(
        find_client_by_secret(world.services, robot.client.client_id, robot.secret->reveal()).ok());
  }
  EXPECT_LT(std::clock() - begin, CLOCKS_PER_SEC);
  const auto longer = text(*robot.secret) + "x";
  EXPECT_FALSE(find_client_by_secret(world.services, robot.client.client_id, longer).ok())
      << "nothing cuts it";
}

TEST_F(Complaints, No21OneOfManyKeysIsOneLookUpAndNoPasswordsHash) {
  const auto issue = [&](const Account& owner, int number) {
    return issue_key(world.services, owner.id, {"key " + std::to_string(number), {}, {}}, {},
                     world.origin)
        .value();
  };
  const auto first = issue(account, 0);
  for (int person = 0; person < 20; ++person) {
    const auto owner = world.account("owner" + std::to_string(person));
    for (int i = 0; i < 20; ++i) (void)issue(owner, i);
  }
  const auto hashes = world.passwords.hashes_for_test();
  const auto cost = [&](std::string_view shown) {
    std::vector<std::string> asked;
    world.database.set_fault_hook_for_test(
        [&](std::string_view point) { asked.emplace_back(point); });
    (void)authenticate_key(world.services, shown);
    world.database.set_fault_hook_for_test({});
    return asked.size();
  };
  ASSERT_TRUE(authenticate_key(world.services, first.text.reveal()).ok());
  EXPECT_LE(cost(first.text.reveal()), 1U);
  std::string wrong = text(first.text);
  wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
  EXPECT_LE(cost(wrong), 1U) << "not one for each that there is";
  EXPECT_FALSE(authenticate_key(world.services, wrong).ok());
  const auto begin = std::clock();
  for (int i = 0; i < 500; ++i)
    ASSERT_TRUE(authenticate_key(world.services, first.text.reveal()).ok());
  EXPECT_LT(std::clock() - begin, CLOCKS_PER_SEC) << "bcrypt would take a minute";
  EXPECT_EQ(world.passwords.hashes_for_test(), hashes);
}

TEST_F(Complaints, No24WhatWasMadeAMomentAgoIsNotTooYoung) {
  const auto tokens = site.tokens(client, account);
  const auto claims = verify_oauth_token(world.services, tokens.access.reveal());
  ASSERT_TRUE(claims.ok());
  EXPECT_LE(claims->issued_at, world.clock.now());
  world.clock.advance(-seconds(20));
  EXPECT_TRUE(site.is_alive(tokens.access)) << "a clock that is 20 seconds behind";
}

TEST_F(Complaints, No26TheAudienceIsTheResourceThatWasNamed) {
  const auto tokens =
      site.tokens(client, account, {.scopes = {"read"}, .resources = {OAuthWorld::kApi}});
  const auto claims = verify_oauth_token(world.services, tokens.access.reveal());
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->audience, std::vector<std::string>{OAuthWorld::kApi});
}

}  // namespace
}  // namespace postern::domain

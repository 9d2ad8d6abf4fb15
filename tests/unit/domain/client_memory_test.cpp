#include "domain/client_memory.hpp"

#include <gtest/gtest.h>

#include "domain/revoked_subject.hpp"
#include "tests/support/cache_world.hpp"

namespace postern::domain {
namespace {

using std::chrono::seconds;

class RememberedClients : public testing::Test {
 protected:
  static Uuid id(std::uint64_t number) { return test::CacheWorld::credential(number); }
  ClientMemory::Belief belief(seconds lifetime = seconds(60)) {
    return {world.cache.stamp(), world.clock.now() + lifetime};
  }
  void keep(std::uint64_t number) {
    ClientMemory::Known known{};
    known.client.id = OAuthClientId{id(number)};
    known.client.client_id = std::to_string(number);
    memory.keep(std::move(known), belief());
  }
  ClientMemory::Known* find(std::uint64_t number) {
    return memory.find(world.cache, world.clock, std::to_string(number));
  }

  test::CacheWorld world;
  ClientMemory memory;
};

TEST_F(RememberedClients, EachIsFoundByItsName) {
  keep(1);
  keep(2);
  ASSERT_NE(find(1), nullptr);
  EXPECT_EQ(find(1)->client.id.uuid, id(1));
  ASSERT_NE(find(2), nullptr);
  EXPECT_EQ(find(2)->client.id.uuid, id(2));
  EXPECT_EQ(find(3), nullptr);
}

TEST_F(RememberedClients, NobodyBelievesForLonger) {
  keep(1);
  world.clock.advance(seconds(60) - std::chrono::microseconds(1));
  world.trust();
  EXPECT_NE(find(1), nullptr);
  world.clock.advance(std::chrono::microseconds(1));
  EXPECT_EQ(find(1), nullptr);
}

TEST_F(RememberedClients, R6AChangedOneIsForgottenAndNoOther) {
  keep(1);
  keep(2);
  make_void(world.cache, RevokedSubject::client(OAuthClientId{id(1)}));
  EXPECT_EQ(find(1), nullptr);
  EXPECT_NE(find(2), nullptr);
}

TEST_F(RememberedClients, R6WhatWasReadBeforeTheChangeIsNotBelievedAfterIt) {
  const auto before = belief();
  make_void(world.cache, RevokedSubject::client(OAuthClientId{id(1)}));
  ClientMemory::Known known{};
  known.client.id = OAuthClientId{id(1)};
  known.client.client_id = "1";
  memory.keep(std::move(known), before);
  EXPECT_EQ(find(1), nullptr);
}

TEST_F(RememberedClients, R6WhenEverythingChangedAllAreForgotten) {
  keep(1);
  make_void(world.cache, RevokedSubject::everything());
  EXPECT_EQ(find(1), nullptr);
}

TEST_F(RememberedClients, R6WhileNobodyHearsOfRevocationsNoneIsFound) {
  keep(1);
  world.cache.trust_until(world.clock.uptime());
  EXPECT_EQ(find(1), nullptr);
}

TEST_F(RememberedClients, R9OneMoreThanThereMayBePushesOutTheOneUsedLongestAgo) {
  for (std::uint64_t number = 0; number < ClientMemory::kMost; ++number) keep(number);
  ASSERT_NE(find(0), nullptr);
  keep(ClientMemory::kMost);
  EXPECT_EQ(find(1), nullptr);
  EXPECT_NE(find(0), nullptr) << "used since";
  EXPECT_NE(find(ClientMemory::kMost), nullptr);
}

TEST_F(RememberedClients, AnOwnGrantIsRightUntilItsSessionOrItsAccountIsRevoked) {
  keep(1);
  const auto remember = [&] {
    find(1)->own = {LiveGrant(), belief()};
    find(1)->own->grant.session.id = SessionId{id(10)};
    find(1)->own->grant.session.account.id = AccountId{id(11)};
  };
  const auto is_right = [&] {
    return ClientMemory::own_grant(world.cache, world.clock, *find(1)) != nullptr;
  };
  EXPECT_FALSE(is_right()) << "there is none";
  remember();
  EXPECT_TRUE(is_right());
  make_void(world.cache, RevokedSubject::credential(SessionId{id(10)}));
  EXPECT_FALSE(is_right());
  remember();
  make_void(world.cache, RevokedSubject::account(AccountId{id(11)}));
  EXPECT_FALSE(is_right());
  remember();
  EXPECT_TRUE(is_right());
}

}  // namespace
}  // namespace postern::domain

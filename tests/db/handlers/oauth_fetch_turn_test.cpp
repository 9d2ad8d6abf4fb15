#include <gtest/gtest.h>

#include <optional>

#include "handlers/oauth/fetch_turn.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers::oauth {
namespace {

using namespace std::chrono_literals;
using domain::Errc;
using For = FetchTurn::For;

class OAuthFetchTurn : public testing::Test {
 protected:
  domain::Result<FetchTurn> take(int number, For why = For::Stranger,
                                 const std::string& from = "192.0.2.1") {
    return FetchTurn::take(world.services, why,
                           "https://a" + std::to_string(number) + ".example.com/x", from);
  }
  bool may(int number, For why = For::Stranger, const std::string& from = "192.0.2.1") {
    return take(number, why, from).ok();
  }
  /// A fetch that takes three seconds; false where it is not let.
  bool hang(int number, For why = For::Stranger, const std::string& from = "192.0.2.1") {
    const auto turn = take(number, why, from);
    if (turn.ok()) world.domain.clock.advance(3s);
    return turn.ok();
  }
  /// Each try is of another network and host, a second after the last; how many hung.
  int hanging(int tries, For why) {
    int hung = 0;
    for (int i = 0; i < tries; ++i) {
      const auto network = std::to_string(i / 256) + "." + std::to_string(i % 256);
      hung += hang(1000 + i, why, "10.0." + network) ? 1 : 0;
      world.domain.clock.advance(1s);
    }
    return hung;
  }

  test::HandlerWorld world;
};

TEST_F(OAuthFetchTurn, R9OneWaitsInTheProvidersPlaceAndWhoIsDoneMakesRoom) {
  {
    const auto held = take(0);
    ASSERT_TRUE(held.ok());
    EXPECT_NE(world.shared.outgoing_slots[0], 0) << "no provider is waited for beside it";
    const auto second = take(1, For::Stranger, "198.51.100.1");
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, Errc::ProviderUnavailable);
    EXPECT_GT(second.error().retry_after.count(), 0);
    EXPECT_FALSE(may(2, For::Client));
    EXPECT_FALSE(may(3, For::Again));
    world.domain.clock.advance(1h);
    EXPECT_FALSE(may(4)) << "however long it takes";
  }
  EXPECT_TRUE(may(5));
  EXPECT_TRUE(may(6)) << "a turn that was given back is there again";
}

TEST_F(OAuthFetchTurn, R9ThePlaceOfAKilledWorkerIsTakenOver) {
  world.shared.outgoing_slots[0] = 1;  // a process that lives on: init
  EXPECT_FALSE(may(0));
  world.shared.outgoing_slots[0] = 0x3FFFFFFF;  // there is no such process
  EXPECT_TRUE(may(0));
}

TEST_F(OAuthFetchTurn, R9TheLastOfThePlacesIsNotForStrangers) {
  world.settings.sso.outgoing = 2;
  world.settings.oauth.fetches = 3;
  std::vector<domain::Result<FetchTurn>> held;
  for (int i = 0; i < 2; ++i) held.push_back(take(i, For::Stranger, "10.0.1." + std::to_string(i)));
  for (const auto& turn : held) ASSERT_TRUE(turn.ok());
  EXPECT_FALSE(may(2, For::Stranger, "10.0.2.1"));
  EXPECT_FALSE(may(3, For::Client, "10.0.2.2"));
  const auto known = take(4, For::Again);
  EXPECT_TRUE(known.ok());
  EXPECT_FALSE(may(5, For::Again, "10.0.2.3"));
  EXPECT_EQ(world.shared.outgoing_slots[0], 0) << "providers have theirs";
  EXPECT_EQ(world.shared.outgoing_slots[1], 0);
  for (int i = 2; i < 5; ++i) EXPECT_NE(world.shared.outgoing_slots[i], 0);
}

TEST_F(OAuthFetchTurn, R9SlowHostsHaveThePlaceForAThirdOfTheTime) {
  const auto begin = world.domain.clock.uptime();
  const int hung = hanging(300, For::Stranger);
  EXPECT_GT(hung, 20);
  EXPECT_LE(hung * 3s * 3, world.domain.clock.uptime() - begin);
}

TEST_F(OAuthFetchTurn, R9SlowHostsOfStrangersHoldUpNothingThatIsKnown) {
  EXPECT_GE(hanging(20, For::Stranger), 2);
  EXPECT_FALSE(may(1, For::Stranger, "198.51.100.1"));
  EXPECT_FALSE(may(1, For::Client, "198.51.100.1")) << "anybody can register a jwks_uri";
  EXPECT_TRUE(may(2, For::Again, "10.0.0.1"));
}

TEST_F(OAuthFetchTurn, R9OneNetworkMayHangTwiceAndThenEveryHalfMinute) {
  EXPECT_TRUE(hang(0));
  EXPECT_TRUE(hang(1));
  world.domain.clock.advance(10s);
  EXPECT_FALSE(may(2)) << "it does";
  EXPECT_TRUE(may(3, For::Stranger, "198.51.100.1")) << "another does not pay for it";
  world.domain.clock.advance(20s);
  EXPECT_TRUE(hang(4));
  EXPECT_FALSE(may(5));
}

TEST_F(OAuthFetchTurn, R9OneHostMayHangTwiceAndThenEveryHalfMinute) {
  const auto once_more = [&](int network) {
    const auto turn = FetchTurn::take(world.services, For::Stranger,
                                      "https://same.example.com/" + std::to_string(network),
                                      "10.0.0." + std::to_string(network));
    if (turn.ok()) world.domain.clock.advance(3s);
    return turn.ok();
  };
  EXPECT_TRUE(once_more(1));
  EXPECT_TRUE(once_more(2));
  world.domain.clock.advance(10s);
  EXPECT_FALSE(once_more(3));
  EXPECT_TRUE(may(0, For::Stranger, "10.0.0.3")) << "only that host";
}

TEST_F(OAuthFetchTurn, WhatIsQuickIsNotSlow) {
  for (int i = 0; i < 19; ++i) {
    const auto turn = take(i);
    ASSERT_TRUE(turn.ok()) << i;
    world.domain.clock.advance(500ms);
  }
}

TEST_F(OAuthFetchTurn, ATurnGoesWithItsOwnerAndIsGivenBackOnce) {
  {
    auto turn = take(0);
    ASSERT_TRUE(turn.ok());
    const std::optional<FetchTurn> moved(std::move(turn).value());
    EXPECT_FALSE(may(1));
  }
  const auto held = take(2);
  EXPECT_TRUE(held.ok());
  EXPECT_FALSE(may(3));
}

TEST_F(OAuthFetchTurn, LimitsAreByHowTheAddressBecameKnown) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(may(i));
  EXPECT_FALSE(may(20)) << "of this network";
  EXPECT_TRUE(may(21, For::Client));
  EXPECT_TRUE(may(22, For::Again));
  EXPECT_TRUE(may(22, For::Again));
  EXPECT_FALSE(may(22, For::Again)) << "one address twice a minute, whoever it is for";
}

TEST_F(OAuthFetchTurn, WhoFindsNoPlaceIsNotCounted) {
  {
    const auto held = take(0);
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(may(1));
  }
  EXPECT_TRUE(may(1));
}

TEST_F(OAuthFetchTurn, WhatIsNoAddressIsNotFetched) {
  for (const char* bad : {"", "https://", "file:///etc/passwd", "https://a@b/"}) {
    EXPECT_FALSE(FetchTurn::take(world.services, For::Again, bad, "192.0.2.1").ok()) << bad;
  }
}

}  // namespace
}  // namespace postern::handlers::oauth

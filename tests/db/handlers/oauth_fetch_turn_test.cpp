#include <gtest/gtest.h>

#include <optional>

#include "handlers/oauth/fetch_turn.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::handlers::oauth {
namespace {

using namespace std::chrono_literals;
using domain::Errc;
using For = FetchTurn::For;

class OAuthFetchTurn : public testing::Test {
 protected:
  domain::Result<FetchTurn> take(int number, For why = For::Again) {
    return FetchTurn::take(world.services, why,
                           "https://a" + std::to_string(number) + ".example.com/x", "192.0.2.1");
  }
  bool may(int number, For why = For::Again) { return take(number, why).ok(); }

  test::DomainWorld world;
};

TEST_F(OAuthFetchTurn, R9FourWaitAtOnceAndWhoIsDoneMakesRoom) {
  std::vector<domain::Result<FetchTurn>> held;
  for (int i = 0; i < 4; ++i) held.push_back(take(i));
  for (const auto& turn : held) ASSERT_TRUE(turn.ok());
  const auto fifth = take(4);
  ASSERT_FALSE(fifth.ok());
  EXPECT_EQ(fifth.error().code, Errc::ProviderUnavailable);
  EXPECT_GT(fifth.error().retry_after.count(), 0);
  held.pop_back();
  EXPECT_TRUE(may(5));
  EXPECT_TRUE(may(6)) << "a turn that was given back is there again";
}

TEST_F(OAuthFetchTurn, R9WhileAllHangOneMoreMayEveryOneAndAHalfSeconds) {
  std::vector<domain::Result<FetchTurn>> held;
  for (int i = 0; i < 4; ++i) held.push_back(take(i));
  int more = 0;
  for (int tenth = 0; tenth < 60; ++tenth) {
    world.clock.advance(100ms);
    held.push_back(take(100 + tenth));
    more += held.back().ok() ? 1 : 0;
  }
  EXPECT_EQ(more, 4);
}

TEST_F(OAuthFetchTurn, ATurnGoesWithItsOwnerAndIsGivenBackOnce) {
  {
    auto turn = take(0);
    ASSERT_TRUE(turn.ok());
    const std::optional<FetchTurn> moved(std::move(turn).value());
  }
  std::vector<domain::Result<FetchTurn>> held;
  for (int i = 1; i < 5; ++i) held.push_back(take(i));
  for (const auto& turn : held) EXPECT_TRUE(turn.ok());
  EXPECT_FALSE(may(5));
}

TEST_F(OAuthFetchTurn, LimitsAreByHowTheAddressBecameKnown) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(may(i, For::Stranger));
  EXPECT_FALSE(may(20, For::Stranger)) << "of this network";
  EXPECT_TRUE(may(21, For::Client));
  EXPECT_TRUE(may(22, For::Again));
  EXPECT_TRUE(may(22, For::Again));
  EXPECT_FALSE(may(22, For::Again)) << "one address twice a minute, whoever it is for";
}

TEST_F(OAuthFetchTurn, WhatIsNoAddressIsNotFetched) {
  for (const char* bad : {"", "https://", "file:///etc/passwd", "https://a@b/"}) {
    EXPECT_FALSE(FetchTurn::take(world.services, For::Again, bad, "192.0.2.1").ok()) << bad;
  }
}

}  // namespace
}  // namespace postern::handlers::oauth

#include "domain/limiter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "domain/once_name.hpp"
#include "tests/support/limiter_memory.hpp"

namespace postern::domain {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::kLimiterKey;
using test::LimiterMemory;

constexpr milliseconds kStart = std::chrono::days(1);
constexpr Rate kThree{3, seconds(60)};

class LimiterTest : public ::testing::Test {
 protected:
  Charge charge(const std::string& name = "name", const Rate& rate = kThree) {
    return limiter_.charge(name, rate, now_);
  }
  /// How many are allowed at once.
  std::uint32_t burst(const std::string& name, const Rate& rate) {
    std::uint32_t allowed = 0;
    while (charge(name, rate).allowed) ++allowed;
    return allowed;
  }

  LimiterMemory memory_{1024};
  Limiter limiter_{memory_.bytes(), kLimiterKey};
  milliseconds now_ = kStart;
};

TEST_F(LimiterTest, AllowsExactlyTheLimitAndTellsWhatIsLeft) {
  for (const std::uint32_t left : {2U, 1U, 0U}) {
    const Charge allowed = charge();
    EXPECT_TRUE(allowed.allowed);
    EXPECT_EQ(allowed.limit, 3U);
    EXPECT_EQ(allowed.remaining, left);
    EXPECT_EQ(allowed.retry_after, seconds(0));
    EXPECT_EQ(allowed.reset_after, seconds(20) * (3 - left));
  }
  const Charge refused = charge();
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.remaining, 0U);
  EXPECT_EQ(refused.retry_after, seconds(20));
  EXPECT_EQ(refused.reset_after, seconds(60));
  EXPECT_TRUE(charge("another").allowed);
}

TEST_F(LimiterTest, OneComesBackEveryWindowByLimit) {
  EXPECT_EQ(burst("name", kThree), 3U);
  now_ += seconds(20) - milliseconds(1);
  EXPECT_EQ(charge().retry_after, seconds(1)) << "rounded up";
  now_ += milliseconds(1);
  EXPECT_EQ(burst("name", kThree), 1U);
  now_ += seconds(40);
  EXPECT_EQ(burst("name", kThree), 2U);
  now_ += days(300);
  EXPECT_EQ(burst("name", kThree), 3U) << "never more than all";
}

TEST_F(LimiterTest, RefusedAttemptsChangeNothing) {
  EXPECT_EQ(burst("name", kThree), 3U);
  for (int i = 0; i < 1999; ++i) {
    now_ += milliseconds(10);
    ASSERT_FALSE(charge().allowed) << i;
  }
  now_ += milliseconds(10);
  EXPECT_TRUE(charge().allowed);
}

TEST_F(LimiterTest, OneADay) {
  const Rate rate{1, days(1)};
  EXPECT_TRUE(charge("name", rate).allowed);
  EXPECT_EQ(charge("name", rate).retry_after, days(1));
  now_ += days(1) - milliseconds(1);
  EXPECT_FALSE(charge("name", rate).allowed);
  now_ += milliseconds(1);
  EXPECT_TRUE(charge("name", rate).allowed);
  EXPECT_EQ(charge("name", rate).reset_after, days(1));
}

TEST_F(LimiterTest, AHundredThousandAMinute) {
  const Rate rate{100'000, seconds(60)};
  EXPECT_EQ(burst("name", rate), 100'000U);
  std::uint32_t later = 0;
  for (int i = 0; i < 60'000; ++i) {
    now_ += milliseconds(1);
    later += burst("name", rate);
  }
  EXPECT_LE(later, 100'000U) << "rounding gives nothing away";
  EXPECT_GE(later, 95'000U);
}

// A bucket of tokens that is filled with time: the same rule, told the other way round.
TEST_F(LimiterTest, AgreesWithABucketOfTokens) {
  constexpr Rate kRate{8, seconds(60)};
  constexpr std::int64_t kPerToken = 60'000 / 8;  // ms
  std::int64_t filled = kRate.limit * kPerToken;
  std::mt19937 random(7);
  int refused = 0;
  for (int i = 0; i < 50'000; ++i) {
    const milliseconds pause(random() % 3 == 0 ? random() % 30'000 : random() % 100);
    now_ += pause;
    filled = std::min<std::int64_t>(kRate.limit * kPerToken, filled + pause.count());
    const bool allowed = filled >= kPerToken;
    if (allowed) filled -= kPerToken;
    const Charge answer = charge("name", kRate);
    ASSERT_EQ(answer.allowed, allowed) << i;
    ASSERT_EQ(answer.remaining, filled / kPerToken) << i;
    refused += allowed ? 0 : 1;
  }
  EXPECT_GT(refused, 1000);
}

TEST_F(LimiterTest, LookingDoesNotCount) {
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(limiter_.look("name", kThree, now_).allowed);
  EXPECT_EQ(limiter_.look("name", kThree, now_).remaining, 3U);
  EXPECT_EQ(burst("name", kThree), 3U);
  const Charge seen = limiter_.look("name", kThree, now_);
  EXPECT_FALSE(seen.allowed);
  EXPECT_EQ(seen.retry_after, charge().retry_after);
  EXPECT_EQ(seen.reset_after, charge().reset_after);
}

TEST_F(LimiterTest, RefundingTakesOneBackAndNeverGivesMoreThanAll) {
  EXPECT_EQ(burst("name", kThree), 3U);
  limiter_.refund("name", kThree, now_);
  EXPECT_EQ(burst("name", kThree), 1U);
  for (int i = 0; i < 10; ++i) limiter_.refund("name", kThree, now_);
  EXPECT_EQ(burst("name", kThree), 3U);
  limiter_.refund("never seen", kThree, now_);
  EXPECT_EQ(burst("never seen", kThree), 3U);
}

TEST_F(LimiterTest, ForgivingForgetsAll) {
  EXPECT_EQ(burst("name", kThree), 3U);
  limiter_.forgive("name", now_);
  EXPECT_EQ(charge().remaining, 2U);
  EXPECT_EQ(burst("name", kThree), 2U);
  limiter_.forgive("never seen", now_);
  EXPECT_EQ(burst("never seen", kThree), 3U);
}

TEST_F(LimiterTest, ALoweredLimitHoldsAtOnce) {
  EXPECT_EQ(burst("name", {6, seconds(60)}), 6U);
  const Charge refused = charge("name", {2, seconds(60)});
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, seconds(30));
}

TEST_F(LimiterTest, AnUnreasonableRateIsADefect) {
  for (const Rate rate : {Rate{0, seconds(60)}, Rate{100'001, seconds(60)}, Rate{1, seconds(0)},
                          Rate{1, days(1) + seconds(1)}}) {
    EXPECT_THROW(charge("name", rate), std::invalid_argument);
    EXPECT_THROW(limiter_.refund("name", rate, now_), std::invalid_argument);
    EXPECT_THROW((void)limiter_.look("name", rate, now_), std::invalid_argument);
  }
}

TEST_F(LimiterTest, WithoutMemoryAllIsAllowed) {
  Limiter none;
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(none.charge("name", kThree, now_).allowed);
    EXPECT_EQ(none.charge("name", kThree, now_).remaining, 3U);
  }
  none.refund("name", kThree, now_);
  none.forgive("name", now_);
  EXPECT_EQ(none.given_up(), 0U);
}

TEST_F(LimiterTest, MemoryThatIsNotAlignedIsADefect) {
  EXPECT_THROW(Limiter(memory_.bytes().subspan(8), kLimiterKey), std::invalid_argument);
}

TEST_F(LimiterTest, SharesItsMemoryWithOthersOfTheSameKey) {
  Limiter same(memory_.bytes(), kLimiterKey);
  std::array<std::byte, Limiter::kKeyBytes> key{};
  Limiter other(memory_.bytes(), key);
  EXPECT_EQ(burst("name", kThree), 3U);
  EXPECT_FALSE(same.charge("name", kThree, now_).allowed);
  EXPECT_TRUE(other.charge("name", kThree, now_).allowed);
}

TEST_F(LimiterTest, R9AsManyNamesAsPromisedAreKeptApart) {
  constexpr std::size_t kNames = 65'536;
  LimiterMemory memory(kNames);
  EXPECT_LE(memory.bytes().size(), std::size_t{2} * 1024 * 1024);
  limiter_ = Limiter(memory.bytes(), kLimiterKey);
  for (std::size_t i = 0; i < kNames / 2; ++i) EXPECT_TRUE(charge(std::to_string(i)).allowed);
  int shared = 0;
  for (std::size_t i = 0; i < kNames / 2; ++i) {
    shared += charge(std::to_string(i)).remaining == 1 ? 0 : 1;
  }
  EXPECT_LE(limiter_.given_up(), kNames / 200) << "a bucket overflows seldom";
  EXPECT_LE(shared, static_cast<int>(limiter_.given_up()) * 2 + 2);
}

TEST_F(LimiterTest, R9WhatIsUsedOncePushesOutNoLimit) {
  ASSERT_TRUE(limiter_.charge("somebody", {1, days(1)}, now_).allowed);
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_TRUE(limiter_.charge(once_name(std::to_string(i)), {1, days(1)}, now_).allowed);
  }
  EXPECT_GT(limiter_.given_up(), 10'000U) << "more than there is room for";
  EXPECT_FALSE(limiter_.charge("somebody", {1, days(1)}, now_).allowed);
  EXPECT_FALSE(limiter_.charge(once_name("19999"), {1, days(1)}, now_).allowed);
}

/// All names in one bucket of seven.
class OneBucket : public LimiterTest {
 protected:
  OneBucket() { limiter_ = Limiter(one_.bytes(), kLimiterKey); }
  static std::string name(int number) { return "name" + std::to_string(number); }

  LimiterMemory one_{1};
};

TEST_F(OneBucket, R9TheOneThatWouldHaveBeenFreeFirstIsGivenUp) {
  for (int i = 0; i < 7; ++i) {
    // name3 has used up least.
    for (int used = 0; used < (i == 3 ? 1 : 2); ++used) EXPECT_TRUE(charge(name(i)).allowed);
  }
  EXPECT_EQ(limiter_.given_up(), 0U);
  EXPECT_EQ(burst("new", kThree), 3U);
  EXPECT_EQ(limiter_.given_up(), 1U);
  for (int i = 0; i < 7; ++i) {
    if (i != 3) {
      EXPECT_EQ(limiter_.look(name(i), kThree, now_).remaining, 1U) << i;
    }
  }
  EXPECT_EQ(limiter_.look(name(3), kThree, now_).remaining, 3U) << "forgotten";
}

TEST_F(OneBucket, WhatSaysNothingAnyMoreIsNoLoss) {
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(burst(name(i), kThree), 3U);
    now_ += seconds(20);
  }
  EXPECT_EQ(limiter_.given_up(), 0U);
}

}  // namespace
}  // namespace postern::domain

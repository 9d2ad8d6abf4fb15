#include "fcgi/backoff.hpp"

#include <gtest/gtest.h>

namespace postern::fcgi {
namespace {

TEST(Backoff, ALongLifeIsReplacedAtOnce) {
  Backoff backoff;
  backoff.died(1000, 50'000);
  EXPECT_TRUE(backoff.ready(50'000));
}

TEST(Backoff, ShortLivesWaitLongerAndLonger) {
  Backoff backoff;
  std::int64_t now = 1'000'000;
  for (const std::int64_t wait : {100, 200, 400, 800, 1600, 3200, 6400, 10'000, 10'000}) {
    backoff.died(5, now);
    EXPECT_EQ(backoff.delay(), wait);
    EXPECT_FALSE(backoff.ready(now + wait - 1));
    EXPECT_TRUE(backoff.ready(now + wait));
    now += wait + 5;
  }
}

TEST(Backoff, APoolThatDiesTogetherCountsOnce) {
  Backoff backoff;
  for (int i = 0; i < 16; ++i) backoff.died(5, 1'000'000 + i);
  EXPECT_EQ(backoff.delay(), 100);
}

TEST(Backoff, AQuietTimeIsForgiven) {
  Backoff backoff;
  backoff.died(5, 1'000'000);
  backoff.died(5, 1'000'200);
  EXPECT_EQ(backoff.delay(), 200);
  backoff.died(5, 1'020'000);
  EXPECT_EQ(backoff.delay(), 100);
}

}  // namespace
}  // namespace postern::fcgi

#include "domain/clock.hpp"

#include <gtest/gtest.h>

namespace postern::domain {
namespace {

TEST(Clocks, WholeSecondsRoundDown) {
  EXPECT_EQ(unix_seconds(Instant(std::chrono::microseconds(1'999'999))), 1);
  EXPECT_EQ(unix_seconds(Instant(std::chrono::microseconds(-1))), -1);
}

TEST(Clocks, SecondsRoundTripPast2038) {
  for (const long long value : {0LL, 1LL, 2'147'483'648LL, 253'402'300'799LL})
    EXPECT_EQ(unix_seconds(from_unix_seconds(value)), value);
}

TEST(Clocks, TheSystemClockGoesForwardInThisCentury) {
  const SystemClock clock;
  const Instant first = clock.now();
  EXPECT_GT(unix_seconds(first), 1'700'000'000);
  EXPECT_LE(first, clock.now());
}

}  // namespace
}  // namespace postern::domain

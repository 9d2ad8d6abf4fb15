#include <gtest/gtest.h>

#include <stdexcept>

#include "cli/doctor.hpp"

namespace postern::cli {
namespace {

using std::chrono::milliseconds;

Level judged(domain::Instant ours, domain::Instant theirs) {
  Findings findings;
  judge_clocks(findings, ours, theirs);
  return findings.list().front().level;
}

TEST(DoctorClock, FiveSecondsApartAreTheMost) {
  const auto now = domain::from_unix_seconds(1'800'000'000);
  EXPECT_EQ(judged(now, now), Level::Ok);
  EXPECT_EQ(judged(now, now + milliseconds(5000)), Level::Ok);
  EXPECT_EQ(judged(now, now - milliseconds(5000)), Level::Ok);
  EXPECT_EQ(judged(now, now + milliseconds(5001)), Level::Fail);
  EXPECT_EQ(judged(now, now - milliseconds(5001)), Level::Fail);
}

TEST(DoctorClock, AYearThatCannotBeIsFoundEvenWhereBothAgree) {
  for (const auto wrong : {0LL, 1'000'000'000LL, 5'000'000'000LL}) {
    const auto instant = domain::from_unix_seconds(wrong);
    EXPECT_EQ(judged(instant, instant), Level::Fail) << wrong;
  }
}

TEST(DoctorFindings, WhatACheckThrowsIsAFailureOfThatCheck) {
  Findings findings;
  EXPECT_FALSE(findings.any_failed());
  findings.attempt("sockets", [] { throw std::runtime_error("no such thing"); });
  ASSERT_EQ(findings.list().size(), 1U);
  EXPECT_EQ(findings.list().front().check, "sockets");
  EXPECT_TRUE(findings.any_failed());
}

}  // namespace
}  // namespace postern::cli

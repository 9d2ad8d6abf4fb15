#include "domain/rate_limit.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tests/support/another_worker.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;

class RateLimit : public ::testing::Test {
 protected:
  Charge hit(const char* name = "name") { return charge(world_.services, name, limit_); }
  void expect_allowed(int hits) {
    for (int i = 0; i < hits; ++i) EXPECT_TRUE(hit().allowed) << i;
  }

  test::DomainWorld world_;
  WindowLimit limit_{3, seconds(60)};
};

TEST_F(RateLimit, AllowsExactlyTheLimit) {
  for (const std::uint32_t left : {2U, 1U, 0U}) {
    const Charge allowed = hit();
    EXPECT_TRUE(allowed.allowed);
    EXPECT_EQ(allowed.remaining, left);
  }
  const Charge refused = hit();
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, seconds(60));
  EXPECT_TRUE(hit("another").allowed);
}

TEST_F(RateLimit, TheWindowSlides) {
  expect_allowed(1);
  world_.clock.advance(seconds(20));
  expect_allowed(2);
  EXPECT_EQ(hit().retry_after, seconds(40));
  world_.clock.advance(seconds(40) - std::chrono::microseconds(1));
  EXPECT_EQ(hit().retry_after, seconds(1));
  world_.clock.advance(std::chrono::microseconds(1));
  expect_allowed(1);
  EXPECT_EQ(hit().retry_after, seconds(20));
}

TEST_F(RateLimit, RefusedHitsAreNotCounted) {
  expect_allowed(3);
  for (int i = 0; i < 50; ++i) {
    world_.clock.advance(seconds(1));
    EXPECT_FALSE(hit().allowed);
  }
  world_.clock.advance(seconds(10));
  EXPECT_TRUE(hit().allowed);
}

TEST_F(RateLimit, ALoweredLimitHoldsAtOnce) {
  for (int i = 0; i < 3; ++i) {
    expect_allowed(1);
    world_.clock.advance(seconds(10));
  }
  limit_.limit = 2;  // hits at 0, 10, 20; now is 30; the one at 10 has to leave
  EXPECT_EQ(hit().retry_after, seconds(40));
}

TEST_F(RateLimit, ForgivingForgetsAndRefundingTakesOneBack) {
  expect_allowed(3);
  refund(world_.database, world_.services, "name");
  expect_allowed(1);
  EXPECT_FALSE(hit().allowed);
  forgive(world_.database, world_.services, "name");
  expect_allowed(3);
  forgive(world_.database, world_.services, "never seen");
  refund(world_.database, world_.services, "never seen");
  forgive(world_.database, world_.services, "name");
  hit();
  for (int i = 0; i < 5; ++i) refund(world_.database, world_.services, "name");
  expect_allowed(3);
}

TEST_F(RateLimit, SurvivesARestart) {
  expect_allowed(3);
  AnotherWorker later(world_);
  EXPECT_FALSE(charge(later.services, "name", limit_).allowed);
}

TEST_F(RateLimit, R5NamesAreNotStoredInClear) {
  hit("account:alice@192.0.2.1");
  EXPECT_EQ(
      world_.database_server.sql("select count(*) from postern.rate_limit where "
                                 "position('alice'::bytea in name) > 0 or length(name) <> 32"),
      "0");
}

TEST_F(RateLimit, NeverKeepsMoreThanTheLimit) {
  for (int i = 0; i < 100; ++i) {
    hit();
    world_.clock.advance(seconds(7));
  }
  EXPECT_LE(std::stoi(world_.database_server.sql(
                "select max(cardinality(hits)) from postern.rate_limit")),
            3);
}

TEST_F(RateLimit, AnUnreasonableLimitIsADefect) {
  for (const WindowLimit limit :
       {WindowLimit{0, seconds(60)}, WindowLimit{1001, seconds(60)}, WindowLimit{1, seconds(0)}})
    EXPECT_THROW((void)charge(world_.services, "name", limit), std::invalid_argument);
}

// CVE-2024-4629: parallel attempts that slip past the counter.
TEST_F(RateLimit, Cve20244629AHundredAtOnceGetExactlyTheLimit) {
  constexpr int kWorkers = 10;
  std::vector<std::unique_ptr<AnotherWorker>> workers;
  for (int i = 0; i < kWorkers; ++i) workers.push_back(std::make_unique<AnotherWorker>(world_));
  for (int round = 0; round < 5; ++round) {
    const std::string name = "storm" + std::to_string(round);
    std::atomic<int> allowed{0};
    std::vector<std::thread> threads;
    for (auto& worker : workers) {
      threads.emplace_back([&] {
        for (int i = 0; i < 100 / kWorkers; ++i) {
          const Charge answer = charge(worker->services, name, {10, seconds(60)});
          allowed += answer.allowed ? 1 : 0;
          EXPECT_TRUE(answer.allowed || answer.retry_after >= seconds(1));
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(allowed, 10) << round;
  }
}

}  // namespace
}  // namespace postern::domain

#include "domain/revocation_fence.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "domain/revocation_listener.hpp"
#include "tests/support/held_link.hpp"
#include "tests/support/watch_world.hpp"

namespace postern::domain {
namespace {

using std::chrono::milliseconds;
using test::CacheWorld;
using test::HeldLink;
using test::WatchedMachine;
using test::WatchWorld;

/// A machine that goes on listening until it is told to stop.
class Running {
 public:
  Running(const std::string& url, const CacheSettings& settings) {
    machine.watch(url, settings);
    EXPECT_TRUE(machine.settle());
    thread_ = std::thread([this] {
      while (!stop_) machine.run(milliseconds(50));
    });
  }
  ~Running() {
    stop_ = true;
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  WatchedMachine machine;

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

class FenceTest : public ::testing::Test {
 protected:
  static constexpr milliseconds kBrief{1500};

  Fence wait() {
    const auto began = clock.uptime();
    const auto how = wait_until_known({url}, world.watching, clock, random);
    took = clock.uptime() - began;
    return how;
  }

  WatchWorld world;
  SystemClock clock;
  SodiumRandom random;
  std::string url = world.database_server.url();
  milliseconds took{0};
};

TEST_F(FenceTest, NobodyIsWaitedForWhereNobodyListens) {
  EXPECT_EQ(wait(), Fence::Unneeded);
  EXPECT_LT(took, world.watching.stale_limit / 2);
}

TEST_F(FenceTest, R6EveryMachineHasAppliedWhatCameBeforeTheAnswer) {
  Running one(url, world.watching);
  Running two(url, world.watching);
  for (std::uint64_t i = 0; i < 50; ++i) {
    const auto account = CacheWorld::account(i);
    const auto session = CacheWorld::credential(i);
    one.machine.remember(account, session);
    two.machine.remember(account, session);
    ASSERT_TRUE(one.machine.believes(session));
    world.revoke(RevokedSubject::account(account));
    ASSERT_EQ(wait(), Fence::Answered);
    ASSERT_FALSE(one.machine.believes(session));
    ASSERT_FALSE(two.machine.believes(session));
    ASSERT_LT(took, world.watching.stale_limit / 2);
  }
}

TEST_F(FenceTest, R6AMachineThatDoesNotAnswerIsWaitedForUntilItBelievesNothing) {
  world.watching.stale_limit = milliseconds(4000);
  Running one(url, world.watching);
  HeldLink link;
  WatchedMachine stuck;
  stuck.watch(link.through(url), world.watching);
  ASSERT_TRUE(stuck.settle());
  stuck.remember(CacheWorld::account(1), CacheWorld::credential(1));
  world.revoke(RevokedSubject::account(CacheWorld::account(1)));
  ASSERT_TRUE(stuck.believes(CacheWorld::credential(1)));
  EXPECT_EQ(wait(), Fence::RanOut);
  EXPECT_FALSE(stuck.believes(CacheWorld::credential(1)));
  EXPECT_GE(took, world.watching.stale_limit);
  EXPECT_LT(took, world.watching.stale_limit + milliseconds(20'000));
}

TEST_F(FenceTest, SeveralAtOnceAreAllAnswered) {
  const Running one(url, world.watching);
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      SodiumRandom mine;
      if (wait_until_known({url}, world.watching, clock, mine) == Fence::Answered) ++answered;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, 8);
}

TEST_F(FenceTest, PollingMachinesCannotBeAsked) {
  world.watching.coherence = Coherence::Poll;
  world.watching.stale_limit = kBrief;
  EXPECT_EQ(wait(), Fence::RanOut);
  EXPECT_GE(took, world.watching.stale_limit);
}

TEST_F(FenceTest, NothingIsWaitedForWhereNothingIsCached) {
  world.watching.entries = 0;
  const Running one(url, world.watching);
  EXPECT_EQ(wait(), Fence::Unneeded);
  EXPECT_LT(took, world.watching.stale_limit / 2);
}

TEST_F(FenceTest, R6ADatabaseThatWentAwayIsWaitedOutAndNothingIsThrown) {
  url = "host=/nonexistent user=x dbname=x";
  world.watching.stale_limit = kBrief;
  EXPECT_EQ(wait(), Fence::RanOut);
  EXPECT_GE(took, world.watching.stale_limit);
}

}  // namespace
}  // namespace postern::domain

#include "domain/revocation_poller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "domain/housekeeping.hpp"
#include "domain/revocation.hpp"
#include "tests/support/watch_test.hpp"

namespace postern::domain {
namespace {

using std::chrono::milliseconds;
using test::CacheWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Poller : public test::WatchTest {
 protected:
  Poller() {
    world.watching.coherence = Coherence::Poll;
    world.settings.cache.coherence = Coherence::Poll;
    watch(world.watching.stale_limit);
  }
};

TEST_F(Poller, R6NothingIsBelievedBeforeTheFirstAnswer) {
  revoke_session();
  remember();
  EXPECT_FALSE(machine.trusted());
  EXPECT_TRUE(machine.run_until([&] { return machine.trusted(); }));
  EXPECT_FALSE(machine.believes(session)) << "it was stored before anybody asked";
  EXPECT_THAT(machine.missed, IsEmpty());
  EXPECT_EQ(machine.applied, 0);
}

TEST_F(Poller, R6WhatAnotherMachineRevokedIsVoidWithinAnInterval) {
  ASSERT_TRUE(machine.settle());
  for (const auto mode : {Coherence::Poll, Coherence::Listen}) {
    world.settings.cache.coherence = mode;
    remember();
    const auto began = machine.clock.uptime();
    revoke_session();
    EXPECT_TRUE(voided());
    EXPECT_TRUE(machine.trusted());
    EXPECT_LT(machine.clock.uptime() - began, world.watching.stale_limit);
    EXPECT_TRUE(machine.believes(other));
  }
  EXPECT_THAT(machine.missed, IsEmpty());
}

TEST_F(Poller, AsksNoMoreOftenThanTheIntervalSays) {
  ASSERT_TRUE(machine.settle());
  const auto began = machine.clock.uptime();
  for (int question = 0; question < 10; ++question) {
    machine.cache.trust_until(milliseconds(0));
    ASSERT_TRUE(machine.run_until([&] { return machine.trusted(); }));
  }
  EXPECT_GE(machine.clock.uptime() - began, 9 * world.watching.poll_interval);
}

TEST_F(Poller, R6AJournalWithAGapVoidsEverything) {
  ASSERT_TRUE(machine.settle());
  remember();
  (void)world.database.transaction([&](Transaction& tx) -> Outcome {
    account_changed(tx, world.services, CacheWorld::account(7));
    constexpr Statement kLose{"test_lose_journal", R"sql(
      update postern.revocation_clock set n = n + 1)sql"};
    tx.run(kLose, {});
    return done;
  });
  EXPECT_TRUE(voided());
  EXPECT_FALSE(machine.believes(other));
  EXPECT_THAT(machine.missed, ElementsAre("revocations that the journal does not hold"));
  ASSERT_TRUE(machine.settle());
  EXPECT_THAT(machine.missed, SizeIs(1)) << "once";
}

TEST_F(Poller, R6AClockThatWentBackVoidsEverything) {
  revoke_session();
  ASSERT_TRUE(machine.settle());
  remember();
  world.database_server.sql("update postern.revocation_clock set n = 0");
  EXPECT_TRUE(voided());
  EXPECT_THAT(machine.missed, SizeIs(1));
}

TEST_F(Poller, R9MoreThanItReadsAtOnceIsEverything) {
  ASSERT_TRUE(machine.settle());
  remember();
  world.database_server.sql(
      "insert into postern.revocation select i, '2027-01-01', 'a' || gen_random_uuid() from "
      "generate_series(1, 1001) i");
  world.database_server.sql("update postern.revocation_clock set n = 1001");
  EXPECT_TRUE(voided());
  EXPECT_FALSE(machine.believes(other));
}

TEST_F(Poller, R6JournalTextThatCannotBeReadVoidsEverything) {
  ASSERT_TRUE(machine.settle());
  remember();
  world.database_server.sql("insert into postern.revocation values (1, '2027-01-01', 'what')");
  world.database_server.sql("update postern.revocation_clock set n = 1");
  EXPECT_TRUE(voided());
  EXPECT_FALSE(machine.believes(other));
}

TEST_F(Poller, R6BelievingRunsOutWhenTheDatabaseIsAwayAndEverythingIsVoidAfterwards) {
  watch(kBrief);
  ASSERT_TRUE(machine.settle());
  remember();
  link.cut();
  const auto cut = machine.clock.uptime();
  revoke_session();
  while (machine.clock.uptime() - cut < 2 * world.watching.stale_limit) {
    const auto before = machine.clock.uptime();
    machine.run();
    if (before - cut < world.watching.stale_limit) continue;
    ASSERT_FALSE(machine.believes(session));
  }
  EXPECT_THAT(machine.lost, SizeIs(1));
  link.mend();
  EXPECT_TRUE(machine.run_until([&] { return machine.regained == 1; }));
  EXPECT_FALSE(machine.believes(session));
  EXPECT_FALSE(machine.believes(other)) << "another server may have answered";
}

TEST_F(Poller, R6AnAnswerCountsFromWhenItWasAskedFor) {
  ASSERT_TRUE(machine.settle());
  machine.cache.trust_until(milliseconds(0));
  link.hold();
  const auto began = machine.clock.uptime();
  std::thread later([&] {
    std::this_thread::sleep_for(milliseconds(3000));
    link.release();
  });
  ASSERT_TRUE(machine.run_until([&] { return machine.trusted(); }));
  later.join();
  EXPECT_GE(machine.clock.uptime() - began, milliseconds(3000));
  EXPECT_FALSE(machine.trusted_in(milliseconds(8500))) << "of ten seconds";
}

TEST_F(Poller, R6AStormIsAppliedWhole) {
  ASSERT_TRUE(machine.settle());
  storm();
}

TEST_F(Poller, R9TheJournalIsSweptAfterAnHour) {
  ASSERT_TRUE(machine.settle());
  revoke_session();
  world.clock.advance(minutes(59));
  EXPECT_EQ(sweep(world.services).journal, 0);
  world.clock.advance(minutes(1));
  EXPECT_EQ(sweep(world.services).journal, 1);
  remember();
  EXPECT_TRUE(voided()) << "it had not read that one yet";
  EXPECT_THAT(machine.missed, SizeIs(1));
}

}  // namespace
}  // namespace postern::domain

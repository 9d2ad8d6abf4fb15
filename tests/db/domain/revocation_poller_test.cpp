#include "domain/revocation_poller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "domain/housekeeping.hpp"
#include "domain/revocation.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/held_link.hpp"
#include "tests/support/watch_world.hpp"

namespace postern::domain {
namespace {

using std::chrono::milliseconds;
using test::AnotherWorker;
using test::CacheWorld;
using test::HeldLink;
using test::WatchedMachine;
using test::WatchWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const AccountId kAlice = CacheWorld::account(1);
const Uuid kSession = CacheWorld::credential(1);
const Uuid kOther = CacheWorld::credential(2);

class Poller : public ::testing::Test {
 protected:
  Poller() {
    world.watching.coherence = Coherence::Poll;
    world.settings.cache.coherence = Coherence::Poll;
    machine.watch(link.through(world.database_server.url()), world.watching);
  }
  void remember() {
    machine.remember(kAlice, kSession);
    machine.remember(CacheWorld::account(2), kOther);
  }
  void revoke_session() { world.revoke(RevokedSubject::credential(SessionId{kSession})); }
  bool voided() {
    return machine.run_until([&] { return !machine.believes(kSession); });
  }

  WatchWorld world;
  HeldLink link;
  WatchedMachine machine;
};

TEST_F(Poller, R6NothingIsBelievedBeforeTheFirstAnswer) {
  revoke_session();
  remember();
  EXPECT_FALSE(machine.trusted());
  EXPECT_TRUE(machine.run_until([&] { return machine.trusted(); }));
  EXPECT_FALSE(machine.believes(kSession)) << "it was stored before anybody asked";
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
    EXPECT_TRUE(machine.believes(kOther));
  }
  EXPECT_THAT(machine.missed, IsEmpty());
}

TEST_F(Poller, AsksNoMoreOftenThanTheIntervalSays) {
  ASSERT_TRUE(machine.settle());
  int questions = 0;
  const auto began = machine.clock.uptime();
  while (machine.clock.uptime() - began < milliseconds(200)) {
    machine.cache.trust_until(milliseconds(0));
    machine.run(milliseconds(5));
    if (machine.trusted()) ++questions;
  }
  EXPECT_GE(questions, 3);
  EXPECT_LE(questions, 11);
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
  EXPECT_FALSE(machine.believes(kOther));
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
  EXPECT_FALSE(machine.believes(kOther));
}

TEST_F(Poller, R6JournalTextThatCannotBeReadVoidsEverything) {
  ASSERT_TRUE(machine.settle());
  remember();
  world.database_server.sql("insert into postern.revocation values (1, '2027-01-01', 'what')");
  world.database_server.sql("update postern.revocation_clock set n = 1");
  EXPECT_TRUE(voided());
  EXPECT_FALSE(machine.believes(kOther));
}

TEST_F(Poller, R6BelievingRunsOutWhenTheDatabaseIsAwayAndEverythingIsVoidAfterwards) {
  ASSERT_TRUE(machine.settle());
  remember();
  link.cut();
  const auto cut = machine.clock.uptime();
  revoke_session();
  while (machine.clock.uptime() - cut < 2 * world.watching.stale_limit) {
    const auto before = machine.clock.uptime();
    machine.run();
    if (before - cut < world.watching.stale_limit) continue;
    ASSERT_FALSE(machine.believes(kSession));
  }
  EXPECT_THAT(machine.lost, SizeIs(1));
  link.mend();
  EXPECT_TRUE(machine.run_until([&] { return machine.regained == 1; }));
  EXPECT_FALSE(machine.believes(kSession));
  EXPECT_FALSE(machine.believes(kOther)) << "another server may have answered";
}

TEST_F(Poller, R6AnAnswerCountsFromWhenItWasAskedFor) {
  ASSERT_TRUE(machine.settle());
  machine.cache.trust_until(milliseconds(0));
  link.hold();
  std::thread later([&] {
    std::this_thread::sleep_for(milliseconds(400));
    link.release();
  });
  ASSERT_TRUE(machine.run_until([&] { return machine.trusted(); }));
  EXPECT_FALSE(machine.trusted_in(milliseconds(300))) << "of 600";
  later.join();
}

TEST_F(Poller, R6AStormIsAppliedWhole) {
  constexpr int kConnections = 8;
  constexpr int kEach = 125;
  ASSERT_TRUE(machine.settle());
  for (std::uint64_t i = 0; i < kConnections * kEach; ++i)
    machine.remember(CacheWorld::account(i), CacheWorld::credential(i));
  std::vector<std::thread> threads;
  for (int t = 0; t < kConnections; ++t) {
    threads.emplace_back([&, t] {
      AnotherWorker worker(world);
      for (int i = 0; i < kEach; ++i) {
        (void)worker.database.transaction([&](Transaction& tx) -> Outcome {
          account_changed(tx, worker.services,
                          CacheWorld::account(static_cast<std::uint64_t>(t * kEach + i)));
          return done;
        });
      }
    });
  }
  EXPECT_TRUE(machine.run_until([&] { return machine.applied == kConnections * kEach; }));
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(machine.missed, IsEmpty());
  for (std::uint64_t i = 0; i < kConnections * kEach; ++i)
    ASSERT_FALSE(machine.believes(CacheWorld::credential(i))) << i;
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

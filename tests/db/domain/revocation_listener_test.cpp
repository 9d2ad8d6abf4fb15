#include "domain/revocation_listener.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/watch_test.hpp"

namespace postern::domain {
namespace {

using std::chrono::milliseconds;
using test::CacheWorld;
using test::WatchedMachine;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Listener : public test::WatchTest {
 protected:
  Listener() { watch(world.watching.stale_limit); }

  /// A machine that does not notify.
  void revoke_silently() {
    world.settings.cache.coherence = Coherence::Poll;
    revoke_session();
    world.settings.cache.coherence = Coherence::Listen;
  }
  void notify(const std::string& payload) {
    world.database_server.sql("select pg_notify('postern_revocation', '" + payload + "')");
  }
};

TEST_F(Listener, R6NothingIsBelievedBeforeItHasHeardItself) {
  remember();
  EXPECT_FALSE(machine.trusted());
  EXPECT_TRUE(machine.run_until([&] { return machine.trusted(); }));
  EXPECT_FALSE(machine.believes(session)) << "it was stored before anybody listened";
  remember();
  EXPECT_TRUE(machine.believes(session));
  EXPECT_EQ(machine.regained, 0);
  EXPECT_THAT(machine.lost, IsEmpty());
}

TEST_F(Listener, R6WhatAnotherMachineRevokedIsVoidAtOnce) {
  ASSERT_TRUE(machine.settle());
  for (const auto& subject :
       {RevokedSubject::credential(SessionId{session}), RevokedSubject::account(alice)}) {
    remember();
    ASSERT_TRUE(machine.believes(session));
    world.revoke(subject);
    EXPECT_TRUE(voided());
    EXPECT_TRUE(machine.believes(other));
  }
  world.revoke(RevokedSubject::everything());
  EXPECT_TRUE(machine.run_until([&] { return !machine.believes(other); }));
  EXPECT_THAT(machine.missed, IsEmpty());
  EXPECT_EQ(machine.applied, 3);
}

TEST_F(Listener, R6GoesOnBeingBelievedWhileItListens) {
  watch(milliseconds(3000));
  ASSERT_TRUE(machine.settle());
  remember();
  const auto end = machine.clock.uptime() + 3 * world.watching.stale_limit;
  while (machine.clock.uptime() < end) {
    machine.run();
    ASSERT_TRUE(machine.trusted());
  }
  EXPECT_TRUE(machine.believes(session));
  EXPECT_THAT(machine.missed, IsEmpty());
  EXPECT_FALSE(machine.trusted_in(world.watching.stale_limit));
}

TEST_F(Listener, R6WhatWasRevokedWhileTheConnectionWasLostIsVoidOnReconnecting) {
  ASSERT_TRUE(machine.settle());
  remember();
  world.terminate(RevocationListener::kApplicationName);
  revoke_session();
  EXPECT_TRUE(machine.run_until([&] { return machine.regained == 1; }));
  EXPECT_FALSE(machine.believes(session));
  EXPECT_FALSE(machine.believes(other)) << "who knows what was missed";
  EXPECT_THAT(machine.lost, SizeIs(1));
  EXPECT_THAT(machine.missed, IsEmpty());
}

TEST_F(Listener, R6BelievingRunsOutWhenNothingGetsThroughAndNobodySaysSo) {
  watch(kBrief);
  ASSERT_TRUE(machine.settle());
  remember();
  link.hold();
  const auto held = machine.clock.uptime();
  revoke_session();
  while (machine.clock.uptime() - held < 2 * world.watching.stale_limit) {
    const auto before = machine.clock.uptime();
    machine.run();
    if (before - held < world.watching.stale_limit) continue;
    ASSERT_FALSE(machine.believes(session));
  }
  EXPECT_FALSE(machine.trusted());
  EXPECT_THAT(machine.lost, ElementsAre("no answer to beat"));
  link.release();
  EXPECT_TRUE(machine.run_until([&] { return machine.regained == 1; }));
  EXPECT_FALSE(machine.believes(session));
  EXPECT_FALSE(machine.believes(other));
}

TEST_F(Listener, R6AHeldServerHoldsUpNobodyWhoListens) {
  ASSERT_TRUE(machine.settle());
  link.hold();
  const auto began = machine.clock.uptime();
  for (int i = 0; i < 20; ++i) machine.run(milliseconds(10));
  EXPECT_LT(machine.clock.uptime() - began, world.watching.stale_limit / 2);
}

TEST_F(Listener, R6ABeatCountsFromWhenItWasSent) {
  ASSERT_TRUE(machine.settle());
  machine.cache.trust_until(milliseconds(0));
  link.hold();
  const auto began = machine.clock.uptime();
  while (machine.clock.uptime() - began < milliseconds(3000)) machine.run();
  link.release();
  ASSERT_TRUE(machine.run_until([&] { return machine.trusted(); }));
  // Sent within the first second: of the ten less than eight are left.
  EXPECT_FALSE(machine.trusted_in(milliseconds(8500)));
}

TEST_F(Listener, R6ACutConnectionIsReportedOnceAndTriedLessAndLess) {
  watch(kBrief);
  ASSERT_TRUE(machine.settle());
  remember();
  link.cut();
  const auto began = machine.clock.uptime();
  int runs = 0;
  while (machine.clock.uptime() - began < milliseconds(1000)) {
    machine.run();
    ++runs;
  }
  EXPECT_LT(runs, 200) << "it does not spin";
  EXPECT_FALSE(machine.believes(session));
  EXPECT_THAT(machine.lost, SizeIs(1));
  link.mend();
  EXPECT_TRUE(machine.run_until([&] { return machine.regained == 1; }));
  EXPECT_THAT(machine.lost, SizeIs(1));
}

TEST_F(Listener, R6AServerThatIsAwayAtTheStartIsReported) {
  link.cut();
  machine.run();
  EXPECT_THAT(machine.lost, SizeIs(1));
  EXPECT_EQ(machine.lost[0].find("postern_app"), std::string::npos);
  EXPECT_FALSE(machine.trusted());
  link.mend();
  EXPECT_TRUE(machine.run_until([&] { return machine.trusted(); }));
  EXPECT_EQ(machine.regained, 1);
}

TEST_F(Listener, R6ARevocationThatWasNotNotifiedIsFoundWithTheNextBeat) {
  ASSERT_TRUE(machine.settle());
  remember();
  const auto began = machine.clock.uptime();
  revoke_silently();
  EXPECT_TRUE(voided());
  EXPECT_TRUE(machine.trusted()) << "not because believing ran out";
  EXPECT_LT(machine.clock.uptime() - began, world.watching.stale_limit);
  EXPECT_FALSE(machine.believes(other));
  EXPECT_THAT(machine.missed, ElementsAre("a revocation that was not notified"));
  remember();
  ASSERT_TRUE(machine.settle());
  EXPECT_TRUE(machine.believes(session)) << "once";
  EXPECT_THAT(machine.missed, SizeIs(1));
}

TEST_F(Listener, R6AGapInTheNumbersIsFoundAtOnce) {
  ASSERT_TRUE(machine.settle());
  remember();
  revoke_silently();
  world.revoke(RevokedSubject::account(CacheWorld::account(3)));
  EXPECT_TRUE(voided());
  EXPECT_FALSE(machine.believes(other));
  EXPECT_THAT(machine.missed, SizeIs(1));
}

TEST_F(Listener, R6NotificationsThatAreNoneOfOursVoidEverything) {
  ASSERT_TRUE(machine.settle());
  // The forged number comes last: beats doubt it again until they have set it right.
  for (const std::string payload : {"hello", "revoked 1", "beat", "", "revoked 999999 *"}) {
    remember();
    machine.missed.clear();
    notify(payload);
    EXPECT_TRUE(voided()) << payload;
    EXPECT_THAT(machine.missed, SizeIs(1)) << payload;
    EXPECT_TRUE(machine.trusted());
  }
  remember();
  revoke_silently();
  EXPECT_TRUE(voided()) << "a number out of thin air hides no gap after it was set right";
}

TEST_F(Listener, TheClockGoesOnRightAfterAForgedNumber) {
  ASSERT_TRUE(machine.settle());
  notify("revoked 999999 *");
  EXPECT_TRUE(machine.run_until([&] { return machine.missed.size() == 1; }));
  world.revoke(RevokedSubject::everything());
  EXPECT_TRUE(machine.run_until([&] { return machine.missed.size() >= 2; }));
  // With the second beat from here at the latest it is set right.
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(machine.settle());
  const auto before = machine.missed.size();
  world.revoke(RevokedSubject::everything());
  EXPECT_TRUE(machine.run_until([&] { return machine.applied == 3; }));
  ASSERT_TRUE(machine.settle());
  EXPECT_THAT(machine.missed, SizeIs(before));
}

TEST_F(Listener, ManyMachinesHearEachOthersBeatsAndTheirOwn) {
  watch(kBrief);
  WatchedMachine second;
  second.watch(world.database_server.url(), world.watching);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(machine.settle());
    EXPECT_TRUE(second.settle());
  }
  EXPECT_THAT(machine.missed, IsEmpty());
  EXPECT_THAT(second.missed, IsEmpty());
  // The other's beats do not make it believe: ours are held, theirs go on.
  link.hold();
  EXPECT_TRUE(machine.run_until([&] {
    second.run();
    return !machine.trusted();
  }));
  EXPECT_TRUE(second.settle());
  EXPECT_FALSE(machine.trusted());
}

TEST_F(Listener, R6AStormFromAllSidesIsAppliedWhole) {
  ASSERT_TRUE(machine.settle());
  storm();
  EXPECT_EQ(world.number(), kConnections * kEach);
}

TEST_F(Listener, R6ItsEndTakesBackWhatItSaid) {
  ASSERT_TRUE(machine.settle());
  machine.stop_watching();
  EXPECT_FALSE(machine.trusted());
}

TEST_F(Listener, ASchemaThatIsNotThereIsReportedNotThrown) {
  world.database_server.sql("drop table postern.revocation_clock");
  machine.run();
  EXPECT_THAT(machine.lost, ElementsAre("42P01 in read_revocation_clock"));
}

}  // namespace
}  // namespace postern::domain

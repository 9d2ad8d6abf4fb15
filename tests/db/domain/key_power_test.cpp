#include "domain/key_power.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/another_worker.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

struct KeyMadeWithAKey : testing::Test {
  test::DomainWorld world;
  Account alice = world.account("alice", "moderator");

  Result<IssuedKey> issue(NewKey wanted, std::optional<KeyId> made_with = {}) {
    wanted.name = "key " + std::to_string(++count);
    wanted.dialect = "scriptix";
    wanted.made_with = made_with;
    return issue_key(world.services, alice.id, wanted, alice.id, world.origin);
  }
  Outcome revoke(KeyId maker, KeyId key) {
    return revoke_key_with_key(world.services, alice.id, maker, key, world.origin);
  }
  Errc refused(const Outcome& outcome) {
    EXPECT_FALSE(outcome.ok());
    return outcome.ok() ? Errc{} : outcome.error().code;
  }
  int count = 0;
};

TEST_F(KeyMadeWithAKey, HasNoMoreThanThatKeyEvenIfItAsksForMore) {
  NewKey narrow;
  narrow.permissions = {"read", "submit"};
  narrow.lifetime = days(2);
  narrow.restrictions.paths = {"/api/**"};
  const auto maker = issue(narrow).value().key;
  NewKey greedy;
  greedy.permissions = {"moderate", "submit"};
  greedy.lifetime = days(30);
  greedy.restrictions.paths = {"/**"};
  const auto made = issue(greedy, maker.id).value().key;
  const auto stored = find_key(world.services, made.id).value();
  for (const auto& key : {made, stored}) {
    EXPECT_EQ(key.permissions, std::vector<std::string>{"submit"});
    EXPECT_EQ(key.expires_at, maker.expires_at);
    EXPECT_EQ(key.restrictions.paths, narrow.restrictions.paths);
  }
  NewKey modest;
  modest.lifetime = days(1);
  EXPECT_EQ(issue(modest, maker.id).value().key.expires_at, world.clock.now() + days(1));
}

TEST_F(KeyMadeWithAKey, R6NeedsItsMakerAlive) {
  const auto maker = issue({}).value().key;
  const auto other = issue({}).value().key;
  ASSERT_TRUE(revoke_account_key(world.services, alice.id, maker.id, alice.id, world.origin).ok());
  EXPECT_EQ(issue({}, maker.id).error().code, Errc::KeyRevoked);
  EXPECT_EQ(refused(revoke(maker.id, other.id)), Errc::KeyRevoked);
  NewKey brief;
  brief.lifetime = days(1);
  const auto expired = issue(brief).value().key;
  world.clock.advance(days(1));
  EXPECT_EQ(issue({}, expired.id).error().code, Errc::KeyRevoked);
}

TEST_F(KeyMadeWithAKey, IsNeverMadeWithAnothersKey) {
  const auto maker = issue({}).value().key;
  alice = world.account("mallory");
  EXPECT_EQ(issue({}, maker.id).error().code, Errc::KeyRevoked);
  const auto own = issue({}).value().key;
  EXPECT_EQ(refused(revoke(own.id, maker.id)), Errc::NotFound);
  EXPECT_EQ(refused(revoke(maker.id, own.id)), Errc::KeyRevoked);
}

TEST_F(KeyMadeWithAKey, EndsItsMakerAndNothingThatIsWorthMore) {
  NewKey narrow;
  narrow.permissions = {"submit"};
  const auto whole = issue({}).value().key;
  const auto weak = issue(narrow, whole.id).value().key;
  const auto equal = issue({}, whole.id).value().key;
  EXPECT_EQ(refused(revoke(weak.id, whole.id)), Errc::NotPermitted);
  EXPECT_TRUE(revoke(equal.id, whole.id).ok());
  EXPECT_EQ(refused(revoke(equal.id, whole.id)), Errc::NotFound);
  EXPECT_TRUE(revoke(equal.id, weak.id).ok());
}

/// Each locks the owner first: neither waits for the other for ever, and one is left.
TEST_F(KeyMadeWithAKey, TwoThatEndEachOtherLeaveOne) {
  for (int round = 0; round < 10; ++round) {
    const auto one = issue({}).value().key.id;
    const auto two = issue({}).value().key.id;
    test::AnotherWorker other(world);
    Outcome first = done, second = done;
    std::thread thread(
        [&] { second = revoke_key_with_key(other.services, alice.id, two, one, world.origin); });
    first = revoke(one, two);
    thread.join();
    EXPECT_NE(first.ok(), second.ok());
    EXPECT_EQ(refused(first.ok() ? second : first), Errc::KeyRevoked);
  }
}

}  // namespace
}  // namespace postern::domain

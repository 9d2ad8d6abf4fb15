#include "domain/credential_cache.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <string>

#include "tests/support/cache_world.hpp"

namespace postern::domain {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::CacheWorld;

TEST(CredentialCacheTest, FindsWhatWasStored) {
  CacheWorld world;
  world.store(1, "alice");
  EXPECT_EQ(world.found(1), "alice");
  EXPECT_EQ(world.found(2), "");
}

TEST(CredentialCacheTest, KeepsNothingWithoutMemory) {
  CredentialCache none;
  CacheWorld world;
  EXPECT_FALSE(none.enabled());
  EXPECT_EQ(none.capacity(), 0U);
  CachedCheck check;
  EXPECT_FALSE(none.find(CacheWorld::print(1), world.clock, check));
  EXPECT_FALSE(none.store(CacheWorld::print(1), none.stamp(), world.clock, {}, check));
  none.void_all();
  none.release(3);
  EXPECT_TRUE(none.take_uses().empty());
}

TEST(CredentialCacheTest, KeepsRefusalsToo) {
  CacheWorld world;
  CachedCheck refused;
  refused.refusal = Errc::TokenRevoked;
  world.cache.store(CacheWorld::print(1), world.cache.stamp(), world.clock, world.record(1),
                    refused);
  CachedCheck found;
  ASSERT_TRUE(world.cache.find(CacheWorld::print(1), world.clock, found));
  EXPECT_EQ(found.refusal, Errc::TokenRevoked);
  EXPECT_EQ(found.identity.fields().user, "");
}

TEST(CredentialCacheTest, ForgetsAtTheEndOfValidity) {
  CacheWorld world;
  world.store(1, "alice");
  world.clock.advance(seconds(59));
  world.trust();
  EXPECT_EQ(world.found(1), "alice");
  world.clock.advance(seconds(1));
  EXPECT_EQ(world.found(1), "");
}

TEST(CredentialCacheTest, R6RevokedAccountIsForgotten) {
  CacheWorld world;
  world.store(1, "alice");
  world.store(2, "bob");
  world.cache.void_account(CacheWorld::account(1));
  EXPECT_EQ(world.found(1), "");
  EXPECT_EQ(world.found(2), "bob");
  world.store(1, "alice");
  EXPECT_EQ(world.found(1), "alice") << "what was asked after the revocation is believed";
}

TEST(CredentialCacheTest, R6RevokedCredentialIsForgotten) {
  CacheWorld world;
  world.store(1, "alice");
  world.cache.void_credential(CacheWorld::credential(1));
  EXPECT_EQ(world.found(1), "");
}

TEST(CredentialCacheTest, R6EverythingIsForgotten) {
  CacheWorld world;
  for (unsigned i = 1; i < 50; ++i) world.store(i, "x");
  world.cache.void_all();
  for (unsigned i = 1; i < 50; ++i) EXPECT_EQ(world.found(i), "");
}

/// The race that a cache without a stamp loses: asked before the commit, stored after it.
TEST(CredentialCacheTest, R6AnswerFromBeforeTheRevocationIsNeverBelieved) {
  CacheWorld world;
  const auto stamp = world.cache.stamp();
  world.cache.void_account(CacheWorld::account(1));
  world.store(1, "alice", stamp);
  EXPECT_EQ(world.found(1), "");
}

TEST(CredentialCacheTest, R6NotBelievedWithoutTrust) {
  CacheWorld world;
  world.store(1, "alice");
  world.clock.advance(CacheWorld::kTrust);
  EXPECT_FALSE(world.cache.trusted(world.clock));
  EXPECT_EQ(world.found(1), "");
  world.trust();
  EXPECT_EQ(world.found(1), "alice");
}

TEST(CredentialCacheTest, R6ClockSetBackDoesNotExtendTrust) {
  CacheWorld world;
  world.store(1, "alice");
  world.clock.advance(CacheWorld::kTrust);
  world.clock.set(world.clock.now() - minutes(10));
  EXPECT_EQ(world.found(1), "");
}

TEST(CredentialCacheTest, FreshMemoryIsNotTrusted) {
  CacheWorld world(CacheWorld::kSmall, false);
  world.store(1, "alice");
  EXPECT_EQ(world.found(1), "");
}

TEST(CredentialCacheTest, WritersSeeEachOthersEntries) {
  CacheWorld world;
  CredentialCache other(world.memory(), 7);
  world.store(1, "alice");
  CachedCheck found;
  EXPECT_TRUE(other.find(CacheWorld::print(1), world.clock, found));
  other.void_account(CacheWorld::account(1));
  EXPECT_EQ(world.found(1), "");
}

TEST(CredentialCacheTest, R9UsedLongestAgoGoesFirst) {
  CacheWorld world(CredentialCache::bytes_for(8));
  ASSERT_EQ(world.cache.capacity(), 8U);
  for (unsigned i = 1; i <= 8; ++i) {
    world.store(i, std::to_string(i));
    world.clock.advance(seconds(2));
    world.trust();
  }
  EXPECT_EQ(world.found(1), "1");  // used again
  world.clock.advance(seconds(2));
  world.trust();
  world.store(9, "9");
  EXPECT_EQ(world.found(1), "1");
  EXPECT_EQ(world.found(2), "");
  EXPECT_EQ(world.found(9), "9");
  EXPECT_EQ(world.cache.counts().evicted, 1U);
}

TEST(CredentialCacheTest, R9TenMillionCredentialsTakeNoMoreMemoryThanConfigured) {
  constexpr std::uint64_t kCredentials = 10'000'000;
  CacheWorld world(CredentialCache::bytes_for(4096));
  CachedCheck check;
  ASSERT_TRUE(check.identity.assign(CacheWorld::fields("somebody")));
  for (std::uint64_t i = 1; i <= kCredentials; ++i) {
    world.cache.store(CacheWorld::print(i), world.cache.stamp(), world.clock, world.record(1),
                      check);
  }
  EXPECT_EQ(world.cache.capacity(), 4096U);
  EXPECT_TRUE(world.guard_is_intact()) << "something was written beyond the memory";
  const auto counts = world.cache.counts();
  EXPECT_EQ(counts.stored, kCredentials);
  EXPECT_GE(counts.evicted, kCredentials - 4096);
  EXPECT_EQ(world.found(kCredentials), "somebody");
}

TEST(CredentialCacheTest, TooMuchDoesNotFitAnIdentity) {
  Identity identity;
  const std::string most(Identity::kMaxText - 5, 'p');
  EXPECT_TRUE(identity.assign({"", "alice", "", "", most, ""}));
  EXPECT_EQ(identity.fields().permissions, most);
  EXPECT_EQ(identity.fields().user, "alice");
  EXPECT_FALSE(identity.assign({"", "alice", "", "", most + "p", ""}));
  EXPECT_EQ(identity.fields().user, "");
}

TEST(CredentialCacheTest, IdentityKnowsItsPermissions) {
  const IdentityFields fields{"", "", "", "", "posts.read posts.write", ""};
  EXPECT_TRUE(fields.may("posts.read"));
  EXPECT_TRUE(fields.may("posts.write"));
  EXPECT_FALSE(fields.may("posts"));
  EXPECT_FALSE(fields.may("posts.rea"));
  EXPECT_FALSE(fields.may("read"));
  EXPECT_FALSE(fields.may(""));
  EXPECT_FALSE(fields.may("posts.read posts.write"));
}

TEST(CredentialCacheTest, FirstUseOfAKeyIsNotedSoonAndThenOnceAMinute) {
  CacheWorld world;
  world.store_key(1, std::nullopt);
  auto uses = world.cache.take_uses();
  ASSERT_EQ(uses.size(), 1U);
  EXPECT_EQ(uses[0].key, CacheWorld::key(1));
  EXPECT_EQ(uses[0].at, world.clock.now());
  world.clock.advance(seconds(30));
  world.trust();
  EXPECT_EQ(world.found(1), "key owner");
  EXPECT_TRUE(world.cache.take_uses().empty()) << "not due";
  EXPECT_EQ(world.cache.take_uses(seconds(0)).size(), 1U) << "but known, for the last note";
  world.store_key(1, world.clock.now());
  world.clock.advance(seconds(61));
  world.trust();
  EXPECT_TRUE(world.cache.take_uses().empty()) << "a key that nobody used has nothing to tell";
}

TEST(CredentialCacheTest, UseOfAnEvictedKeyIsHandedOut) {
  CacheWorld world(CredentialCache::bytes_for(8));
  for (unsigned i = 1; i <= 8; ++i) EXPECT_FALSE(world.store_key(i, std::nullopt));
  EXPECT_EQ(world.cache.take_uses().size(), 8U);
  EXPECT_FALSE(world.store_key(9, world.clock.now())) << "its use was written down already";
  const auto unwritten = world.store_key(10, std::nullopt);
  EXPECT_FALSE(unwritten);
  for (unsigned i = 11; i <= 18; ++i) {
    world.clock.advance(seconds(1));
    if (const auto use = world.store_key(i, std::nullopt)) {
      EXPECT_EQ(use->key, CacheWorld::key(10));
      return;
    }
  }
  FAIL() << "the use of key 10 was lost";
}

// Interleavings.

/// Somebody who asks the database and stores the answer, one step at a time.
struct Asker {
  unsigned who = 0;
  int step = 0;
  CredentialCache::Stamp stamp = 0;
  int answer = 0;
};

/// Somebody who revokes, one step at a time.
struct Revoker {
  unsigned who = 0;
  int step = 0;
  int version = 0;
};

/// A database of versions: each revocation makes a new one. What is found must never be older than
/// the last one that was acknowledged.
class Model {
 public:
  explicit Model(unsigned seed) : random_(seed) {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      switch (pick(5)) {
        case 0:
        case 1:
          advance(askers_[pick(askers_.size())]);
          break;
        case 2:
          advance(revokers_[pick(revokers_.size())]);
          break;
        default:
          look(pick(kAccounts));
      }
    }
  }

  int found = 0;
  int late = 0;

 private:
  static constexpr unsigned kAccounts = 4;

  unsigned pick(std::size_t below) { return static_cast<unsigned>(random_() % below); }

  void advance(Asker& asker) {
    switch (asker.step) {
      case 0:
        asker.who = pick(kAccounts);
        asker.stamp = world_.cache.stamp();
        break;
      case 1:
        asker.answer = committed_[asker.who];
        break;
      default:
        world_.store(asker.who, std::to_string(asker.answer), asker.stamp);
    }
    asker.step = (asker.step + 1) % 3;
  }

  void advance(Revoker& revoker) {
    switch (revoker.step) {
      case 0:
        revoker.who = pick(kAccounts);
        revoker.version = ++committed_[revoker.who];
        break;
      case 1:
        if (pick(3) == 0) {
          world_.cache.void_credential(CacheWorld::credential(revoker.who));
        } else if (pick(20) == 0) {
          world_.cache.void_all();
        } else {
          world_.cache.void_account(CacheWorld::account(revoker.who));
        }
        break;
      default:
        acknowledged_[revoker.who] = std::max(acknowledged_[revoker.who], revoker.version);
    }
    revoker.step = (revoker.step + 1) % 3;
  }

  void look(unsigned who) {
    const std::string user = world_.found(who);
    if (user.empty()) return;
    ++found;
    if (std::stoi(user) < acknowledged_[who]) ++late;
  }

  std::mt19937 random_;
  CacheWorld world_{CredentialCache::bytes_for(8)};
  std::array<int, kAccounts> committed_{}, acknowledged_{};
  std::array<Asker, 6> askers_{};
  std::array<Revoker, 3> revokers_{};
};

TEST(CredentialCacheTest, R6RandomInterleavingsNeverServeWhatWasRevoked) {
  int found = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    Model model(seed);
    model.run(5000);
    EXPECT_EQ(model.late, 0) << "seed " << seed;
    found += model.found;
  }
  EXPECT_GT(found, 50'000) << "the test hardly ever found anything, so it showed nothing";
}

// Processes.

void kill_self() {
  std::raise(SIGKILL);
}

/// Runs `work` in a child and says how it ended.
template <class Work>
int in_child(Work work) {
  const pid_t pid = fork();
  if (pid == 0) {
    work();
    _exit(0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return status;
}

TEST(CredentialCacheTest, KilledInTheMiddleOfAWriteLeavesNothingLockedOrTorn) {
  CacheWorld world(CredentialCache::bytes_for(8));
  for (unsigned i = 1; i <= 8; ++i) world.store(i, std::to_string(i));
  const int status = in_child([&] {
    CredentialCache dying(world.memory(), 9);
    dying.set_write_hook_for_test(kill_self);
    CachedCheck check;
    (void)check.identity.assign(CacheWorld::fields("torn"));
    dying.store(CacheWorld::print(100), dying.stamp(), world.clock, world.record(100), check);
  });
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(world.found(100), "") << "a half-written entry was believed";
  int left = 0;
  for (unsigned i = 1; i <= 8; ++i) left += world.found(i).empty() ? 0 : 1;
  EXPECT_EQ(left, 7) << "exactly the place it was writing to is out of use";
  for (unsigned i = 200; i < 220; ++i) world.store(i, "later");  // nobody waits for the dead
  EXPECT_EQ(world.found(219), "later");

  world.cache.release(9);
  world.cache.void_all();
  for (unsigned i = 1; i <= 8; ++i) world.store(i, std::to_string(i));
  for (unsigned i = 1; i <= 8; ++i) EXPECT_EQ(world.found(i), std::to_string(i));
}

TEST(CredentialCacheTest, ReleaseTouchesNothingOfTheLiving) {
  CacheWorld world;
  world.store(1, "alice");
  for (std::uint32_t writer = 0; writer < CredentialCache::kMaxWriters; ++writer) {
    world.cache.release(writer);
  }
  EXPECT_EQ(world.found(1), "alice");
}

/// Four processes write entries whose fields all tell the same number; a reader must never see two
/// numbers in one entry, while one of the writers is killed and replaced again and again.
TEST(CredentialCacheTest, ReadersNeverSeeHalfAnEntry) {
  CacheWorld world(CredentialCache::bytes_for(8));
  std::array<pid_t, 4> writers{};
  const auto start = [&](std::size_t i) {
    const pid_t pid = fork();
    if (pid == 0) test::write_for_ever(world, static_cast<std::uint32_t>(i + 1));
    return pid;
  };
  for (std::size_t i = 0; i < writers.size(); ++i) writers[i] = start(i);
  int whole = 0;
  int torn = 0;
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 20'000; ++i) test::look_for_tears(world, whole, torn);
    kill(writers[0], SIGKILL);
    waitpid(writers[0], nullptr, 0);
    world.cache.release(1);
    writers[0] = start(0);
  }
  for (const pid_t pid : writers) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  EXPECT_EQ(torn, 0);
  EXPECT_GT(whole, 1000);
}

}  // namespace
}  // namespace postern::domain

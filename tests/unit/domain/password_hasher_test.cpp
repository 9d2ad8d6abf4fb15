#include "domain/password_hasher.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>
#include <new>
#include <thread>
#include <vector>

#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::cheap_passwords;
using Slots = std::array<HashSlots::Slot, 2>;

class PasswordHashing : public ::testing::Test {
 protected:
  Slots slots_{};
  PasswordHasher hasher_{cheap_passwords(), HashSlots(slots_)};

  static std::string repeated(std::size_t length) { return std::string(length, 'p'); }
};

TEST_F(PasswordHashing, MatchesTheSamePasswordOnly) {
  const std::string stored = hasher_.hash(Secret("correct horse")).value();
  EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << stored;
  EXPECT_TRUE(hasher_.verify(Secret("correct horse"), stored)->matches);
  EXPECT_FALSE(hasher_.verify(Secret("correct horse "), stored)->matches);
  EXPECT_FALSE(hasher_.verify(Secret("Correct horse"), stored)->matches);
  EXPECT_FALSE(hasher_.verify(Secret(""), stored)->matches);
}

TEST_F(PasswordHashing, SaltsEachHash) {
  EXPECT_NE(hasher_.hash(Secret("same")).value(), hasher_.hash(Secret("same")).value());
}

// CVE-2025-22228: bcrypt looks at 72 bytes only.
TEST_F(PasswordHashing, Cve202522228EveryByteCounts) {
  for (const std::size_t length : {72U, 73U, 128U, 129U, 255U, 256U}) {
    const std::string password = repeated(length);
    const std::string stored = hasher_.hash(Secret(password)).value();
    std::string other = password;
    other.back() = 'q';
    EXPECT_TRUE(hasher_.verify(Secret(password), stored)->matches) << length;
    EXPECT_FALSE(hasher_.verify(Secret(other), stored)->matches) << length;
    EXPECT_FALSE(hasher_.verify(Secret(password.substr(1)), stored)->matches) << length;
  }
}

TEST_F(PasswordHashing, ComparesPastANulByte) {
  const std::string stored = hasher_.hash(Secret(std::string("a\0b", 3))).value();
  EXPECT_FALSE(hasher_.verify(Secret(std::string("a\0c", 3)), stored)->matches);
  EXPECT_FALSE(hasher_.verify(Secret("a"), stored)->matches);
}

TEST_F(PasswordHashing, R8EveryVerificationIsOneHash) {
  const std::string stored = hasher_.hash(Secret("right")).value();
  const std::vector<std::pair<std::string, std::string>> cases{
      {"right", stored},                    // right
      {"wrong", stored},                    // wrong
      {"right", ""},                        // unknown account, or one without a password
      {repeated(257), stored},              // too long
      {repeated(1'000'000), ""},            // far too long, for nobody
      {"right", "not a hash"},              // nonsense in the database
      {"right", "$2b$12$abcdefghijklmnop"}  // another algorithm
  };
  for (const auto& [password, against] : cases) {
    const auto before = hasher_.hashes_for_test();
    const auto verdict = hasher_.verify(Secret(password), against);
    EXPECT_EQ(hasher_.hashes_for_test() - before, 1U) << against;
    EXPECT_EQ(verdict->matches, password == "right" && against == stored) << against;
  }
}

// CVE-2016-6210: the stand-in for unknown accounts must cost what a real hash costs, so it must be
// one of today's algorithm and parameters. Least CPU time of interleaved rounds, with room for a
// busy machine: a cheaper or a missing hash differs by far more.
TEST(PasswordTiming, Cve20166210UnknownCostsWhatKnownCosts) {
  PasswordSettings settings;
  settings.memory_kib = 19456;
  Slots slots{};
  PasswordHasher hasher(settings, HashSlots(slots));
  const std::string stored = hasher.hash(Secret("right")).value();
  const std::array<std::pair<Secret, std::string>, 3> cases{
      {{Secret("wrong"), stored}, {Secret("wrong"), ""}, {Secret(std::string(9999, 'p')), stored}}};
  std::array<double, 3> least{1e12, 1e12, 1e12};
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const std::clock_t start = std::clock();
      (void)hasher.verify(cases[i].first, cases[i].second);
      least[i] = std::min(least[i], static_cast<double>(std::clock() - start));
    }
  }
  EXPECT_NEAR(least[1] / least[0], 1.0, 0.4);
  EXPECT_NEAR(least[2] / least[0], 1.0, 0.4);
}

TEST_F(PasswordHashing, SaysWhenParametersAreOutdated) {
  PasswordSettings stronger = cheap_passwords();
  stronger.iterations = 2;
  PasswordHasher today(stronger, HashSlots(slots_));
  const std::string old = hasher_.hash(Secret("right")).value();
  EXPECT_TRUE(today.verify(Secret("right"), old)->needs_rehash);
  EXPECT_FALSE(today.verify(Secret("wrong"), old)->needs_rehash);
  EXPECT_FALSE(hasher_.verify(Secret("right"), old)->needs_rehash);
}

TEST_F(PasswordHashing, AcceptsByLengthAlone) {
  const auto reason = [&](const std::string& password) {
    const Outcome outcome = hasher_.check_acceptable(Secret(password), "password");
    return outcome ? "fine" : outcome.error().reason;
  };
  EXPECT_EQ(reason(repeated(14)), "too_short");
  EXPECT_EQ(reason(repeated(15)), "fine");
  EXPECT_EQ(reason("üüüüüüüüüüüüüüü"), "fine");      // 15 code points
  EXPECT_EQ(reason("üüüüüüüüüüüüüü"), "too_short");  // 14 in 28 bytes
  EXPECT_EQ(reason("               "), "fine");      // as received: never trimmed
  EXPECT_EQ(reason(repeated(256)), "fine");
  EXPECT_EQ(reason(repeated(257)), "too_long");
  EXPECT_EQ(reason(repeated(20) + "\xFF"), "invalid_characters");
  EXPECT_EQ(reason(repeated(20) + std::string(1, '\0')), "invalid_characters");
  EXPECT_EQ(hasher_.check_acceptable(Secret("x"), "new_password").error().field, "new_password");
}

TEST_F(PasswordHashing, Cve20166515OverlongPasswordsAreNotHashed) {
  const auto before = hasher_.hashes_for_test();
  EXPECT_EQ(hasher_.hash(Secret(repeated(257))).error().code, Errc::InvalidInput);
  EXPECT_EQ(hasher_.hashes_for_test(), before);
}

TEST_F(PasswordHashing, R9IsBusyWhenAllSlotsAreTaken) {
  HashSlots others(slots_);
  ASSERT_GE(others.try_acquire(), 0);
  ASSERT_GE(others.try_acquire(), 0);
  EXPECT_EQ(others.try_acquire(), -1);
  const auto answer = hasher_.verify(Secret("right"), "");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::Busy);
  EXPECT_EQ(answer.error().retry_after, seconds(1));
  EXPECT_EQ(hasher_.hash(Secret("right")).error().code, Errc::Busy);
  EXPECT_EQ(hasher_.hashes_for_test(), 0U);
  others.release(0);
  EXPECT_TRUE(hasher_.verify(Secret("right"), ""));
}

TEST_F(PasswordHashing, WaitsForASlotThatComesFree) {
  HashSlots others(slots_);
  ASSERT_EQ(others.try_acquire(), 0);
  ASSERT_EQ(others.try_acquire(), 1);
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    others.release(1);
  });
  EXPECT_TRUE(hasher_.verify(Secret("right"), ""));
  other.join();
}

TEST_F(PasswordHashing, GivesItsSlotBack) {
  for (int i = 0; i < 20; ++i) (void)hasher_.verify(Secret("right"), "");
  for (const auto& slot : slots_) EXPECT_EQ(slot.load(), 0);
}

/// Two slots that children share.
class SharedSlots {
 public:
  SharedSlots() {
    void* memory =
        mmap(nullptr, sizeof(Slots), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    slots_ = new (memory) Slots{};
  }
  ~SharedSlots() { munmap(slots_, sizeof(Slots)); }
  SharedSlots(const SharedSlots&) = delete;
  SharedSlots& operator=(const SharedSlots&) = delete;
  Slots& operator*() const { return *slots_; }

 private:
  Slots* slots_;
};

TEST(HashSlotOwnership, ADeadProcessLeavesNothingLocked) {
  const SharedSlots shared;
  HashSlots slots(*shared);
  const pid_t child = fork();
  if (child == 0) {
    (void)slots.try_acquire();
    (void)slots.try_acquire();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_EQ((*shared)[0].load(), child);
  EXPECT_EQ(slots.try_acquire(), 0);
  EXPECT_EQ(slots.try_acquire(), 1);
  EXPECT_EQ(slots.try_acquire(), -1);
  EXPECT_EQ((*shared)[0].load(), getpid());
}

TEST(HashSlotOwnership, ALivingProcessKeepsItsSlot) {
  const SharedSlots shared;
  HashSlots slots(*shared);
  const pid_t child = fork();
  if (child == 0) {
    (void)slots.try_acquire();
    (void)slots.try_acquire();
    pause();
    _exit(0);
  }
  while ((*shared)[1].load() == 0) std::this_thread::yield();
  EXPECT_EQ(slots.try_acquire(), -1);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(slots.try_acquire(), 0);
}

}  // namespace
}  // namespace postern::domain

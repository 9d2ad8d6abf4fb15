// What many workers do to one limiter at the same time.

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <barrier>
#include <csignal>
#include <cstring>
#include <new>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "domain/limiter.hpp"
#include "tests/support/limiter_memory.hpp"

namespace postern::domain {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::kLimiterKey;
using test::LimiterMemory;

constexpr milliseconds kStart = std::chrono::hours(1);
constexpr Rate kRate{10, seconds(60)};
constexpr int kThreads = 8;

std::string name_of(int number) {
  return "name" + std::to_string(number);
}

/// Every thread tries each of the names twenty times, in an order of its own; in every round all of
/// it is new again. How many were allowed at most and at least, of any name in any round.
struct Allowed {
  int least = 1'000'000, most = 0;
};
Allowed storm(Limiter& limiter, int names, int rounds) {
  std::vector<std::atomic<int>> allowed(static_cast<std::size_t>(names));
  Allowed seen;
  milliseconds now = kStart;
  std::barrier round(kThreads, [&]() noexcept {
    for (auto& count : allowed) {
      seen.least = std::min(seen.least, count.load());
      seen.most = std::max(seen.most, count.load());
      count = 0;
    }
    now += 2 * kRate.window;
  });
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < rounds; ++i) {
        for (int attempt = 0; attempt < 20 * names; ++attempt) {
          const auto name = static_cast<std::size_t>((attempt + thread) % names);
          if (limiter.charge(name_of(static_cast<int>(name) + i % 3), kRate, now).allowed) {
            ++allowed[name];
          }
        }
        round.arrive_and_wait();
      }
    });
  }
  threads.clear();
  return seen;
}

// CVE-2024-4629: parallel attempts that slip past the counter.
TEST(LimiterSharing, Cve20244629OneNewNameGetsExactlyItsLimit) {
  LimiterMemory memory(1024);
  Limiter limiter(memory.bytes(), kLimiterKey);
  const Allowed seen = storm(limiter, 1, 3000);
  EXPECT_EQ(seen.least, 10);
  EXPECT_EQ(seen.most, 10);
}

// Five names at a time that come into seven places, where others of earlier rounds still lie.
TEST(LimiterSharing, Cve20244629NamesThatPushIntoOneBucketGetExactlyTheirLimits) {
  LimiterMemory memory(1);
  Limiter limiter(memory.bytes(), kLimiterKey);
  const Allowed seen = storm(limiter, 5, 1500);
  EXPECT_EQ(seen.least, 10);
  EXPECT_EQ(seen.most, 10);
  EXPECT_EQ(limiter.given_up(), 0U);
}

TEST(LimiterSharing, RefundsAndChargesAtOnceKeepTheBalance) {
  LimiterMemory memory(1);
  Limiter limiter(memory.bytes(), kLimiterKey);
  std::atomic<int> kept{0};
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        if (!limiter.charge("name", kRate, kStart).allowed) continue;
        if (i % 100 == 0 && kept.fetch_add(1) < 4) continue;
        limiter.refund("name", kRate, kStart);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(limiter.look("name", kRate, kStart).remaining, kRate.limit - 4);
}

// A process that died after it had announced a place for a name and before it wrote the name there.
// The bucket's first word, from the low end: 20 bits of the name's mark, 3 of the place, a number.
TEST(LimiterSharing, WhoDiesInTheMiddleKeepsNobodyWaiting) {
  for (std::uint64_t place = 0; place < 7; ++place) {
    LimiterMemory memory(1);
    const std::uint64_t announced = std::uint64_t{1} << 23 | place << 20 | 0x12345;
    std::memcpy(memory.bytes().last(64).data(), &announced, sizeof(announced));
    Limiter limiter(memory.bytes(), kLimiterKey);
    for (int i = 0; i < 6; ++i) {
      int allowed = 0;
      for (int attempt = 0; attempt < 30; ++attempt)
        allowed += limiter.charge(name_of(i), kRate, kStart).allowed ? 1 : 0;
      EXPECT_EQ(allowed, 10) << place << ", " << i;
    }
    EXPECT_EQ(limiter.given_up(), 0U) << "the dead one's name counts nothing";
  }
}

/// Processes that bring names into one bucket until they are killed.
class Victims {
 public:
  Victims(Limiter& limiter, int number) {
    for (int i = 0; i < number; ++i) {
      const pid_t child = fork();
      if (child == 0) rush(limiter, i);
      children_.push_back(child);
    }
  }
  void kill_all() {
    for (const pid_t child : children_) kill(child, SIGKILL);
    for (const pid_t child : children_) waitpid(child, nullptr, 0);
    children_.clear();
  }
  ~Victims() { kill_all(); }
  Victims(const Victims&) = delete;
  Victims& operator=(const Victims&) = delete;

 private:
  [[noreturn]] static void rush(Limiter& limiter, int seed) {
    // Names that say nothing any more at once: their time is long past.
    for (int i = seed;; i += 7)
      limiter.charge("victim" + std::to_string(i), kRate, milliseconds(seed + 1));
  }
  std::vector<pid_t> children_;
};

TEST(LimiterSharing, WorkersThatAreKilledInTheMiddleChangeNothingForOthers) {
  std::mt19937 random(11);
  for (int round = 0; round < 40; ++round) {
    LimiterMemory memory(1);
    Limiter limiter(memory.bytes(), kLimiterKey);
    Victims victims(limiter, 3);
    int allowed = 0;
    const auto try_all = [&](int attempts) {
      for (int i = 0; i < attempts; ++i)
        allowed += limiter.charge("name", kRate, kStart).allowed ? 1 : 0;
    };
    std::this_thread::sleep_for(std::chrono::microseconds(500 + random() % 3000));
    try_all(5);
    victims.kill_all();
    try_all(100);
    EXPECT_EQ(allowed, 10) << round;
    EXPECT_TRUE(limiter.charge("later", kRate, kStart).allowed);
  }
}

TEST(LimiterSharing, Cve20244629ProcessesShareOneCount) {
  LimiterMemory memory(1024);
  LimiterMemory counter_memory(1);
  auto& allowed = *new (counter_memory.bytes().data()) std::atomic<int>{0};
  Limiter limiter(memory.bytes(), kLimiterKey);
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      for (int attempt = 0; attempt < 200; ++attempt)
        allowed += limiter.charge("name", {100, seconds(60)}, kStart).allowed ? 1 : 0;
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) waitpid(child, nullptr, 0);
  EXPECT_EQ(allowed, 100);
}

}  // namespace
}  // namespace postern::domain

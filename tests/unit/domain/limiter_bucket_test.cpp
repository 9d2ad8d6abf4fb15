// The limiter's bucket under every order of steps that chance comes upon: several visitors at once,
// of whom any may be stopped for long, or for ever, between any two steps.

#include "domain/limiter_bucket.hpp"

#include <gtest/gtest.h>
#include <ucontext.h>

#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <vector>

namespace postern::domain {
namespace {

/// Runs functions a step at a time. A step is one access to a SteppedWord.
class Stepper {
 public:
  explicit Stepper(unsigned seed) : random_(seed) {}

  void add(std::function<void()> visit) {
    auto& visitor = *visitors_.emplace_back(std::make_unique<Visitor>());
    visitor.visit = std::move(visit);
    getcontext(&visitor.context);
    visitor.context.uc_stack.ss_sp = visitor.stack.data();
    visitor.context.uc_stack.ss_size = visitor.stack.size();
    visitor.context.uc_link = &home_;
    makecontext(&visitor.context, &Stepper::begin, 0);
  }
  /// Until all are through. Where there are mortals, the first visitor stops for ever somewhere.
  void run(bool mortal = false) {
    current_ = this;
    const auto death = mortal ? random_() % 60 : 0;
    for (std::size_t step = 1;; ++step) {
      if (mortal && step == death + 1) visitors_.front()->done = true;
      if (!choose()) break;
      swapcontext(&home_, &running_->context);
    }
    current_ = nullptr;
  }
  static void step() {
    if (current_ != nullptr) swapcontext(&current_->running_->context, &current_->home_);
  }

 private:
  struct Visitor {
    std::function<void()> visit;
    ucontext_t context{};
    std::vector<char> stack = std::vector<char>(std::size_t{64} * 1024);
    bool done = false;
  };

  static void begin() {
    Visitor& visitor = *current_->running_;
    visitor.visit();
    visitor.done = true;
  }
  /// Mostly the same again, so that others are stopped for long.
  bool choose() {
    if (running_ != nullptr && !running_->done && random_() % 4 != 0) return true;
    std::vector<Visitor*> waiting;
    for (const auto& visitor : visitors_) {
      if (!visitor->done) waiting.push_back(visitor.get());
    }
    if (waiting.empty()) return false;
    running_ = waiting[random_() % waiting.size()];
    return true;
  }

  static inline Stepper* current_ = nullptr;
  std::mt19937 random_;
  ucontext_t home_{};
  std::vector<std::unique_ptr<Visitor>> visitors_;
  Visitor* running_ = nullptr;
};

struct SteppedWord {
  std::uint64_t value = 0;

  [[nodiscard]] std::uint64_t load() const {
    Stepper::step();
    return value;
  }
  bool compare_exchange_strong(std::uint64_t& expected, std::uint64_t desired) {
    Stepper::step();
    if (value == expected) {
      value = desired;
      return true;
    }
    expected = value;
    return false;
  }
  void operator++() {
    Stepper::step();
    ++value;
  }
};

constexpr LimiterTicks kStep = 100;
constexpr int kLimit = 2;
constexpr LimiterTicks kDepth = kStep * kLimit;
constexpr LimiterTicks kNow = 1'000'000;
constexpr int kVisitors = 4;

/// A bucket full of names whose time is past, 1 to 7, and visitors who all want the same names.
class Crowd {
 public:
  explicit Crowd(std::vector<std::uint64_t> marks) : marks_(std::move(marks)) {
    for (std::uint64_t old = 1; old <= 7; ++old) {
      bucket_.charge(old, kStep, kDepth, kNow / 2 + static_cast<LimiterTicks>(old), given_up_);
    }
    allowed_.resize(marks_.size());
  }
  void run(unsigned seed, bool mortal = false) {
    Stepper stepper(seed);
    for (std::size_t visitor = 0; visitor < kVisitors; ++visitor)
      stepper.add([this, visitor] { visit(visitor); });
    stepper.run(mortal);
  }
  [[nodiscard]] const std::vector<int>& allowed() const { return allowed_; }
  [[nodiscard]] std::uint64_t given_up() const { return given_up_.value; }

 private:
  void visit(std::size_t visitor) {
    for (std::size_t i = 0; i < marks_.size() * (kLimit + 1); ++i) {
      const std::size_t which = (i + visitor) % marks_.size();
      if (bucket_.charge(marks_[which], kStep, kDepth, kNow, given_up_).allowed) ++allowed_[which];
    }
  }

  LimiterBucket<SteppedWord> bucket_;
  SteppedWord given_up_;
  std::vector<std::uint64_t> marks_;
  std::vector<int> allowed_;
};

constexpr unsigned kOrders = 1000;

TEST(LimiterBucket, Cve20244629NewNamesGetExactlyTheirLimitsInAnyOrder) {
  for (unsigned seed = 0; seed < kOrders; ++seed) {
    Crowd crowd({101, 102, 103});
    crowd.run(seed);
    ASSERT_EQ(crowd.allowed(), (std::vector<int>{kLimit, kLimit, kLimit})) << seed;
    ASSERT_EQ(crowd.given_up(), 0U) << seed;
  }
}

// The oldest names are just about to lose their places when they come back.
TEST(LimiterBucket, Cve20244629NamesThatComeBackMeanwhileGetExactlyTheirLimitsToo) {
  for (unsigned seed = 0; seed < kOrders; ++seed) {
    Crowd crowd({101, 1, 102, 2, 103});
    crowd.run(seed);
    ASSERT_EQ(crowd.allowed(), (std::vector<int>(5, kLimit))) << seed;
    ASSERT_EQ(crowd.given_up(), 0U) << seed;
  }
}

TEST(LimiterBucket, WhoStopsForEverKeepsNobodyWaitingAndGivesNothingAway) {
  for (unsigned seed = 0; seed < kOrders; ++seed) {
    Crowd crowd({101, 1, 102});
    crowd.run(seed, true);
    int missing = 0;
    for (const int allowed : crowd.allowed()) {
      ASSERT_LE(allowed, kLimit) << seed;
      missing += kLimit - allowed;
    }
    ASSERT_LE(missing, 1) << seed << ": but for what it had counted and could not say";
  }
}

// More names in use than places: somebody is forgotten, and that is counted.
TEST(LimiterBucket, R9TooManyNamesAreServedAndCounted) {
  std::vector<std::uint64_t> marks;
  for (std::uint64_t mark = 101; mark <= 109; ++mark) marks.push_back(mark);
  for (unsigned seed = 0; seed < kOrders / 10; ++seed) {
    Crowd crowd(marks);
    crowd.run(seed);
    for (const int allowed : crowd.allowed()) ASSERT_GE(allowed, kLimit) << seed;
    ASSERT_GE(crowd.given_up(), 2U) << seed;
  }
}

/// Visitors who do anything, at times of their own, with more names than there are places.
class Bustle {
 public:
  explicit Bustle(unsigned seed) : seed_(seed) {}
  void run() {
    Stepper stepper(seed_);
    for (unsigned visitor = 0; visitor < kVisitors; ++visitor)
      stepper.add([this, visitor] { visit(seed_ * kVisitors + visitor); });
    stepper.run();
  }
  [[nodiscard]] int doubles() const { return doubles_; }

 private:
  void visit(unsigned seed) {
    std::mt19937 random(seed);
    LimiterTicks now = kNow;
    for (int i = 0; i < 30; ++i) {
      now += static_cast<LimiterTicks>(random() % kLongStep);
      const std::uint64_t mark = 1 + random() % 10;
      const auto what = random() % 8;
      if (what == 0) {
        bucket_.forgive(mark, now);
      } else if (what == 1) {
        bucket_.refund(mark, kLongStep, now);
      } else {
        bucket_.charge(mark, kLongStep, kLongStep * kLimit, now, given_up_);
      }
      count_doubles();
    }
  }
  void count_doubles() {
    static_assert(sizeof(bucket_) == 8 * sizeof(std::uint64_t));
    std::array<std::uint64_t, 8> words{};
    std::memcpy(words.data(), static_cast<const void*>(&bucket_), sizeof(words));
    std::set<std::uint64_t> marks;
    for (std::size_t place = 1; place < words.size(); ++place) {
      if (words.at(place) != 0 && !marks.insert(words.at(place) >> 44).second) ++doubles_;
    }
  }

  static constexpr LimiterTicks kLongStep = 1'000'003;  // no two words by chance the same

  unsigned seed_;
  LimiterBucket<SteppedWord> bucket_;
  SteppedWord given_up_;
  int doubles_ = 0;
};

TEST(LimiterBucket, NoNameEverHasTwoPlaces) {
  for (unsigned seed = 0; seed < kOrders; ++seed) {
    Bustle bustle(seed);
    bustle.run();
    ASSERT_EQ(bustle.doubles(), 0) << seed;
  }
}

}  // namespace
}  // namespace postern::domain

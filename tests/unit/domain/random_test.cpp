#include "domain/random.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace postern::domain {
namespace {

/// Counts up, one for each byte it gives.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};

TEST(RandomBase62, HasTheLengthAskedForAndOnlyTheAlphabet) {
  SodiumRandom random;
  for (const std::size_t length : {0U, 1U, 12U, 32U, 1000U}) {
    const std::string text = random_base62(random, length);
    EXPECT_EQ(text.size(), length);
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](unsigned char c) { return isalnum(c); }));
  }
}

// All 256 byte values come equally often, so a biased mapping would show as unequal counts.
TEST(RandomBase62, HasNoModuloBias) {
  CountingRandom random;
  const std::string text = random_base62(random, 248 * 10);
  std::map<char, int> counts;
  for (const char c : text) ++counts[c];
  ASSERT_EQ(counts.size(), 62U);
  for (const auto& [character, count] : counts) EXPECT_EQ(count, 40) << character;
}

TEST(SodiumRandomness, DoesNotRepeat) {
  SodiumRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(random_base62(random, 22));
  EXPECT_EQ(seen.size(), 10'000U);
}

TEST(SodiumRandomness, TwoChildrenOfOneProcessDiffer) {
  SodiumRandom random;
  std::array<std::uint8_t, 32> before{};
  random.fill(before);
  std::set<std::string> seen;
  for (int child = 0; child < 8; ++child) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    const pid_t pid = fork();
    if (pid == 0) {
      const std::string text = random_base62(random, 32);
      _exit(write(ends[1], text.data(), text.size()) == 32 ? 0 : 1);
    }
    std::array<char, 32> text{};
    EXPECT_EQ(read(ends[0], text.data(), text.size()), 32);
    int status = 0;
    waitpid(pid, &status, 0);
    close(ends[0]);
    close(ends[1]);
    seen.insert(std::string(text.data(), text.size()));
  }
  EXPECT_EQ(seen.size(), 8U);
}

}  // namespace
}  // namespace postern::domain

#include "cli/housekeeper.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "cli/private_file.hpp"
#include "cli/shared_memory.hpp"
#include "domain/key_ring.hpp"
#include "tests/support/installation.hpp"

namespace postern::test {
namespace {

std::shared_ptr<const cli::LoadedConfig> load(const Installation& here) {
  return std::make_shared<const cli::LoadedConfig>(cli::load_config({here.config().string(), ""}));
}

TEST(Housekeeper, ShowsASignOfLifeWhileTheDatabaseIsAway) {
  Installation here("");
  domain::SodiumRandom random;
  ASSERT_TRUE(cli::create_private_file(here.master_key(), domain::KeyRing::make_line(1, random)));
  auto& shared = fcgi::map_shared_segment();
  const auto began = fcgi::monotonic_ms();
  std::int64_t longest_silence = 0;
  cli::keep_house(load(here), shared, [&] {
    const auto now = fcgi::monotonic_ms();
    if (shared.housekeeper_ms != 0) {
      longest_silence = std::max(longest_silence, now - shared.housekeeper_ms);
    }
    return now - began > 1500;
  });
  EXPECT_GE(shared.housekeeper_ms, began + 1000);
  EXPECT_LT(longest_silence, 1000);
}

TEST(Housekeeper, R6SaysOnceThatItDoesNotHearTheOthers) {
  Installation here("");
  domain::SodiumRandom random;
  ASSERT_TRUE(cli::create_private_file(here.master_key(), domain::KeyRing::make_line(1, random)));
  const auto loaded = load(here);
  auto& shared = fcgi::map_shared_segment(cli::memory_bytes(loaded->config));
  const auto began = fcgi::monotonic_ms();
  ::testing::internal::CaptureStderr();
  cli::keep_house(loaded, shared, [&] { return fcgi::monotonic_ms() - began > 1500; });
  const auto log = ::testing::internal::GetCapturedStderr();
  const auto first = log.find("\"coherence_lost\"");
  ASSERT_NE(first, std::string::npos) << log;
  EXPECT_EQ(log.find("\"coherence_lost\"", first + 1), std::string::npos) << log;
  EXPECT_FALSE(cli::shared_cache(shared, 0).trusted(domain::SystemClock()));
}

TEST(Housekeeper, EndsWhereItCouldNeverSweepSoThatItIsReplaced) {
  const Installation here("");  // without a master key file
  auto& shared = fcgi::map_shared_segment();
  EXPECT_ANY_THROW(cli::keep_house(load(here), shared, [] { return false; }));
}

}  // namespace
}  // namespace postern::test

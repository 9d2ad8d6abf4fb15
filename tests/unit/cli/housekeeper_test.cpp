#include "cli/housekeeper.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "cli/private_file.hpp"
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

TEST(Housekeeper, EndsWhereItCouldNeverSweepSoThatItIsReplaced) {
  const Installation here("");  // without a master key file
  auto& shared = fcgi::map_shared_segment();
  EXPECT_ANY_THROW(cli::keep_house(load(here), shared, [] { return false; }));
}

}  // namespace
}  // namespace postern::test

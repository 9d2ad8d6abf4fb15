#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "cli/config_file.hpp"
#include "cli/domain_host.hpp"
#include "cli/housekeeper.hpp"
#include "cli/shared_memory.hpp"
#include "domain/api_key.hpp"
#include "tests/support/installation.hpp"
#include "tests/support/test_database.hpp"

namespace postern::test {
namespace {

using domain::CredentialCache;

/// An installation whose housekeeper runs here, beside the memory that its workers would share.
class Coherence : public ::testing::Test {
 protected:
  Coherence() {
    EXPECT_EQ(here.run({"init"}).status, 0);
    EXPECT_EQ(here.run({"account", "add", "bob", "--random"}).status, 0);
  }
  ~Coherence() override { stop(); }

  void start() {
    loaded =
        std::make_shared<const cli::LoadedConfig>(cli::load_config({here.config().string(), ""}));
    shared = &fcgi::map_shared_segment(cli::memory_bytes(loaded->config));
    cache = cli::shared_cache(*shared, 0);
    host.emplace(loaded->config);
    bob = domain::find_account_by_login(host->services(), "bob").value().id;
    housekeeper = std::thread(
        [this] { cli::keep_house(loaded, *shared, [this] { return stopped.load(); }); });
    wait_for([this] { return cache.trusted(clock); });
  }
  void stop() {
    stopped = true;
    if (housekeeper.joinable()) housekeeper.join();
  }
  template <class Wanted>
  void wait_for(const Wanted& wanted) {
    const auto end = clock.uptime() + std::chrono::minutes(1);
    while (!wanted() && clock.uptime() < end) std::this_thread::yield();
    EXPECT_TRUE(wanted());
  }

  /// As a worker does that has checked a key of bob's.
  void remember(const domain::KeyId& key) {
    domain::CachedCheck check;
    domain::CacheRecord record{clock.now() + std::chrono::seconds(60), bob, key.uuid, key, {}};
    cache.store({1, 2, 3, 4}, cache.stamp(), clock, record, check);
  }
  [[nodiscard]] bool believes() const {
    domain::CachedCheck check;
    return cache.find({1, 2, 3, 4}, clock, check);
  }
  domain::KeyId issue(const std::string& name) {
    return domain::issue_key(host->services(), bob, {name, {}, {}}, {}, {}).value().key.id;
  }
  std::optional<domain::Instant> last_used(const domain::KeyId& key) {
    return domain::find_key(host->services(), key)->last_used_at;
  }

  TestDatabase database;
  Installation here{database.url()};
  domain::SystemClock clock;
  std::shared_ptr<const cli::LoadedConfig> loaded;
  fcgi::SharedSegment* shared = nullptr;
  CredentialCache cache;
  std::optional<cli::CommandHost> host;
  domain::AccountId bob;
  std::atomic<bool> stopped{false};
  std::thread housekeeper;
};

TEST_F(Coherence, R6WhatACommandTookAwayIsForgottenWhenItReturns) {
  here.set("cache.stale_limit_ms", "10000");
  start();
  const auto key = issue("robot");
  const std::vector<Arguments> commands{{"account", "role", "bob", "streamer"},
                                        {"account", "disable", "bob"},
                                        {"account", "enable", "bob"},
                                        {"key", "revoke", key.text()}};
  for (const auto& command : commands) {
    remember(key);
    ASSERT_TRUE(believes()) << command[1];
    const auto began = clock.uptime();
    ASSERT_EQ(here.run(command).status, 0) << command[1];
    EXPECT_FALSE(believes()) << command[1];
    EXPECT_LT(clock.uptime() - began, std::chrono::seconds(9)) << command[1];
    EXPECT_TRUE(cache.trusted(clock));
  }
}

TEST_F(Coherence, R6PollingMachinesForgetTooAndTheCommandWaitsForThem) {
  here.set("cache.coherence", "\"poll\"");
  here.set("cache.stale_limit_ms", "1000");
  start();
  const auto key = issue("robot");
  remember(key);
  ASSERT_TRUE(believes());
  const auto began = clock.uptime();
  ASSERT_EQ(here.run({"account", "disable", "bob"}).status, 0);
  EXPECT_FALSE(believes());
  EXPECT_GE(clock.uptime() - began, std::chrono::seconds(1));
}

TEST_F(Coherence, CommandsThatRevokeNothingWaitForNobody) {
  here.set("cache.coherence", "\"poll\"");
  here.set("cache.stale_limit_ms", "60000");
  start();
  const auto began = clock.uptime();
  EXPECT_EQ(here.run({"key", "list"}).status, 0);
  EXPECT_EQ(here.run({"account", "add", "eve", "--random"}).status, 0);
  EXPECT_EQ(here.run({"account", "enable", "bob"}).status, 0) << "it is";
  EXPECT_LT(clock.uptime() - began, std::chrono::seconds(55));
}

TEST_F(Coherence, UsesOfKeysReachTheirRowsAndTheLastOfThemAtTheEnd) {
  start();
  const auto key = issue("robot");
  remember(key);
  wait_for([&] { return last_used(key).has_value(); });
  const auto first = *last_used(key);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  ASSERT_TRUE(believes());
  EXPECT_EQ(last_used(key), first) << "once a minute is enough";
  stop();
  EXPECT_GT(last_used(key), first);
  EXPECT_FALSE(cache.trusted(clock)) << "nobody listens any more";
}

}  // namespace
}  // namespace postern::test

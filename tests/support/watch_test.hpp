#pragma once

#include <gtest/gtest.h>

#include "tests/support/held_link.hpp"
#include "tests/support/watch_world.hpp"

namespace postern::test {

/// A machine that hears of revocations over a way that can be held up, and believes two sessions.
class WatchTest : public testing::Test {
 protected:
  /// Watches anew. `stale_limit`: how long it goes on believing without a word. Short where a test
  /// waits for the end of that.
  void watch(std::chrono::milliseconds stale_limit);
  void remember();
  void revoke_session();
  bool voided();
  /// Changes of many accounts from all sides at once: all are applied, and none of their sessions
  /// is believed any more.
  void storm();

  static constexpr std::chrono::milliseconds kBrief{600};
  static constexpr int kConnections = 8;
  static constexpr int kEach = 125;
  const domain::AccountId alice = CacheWorld::account(1);
  const domain::Uuid session = CacheWorld::credential(1);
  const domain::Uuid other = CacheWorld::credential(2);
  WatchWorld world;
  HeldLink link;
  WatchedMachine machine;
};

}  // namespace postern::test

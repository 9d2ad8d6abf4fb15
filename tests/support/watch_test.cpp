#include "tests/support/watch_test.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "domain/revocation.hpp"
#include "tests/support/another_worker.hpp"

namespace postern::test {

void WatchTest::watch(std::chrono::milliseconds stale_limit) {
  world.watching.stale_limit = stale_limit;
  machine.watch(link.through(world.database_server.url()), world.watching);
}

void WatchTest::remember() {
  machine.remember(alice, session);
  machine.remember(CacheWorld::account(2), other);
}

void WatchTest::revoke_session() {
  world.revoke(domain::RevokedSubject::credential(domain::SessionId{session}));
}

bool WatchTest::voided() {
  return machine.run_until([&] { return !machine.believes(session); });
}

void WatchTest::storm() {
  constexpr std::uint64_t kAll = std::uint64_t{kConnections} * kEach;
  for (std::uint64_t i = 0; i < kAll; ++i)
    machine.remember(CacheWorld::account(i), CacheWorld::credential(i));
  std::vector<std::thread> threads;
  for (int t = 0; t < kConnections; ++t) {
    threads.emplace_back([&, t] {
      AnotherWorker worker(world);
      for (int i = 0; i < kEach; ++i) {
        const auto account = CacheWorld::account(static_cast<std::uint64_t>(t * kEach + i));
        (void)patiently([&] {
          return worker.database.transaction([&](domain::Transaction& tx) -> domain::Outcome {
            domain::account_changed(tx, worker.services, account);
            return domain::done;
          });
        });
      }
    });
  }
  EXPECT_TRUE(machine.run_until([&] { return machine.applied == kAll; }));
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(machine.missed, testing::IsEmpty());
  for (std::uint64_t i = 0; i < kAll; ++i)
    ASSERT_FALSE(machine.believes(CacheWorld::credential(i))) << i;
}

}  // namespace postern::test

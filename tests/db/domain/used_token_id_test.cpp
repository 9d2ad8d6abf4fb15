#include "domain/used_token_id.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/support/another_worker.hpp"

namespace postern::domain {
namespace {

constexpr Statement kCount{"test_used_token_ids", R"sql(
  select count(*) from postern.used_token_id)sql"};

class UsedTokenId : public testing::Test {
 protected:
  bool use(std::string_view issuer, std::string_view id) {
    return use_token_id(world_.services, issuer, id, world_.clock.now() + minutes(5));
  }

  test::DomainWorld world_;
};

TEST_F(UsedTokenId, IsTakenOnce) {
  EXPECT_TRUE(use("client", "id"));
  EXPECT_FALSE(use("client", "id"));
  EXPECT_TRUE(use("client", "other"));
}

TEST_F(UsedTokenId, IsOfItsIssuerAlone) {
  EXPECT_TRUE(use("client", "1"));
  EXPECT_TRUE(use("clien", "t1"));
  EXPECT_TRUE(use("client1", ""));
  EXPECT_TRUE(use("", "client1"));
}

TEST_F(UsedTokenId, MayBeAnyBytes) {
  EXPECT_TRUE(use("client", std::string("a\0b", 3)));
  EXPECT_TRUE(use("client", "a"));
  EXPECT_FALSE(use("client", std::string("a\0b", 3)));
}

TEST_F(UsedTokenId, Cve202015222OfManyAtOnceOneTakesIt) {
  constexpr int kWorkers = 8;
  std::vector<std::unique_ptr<test::AnotherWorker>> workers;
  for (int i = 0; i < kWorkers; ++i) {
    workers.push_back(std::make_unique<test::AnotherWorker>(world_));
  }
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (auto& worker : workers) {
    threads.emplace_back([&] {
      const bool first = test::patiently([&] {
        return use_token_id(worker->services, "client", "id", world_.clock.now() + minutes(5));
      });
      if (first) ++taken;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(world_.database.run(kCount, {}).front().integer(0), 1);
}

}  // namespace
}  // namespace postern::domain

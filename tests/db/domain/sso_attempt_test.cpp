#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "domain/external_identity.hpp"
#include "tests/support/another_worker.hpp"

namespace postern::domain {
namespace {

constexpr Statement kSealed{"test_sealed", R"sql(
  select encode(sealed, 'escape') from postern.sso_attempt)sql"};

class SsoAttemptTest : public testing::Test {
 protected:
  test::DomainWorld world_;
};

TEST_F(SsoAttemptTest, AStateIsGoodOnceAndBringsItsPayloadBack) {
  const auto state = begin_sso(world_.services, {"company", "the payload"}, minutes(10));
  EXPECT_EQ(state.size(), 43U);
  const auto taken = take_sso(world_.services, state.reveal());
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->provider, "company");
  EXPECT_EQ(taken->payload, "the payload");
  EXPECT_EQ(take_sso(world_.services, state.reveal()).error().code, Errc::LinkInvalid);
}

TEST_F(SsoAttemptTest, R10OnlyTheExactState) {
  const auto state = begin_sso(world_.services, {"company", "p"}, minutes(10));
  const std::string text(state.reveal());
  for (const auto& bad : {std::string(), text.substr(1), text + "A", std::string(43, 'A'),
                          text + "=", std::string(43, '\0'), std::string(100000, 'A')}) {
    EXPECT_EQ(take_sso(world_.services, bad).error().code, Errc::LinkInvalid);
  }
  EXPECT_TRUE(take_sso(world_.services, text).ok());
}

TEST_F(SsoAttemptTest, AStateThatIsTooOldIsNone) {
  const auto state = begin_sso(world_.services, {"company", "p"}, minutes(10));
  world_.clock.advance(minutes(10));
  EXPECT_EQ(take_sso(world_.services, state.reveal()).error().code, Errc::LinkInvalid);
}

TEST_F(SsoAttemptTest, R5NothingOfItCanBeReadInTheDatabase) {
  const auto state = begin_sso(world_.services, {"company", "the payload"}, minutes(10));
  const auto sealed = world_.database.run(kSealed, {}).front().text(0);
  EXPECT_EQ(sealed.find("payload"), std::string::npos);
}

TEST_F(SsoAttemptTest, OfManyAtOnceOneTakesIt) {
  constexpr int kWorkers = 8;
  const auto state = begin_sso(world_.services, {"company", "p"}, minutes(10));
  std::vector<std::unique_ptr<test::AnotherWorker>> workers;
  for (int i = 0; i < kWorkers; ++i) {
    workers.push_back(std::make_unique<test::AnotherWorker>(world_));
  }
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (auto& worker : workers) {
    threads.emplace_back([&] { taken += take_sso(worker->services, state.reveal()).ok(); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
}

}  // namespace
}  // namespace postern::domain

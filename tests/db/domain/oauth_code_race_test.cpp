#include <gtest/gtest.h>

#include <barrier>
#include <memory>
#include <set>
#include <thread>

#include "tests/support/another_worker.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::DomainWorld;
using test::OAuthWorld;

constexpr std::size_t kThreads = 16;
constexpr int kRounds = 10;

/// Sixteen workers that do the same at the same moment.
class GrantStorm : public testing::Test {
 protected:
  GrantStorm() : account(world.account("alice", "contributor")), client(site.client().client) {
    for (std::size_t i = 0; i < kThreads; ++i) {
      workers.push_back(std::make_unique<AnotherWorker>(world));
    }
  }

  using Answers = std::vector<Result<OAuthTokens>>;
  template <class Action>
  Answers all_at_once(Action action) {
    Answers answers(kThreads, Errc::Taken);
    std::barrier start(static_cast<std::ptrdiff_t>(kThreads));
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        answers[i] = action(workers[i]->services);
      });
    }
    for (auto& thread : threads) thread.join();
    return answers;
  }
  static int good(const Answers& answers) {
    int good = 0;
    for (const auto& answer : answers) {
      if (answer.ok()) {
        ++good;
      } else {
        EXPECT_EQ(answer.error().code, Errc::GrantInvalid) << name_of(answer.error().code);
      }
    }
    return good;
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  DomainWorld world;
  OAuthWorld site{world};
  Account account;
  OAuthClient client;
  std::vector<std::unique_ptr<AnotherWorker>> workers;
};

TEST_F(GrantStorm, Rfc9700Rule5OfSixteenRedemptionsAtMostOneSucceeds) {
  for (int round = 0; round < kRounds; ++round) {
    const auto code = site.code(client, account);
    const auto answers =
        all_at_once([&](Services& services) { return site.redeem(services, client, code); });
    ASSERT_LE(good(answers), 1);
    ASSERT_EQ(sql("select count(*) from postern.session"), "0") << "the others were replays";
  }
}

TEST_F(GrantStorm, R1R2SixteenRefreshesAllSucceedWithOneSuccessor) {
  auto tokens = site.tokens(client, account);
  for (int round = 1; round <= kRounds; ++round) {
    const auto answers = all_at_once(
        [&](Services& services) { return site.refresh(services, client, *tokens.refresh); });
    std::set<std::string> successors;
    for (const auto& answer : answers) {
      ASSERT_TRUE(answer.ok()) << name_of(answer.error().code);
      successors.emplace(answer->refresh->reveal());
      EXPECT_TRUE(site.is_alive(answer->access));
      tokens = *answer;
    }
    ASSERT_EQ(successors.size(), 1U);
    ASSERT_EQ(sql("select string_agg(counter::text, ',') from postern.session"),
              std::to_string(round));
  }
}

TEST_F(GrantStorm, R6AWithdrawalAmidRedemptionsLeavesNothingAlive) {
  for (int round = 0; round < kRounds; ++round) {
    const auto code = site.code(client, account);
    std::thread withdrawal([&] {
      EXPECT_TRUE(
          withdraw_consent(world.services, account.id, code.consent, {}, world.origin).ok());
    });
    const auto answers =
        all_at_once([&](Services& services) { return site.redeem(services, client, code); });
    withdrawal.join();
    ASSERT_LE(good(answers), 1);
    ASSERT_EQ(sql("select count(*) from postern.oauth_grant"), "0");
    ASSERT_EQ(sql("select count(*) from postern.session"), "0");
  }
}

TEST_F(GrantStorm, SixteenFirstRequestsOfAClientForItselfMakeOneGrant) {
  const auto service = site.service().client;
  const auto answers = all_at_once([&](Services& services) {
    return issue_to_client(services, {.client = service}, world.origin);
  });
  EXPECT_EQ(good(answers), static_cast<int>(kThreads));
  EXPECT_EQ(sql("select count(*) from postern.oauth_grant"), "1");
  for (const auto& answer : answers) EXPECT_TRUE(site.is_alive(answer->access));
}

TEST_F(GrantStorm, SixteenPollsOfADeviceThatWasLetInGiveOneGrant) {
  const auto codes =
      begin_device(world.services, {client, {{"read"}, {OAuthWorld::kSite}}}, world.origin).value();
  const auto consent = site.consent(client, account);
  ASSERT_TRUE(world.database
                  .transaction([&](Transaction& tx) {
                    return decide_device(tx, world.services, codes.user_code,
                                         GrantBasis{.account = account.id,
                                                    .consent = consent,
                                                    .granted = {{"read"}, {OAuthWorld::kSite}},
                                                    .signed_in_at = world.clock.now()});
                  })
                  .ok());
  const auto answers = all_at_once([&](Services& services) {
    return redeem_device(services, {.client = client, .device_code = codes.device_code.reveal()},
                         world.origin);
  });
  EXPECT_EQ(good(answers), 1);
  EXPECT_EQ(sql("select count(*) from postern.oauth_grant"), "1");
}

}  // namespace
}  // namespace postern::domain

#include <gtest/gtest.h>

#include <barrier>
#include <memory>
#include <set>
#include <thread>

#include "domain/session.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::DomainWorld;

constexpr std::size_t kThreads = 16;
constexpr int kRounds = 50;

/// Sixteen workers that present one token at the same moment.
class RefreshStorm : public testing::Test {
 protected:
  RefreshStorm() {
    world.account();
    for (std::size_t i = 0; i < kThreads; ++i) {
      workers.push_back(std::make_unique<AnotherWorker>(world));
    }
  }

  std::vector<Result<Tokens>> present(const Secret& token) {
    std::vector<Result<Tokens>> answers(kThreads, Errc::Taken);
    std::barrier start(static_cast<std::ptrdiff_t>(kThreads));
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        answers[i] = refresh_session(workers[i]->services, SessionKind::Native, token.reveal(),
                                     world.origin);
      });
    }
    for (auto& thread : threads) thread.join();
    return answers;
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  DomainWorld world;
  std::vector<std::unique_ptr<AnotherWorker>> workers;
};

TEST_F(RefreshStorm, R1CVE20261035OneTokenHasOneSuccessorWhoeverAsks) {
  auto tokens = world.login();
  for (int round = 1; round <= kRounds; ++round) {
    std::set<std::string> successors;
    for (auto& answer : present(tokens.refresh)) {
      ASSERT_TRUE(answer.ok()) << name_of(answer.error().code);
      successors.emplace(answer->refresh.reveal());
      tokens = *answer;
    }
    ASSERT_EQ(successors.size(), 1U) << "round " << round;
    ASSERT_EQ(sql("select string_agg(counter::text, ',') from postern.session"),
              std::to_string(round))
        << "CVE-2026-53517: one live generation";
  }
}

TEST_F(RefreshStorm, R1WithoutLeewayExactlyOneSucceeds) {
  world.settings.sessions[0].refresh_leeway = seconds(0);
  for (int round = 0; round < kRounds; ++round) {
    const auto tokens = world.login();
    int succeeded = 0;
    for (const auto& answer : present(tokens.refresh)) {
      if (answer.ok()) {
        ++succeeded;
      } else {
        const auto code = answer.error().code;
        EXPECT_TRUE(code == Errc::RefreshReused || code == Errc::RefreshInvalid) << name_of(code);
      }
    }
    ASSERT_EQ(succeeded, 1) << "round " << round;
    ASSERT_EQ(sql("select count(*) from postern.session"), "0") << "R3";
    ASSERT_EQ(sql("select count(*) from postern.audit where event = 'refresh_reused'"),
              std::to_string(round + 1))
        << "written down once";
  }
}

TEST_F(RefreshStorm, R6ALogoutAmidTheStormLeavesNothingAlive) {
  for (int round = 0; round < 20; ++round) {
    const auto tokens = world.login();
    std::thread logout([&] {
      EXPECT_TRUE(end_session(world.services, tokens.account.id, tokens.session,
                              AuditEvent::LoggedOut, {}, world.origin)
                      .ok());
    });
    const auto answers = present(tokens.refresh);
    logout.join();
    for (const auto& answer : answers) {
      if (!answer.ok()) {
        EXPECT_EQ(answer.error().code, Errc::RefreshInvalid);
        continue;
      }
      EXPECT_FALSE(authenticate_access_token(world.services, answer->access.reveal()).ok());
    }
    ASSERT_EQ(sql("select count(*) from postern.session"), "0");
  }
}

}  // namespace
}  // namespace postern::domain

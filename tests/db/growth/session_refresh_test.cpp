#include <gtest/gtest.h>

#include "domain/session.hpp"
#include "tests/support/domain_world.hpp"
#include "tests/support/growth.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::Stored;

constexpr int kRefreshes = 100'000;
constexpr int kBetweenVacuums = 5'000;

TEST(RefreshGrowth, R1AHundredThousandRefreshesLeaveTheTableAsItWas) {
  DomainWorld world;
  world.account();
  auto tokens = world.login();
  const auto before = Stored::measure(world.database_server);
  for (int i = 1; i <= kRefreshes; ++i) {
    auto next =
        refresh_session(world.services, SessionKind::Native, tokens.refresh.reveal(), world.origin);
    ASSERT_TRUE(next.ok()) << i;
    tokens = *std::move(next);
    if (i % kBetweenVacuums == 0) world.database_server.sql("vacuum postern.session");
  }
  expect_not_grown(before, Stored::measure(world.database_server));
  EXPECT_EQ(world.database_server.sql("select counter from postern.session"),
            std::to_string(kRefreshes));
}

}  // namespace
}  // namespace postern::domain

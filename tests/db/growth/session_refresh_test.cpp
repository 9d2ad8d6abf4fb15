#include <gtest/gtest.h>

#include "domain/session.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

constexpr int kRefreshes = 100'000;
constexpr int kBetweenVacuums = 5'000;

std::string measure(DomainWorld& world) {
  world.database_server.sql("vacuum analyze postern.session");
  return world.database_server.sql(
      "select (select count(*) from postern.session) || ' rows, ' ||"
      " pg_relation_size('postern.session') || ' bytes, indexes ' ||"
      " pg_indexes_size('postern.session') || ', audit ' ||"
      " (select count(*) from postern.audit)");
}

TEST(RefreshGrowth, R1AHundredThousandRefreshesLeaveTheTableAsItWas) {
  DomainWorld world;
  world.account();
  auto tokens = world.login();
  const auto before = measure(world);
  for (int i = 1; i <= kRefreshes; ++i) {
    auto next =
        refresh_session(world.services, SessionKind::Native, tokens.refresh.reveal(), world.origin);
    ASSERT_TRUE(next.ok()) << i;
    tokens = *std::move(next);
    if (i % kBetweenVacuums == 0) world.database_server.sql("vacuum postern.session");
  }
  EXPECT_EQ(measure(world), before);
  EXPECT_EQ(world.database_server.sql("select counter from postern.session"),
            std::to_string(kRefreshes));
}

}  // namespace
}  // namespace postern::domain

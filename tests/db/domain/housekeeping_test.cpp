#include "domain/housekeeping.hpp"

#include <gtest/gtest.h>

#include "domain/audit.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

class Housekeeping : public ::testing::Test {
 protected:
  std::string count(const std::string& table) {
    return world_.database_server.sql("select count(*) from postern." + table);
  }

  test::DomainWorld world_;
};

TEST_F(Housekeeping, SweepsWhatIsPastItsEndAndNothingElse) {
  world_.account();
  world_.login();
  (void)charge(world_.services, "name", {3, seconds(60)});
  const Sweep early = sweep(world_.services);
  EXPECT_EQ(early.sessions + early.limits + early.audit + early.networks, 0);
  world_.clock.advance(days(91));
  const Sweep later = sweep(world_.services);
  EXPECT_EQ(later.sessions, 1);
  EXPECT_GE(later.limits, 1);
  EXPECT_EQ(later.networks, 1);
  EXPECT_EQ(later.audit, 0);
  EXPECT_EQ(count("session"), "0");
  EXPECT_EQ(count("rate_limit"), "0");
  EXPECT_EQ(count("account"), "1");
  world_.clock.advance(days(365));
  EXPECT_GT(sweep(world_.services).audit, 0);
  EXPECT_EQ(count("audit"), "0");
}

TEST_F(Housekeeping, R9TombstonesOfKeysGoWithTheAuditOfTheirEnd) {
  const auto account = world_.account();
  const auto make = [&] {
    return generate_personal_key(world_.services, account.id, std::nullopt, world_.origin);
  };
  ASSERT_TRUE(make().ok());
  ASSERT_TRUE(make().ok());
  EXPECT_EQ(sweep(world_.services).tombstones, 0);
  EXPECT_EQ(count("api_key"), "2");
  world_.clock.advance(days(366));
  EXPECT_EQ(sweep(world_.services).tombstones, 1);
  EXPECT_EQ(count("api_key where revoked_at is null"), "1") << "the live one stays";
}

TEST_F(Housekeeping, GoesOnPastOneBatch) {
  world_.database_server.sql(
      "insert into postern.rate_limit select int4send(i), '{}', '2020-01-01' from "
      "generate_series(1, 2500) i");
  EXPECT_EQ(sweep(world_.services).limits, 2500);
}

TEST_F(Housekeeping, DoesNotWaitForRowsInUse) {
  world_.database_server.sql(
      "insert into postern.rate_limit select int4send(i), '{}', '2020-01-01' from "
      "generate_series(1, 3) i");
  constexpr Statement kHold{"hold_limit", R"sql(
    select 1 from postern.rate_limit where name = int4send(2) for update)sql"};
  Database other({world_.database_server.url()});
  EXPECT_TRUE(other.transaction([&](Transaction& tx) -> Outcome {
    tx.run(kHold, {});
    EXPECT_EQ(sweep(world_.services).limits, 2);
    return done;
  }));
}

// CVE-2025-64708: an expiry that a cleaner enforces, late.
TEST_F(Housekeeping, Cve202564708NothingsEndWaitsForIt) {
  world_.account();
  const Tokens tokens = world_.login();
  world_.clock.advance(days(91));
  EXPECT_EQ(count("session"), "1");
  EXPECT_FALSE(refresh_session(world_.services, SessionKind::Native, tokens.refresh.reveal(),
                               world_.origin));
  EXPECT_FALSE(authenticate_access_token(world_.services, tokens.access.reveal()));
}

}  // namespace
}  // namespace postern::domain

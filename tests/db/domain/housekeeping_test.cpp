#include "domain/housekeeping.hpp"

#include <gtest/gtest.h>

#include "domain/audit.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

class Housekeeping : public ::testing::Test {
 protected:
  /// Sign-ins that were on their way to a provider long ago.
  void add_old_attempts(int number) {
    world_.database_server.sql(
        "insert into postern.sso_attempt select int4send(i), 'p', '', '2020-01-01', '2020-01-02' "
        "from generate_series(1, " +
        std::to_string(number) + ") i");
  }
  std::string count(const std::string& table) {
    return world_.database_server.sql("select count(*) from postern." + table);
  }

  test::DomainWorld world_;
};

TEST_F(Housekeeping, SweepsWhatIsPastItsEndAndNothingElse) {
  world_.account();
  world_.login();
  world_.database_server.sql(
      "insert into postern.sso_attempt values ('state', 'p', '', '2027-01-15', '2027-01-16')");
  const Sweep early = sweep(world_.services);
  EXPECT_EQ(early.sessions + early.sso_attempts + early.audit + early.networks, 0);
  world_.clock.advance(days(91));
  const Sweep later = sweep(world_.services);
  EXPECT_EQ(later.sessions, 1);
  EXPECT_EQ(later.sso_attempts, 1);
  EXPECT_EQ(later.networks, 1);
  EXPECT_EQ(later.audit, 0);
  EXPECT_EQ(count("session"), "0");
  EXPECT_EQ(count("sso_attempt"), "0");
  EXPECT_EQ(count("account"), "1");
  world_.clock.advance(days(365));
  EXPECT_GT(sweep(world_.services).audit, 0);
  EXPECT_EQ(count("audit"), "0");
}

TEST_F(Housekeeping, R9SessionsNobodyUsesGoADayAfterTheirTimeHoweverMany) {
  world_.account();
  world_.login();
  // Of 2500 every second one's idle time ended a day and an hour ago; none is past its end.
  world_.database_server.sql(
      "insert into postern.session select gen_random_uuid(), account_id, kind, 0, created_at,"
      " rotated_at, created_at - case i % 2 when 0 then interval '25 hours' else interval"
      " '23 hours' end, expires_at, '', '' from postern.session, generate_series(1, 2500) i");
  EXPECT_EQ(sweep(world_.services).sessions, 0);
  EXPECT_EQ(sweep_idle_sessions(world_.services), 1250);
  EXPECT_EQ(count("session"), "1251");
  EXPECT_EQ(sweep_idle_sessions(world_.services), 0);
  world_.clock.advance(hours(1));
  EXPECT_EQ(sweep_idle_sessions(world_.services), 1250);
  EXPECT_EQ(count("session"), "1");
}

TEST_F(Housekeeping, R9CodesAndAnsweredChallengesGoWhenTheyWouldBeTooOld) {
  const auto account = world_.account();
  world_.database_server.sql("insert into postern.email_code values ('" + account.id.text() +
                             "', 2, 'hash', 1, 'alice@example.org', '2027-01-15 08:00',"
                             " '2027-01-15 08:05')");
  world_.database_server.sql(
      "insert into postern.used_challenge values ('one', '2027-01-15 08:05'),"
      " ('two', '2027-01-15 08:06')");
  world_.clock.advance(minutes(5) - seconds(1));
  EXPECT_EQ(sweep(world_.services).email_codes, 0);
  EXPECT_EQ(count("used_challenge"), "2");
  world_.clock.advance(seconds(1));
  const Sweep swept = sweep(world_.services);
  EXPECT_EQ(swept.email_codes, 1);
  EXPECT_EQ(swept.challenges, 1);
  EXPECT_EQ(count("email_code"), "0");
  EXPECT_EQ(count("used_challenge"), "1");
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
  add_old_attempts(2500);
  EXPECT_EQ(sweep(world_.services).sso_attempts, 2500);
}

TEST_F(Housekeeping, DoesNotWaitForRowsInUse) {
  add_old_attempts(3);
  constexpr Statement kHold{"hold_attempt", R"sql(
    select 1 from postern.sso_attempt where state_hash = int4send(2) for update)sql"};
  Database other({world_.database_server.url()});
  EXPECT_TRUE(other.transaction([&](Transaction& tx) -> Outcome {
    tx.run(kHold, {});
    EXPECT_EQ(sweep(world_.services).sso_attempts, 2);
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

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "domain/database.hpp"
#include "domain/migrations.hpp"
#include "tests/support/test_database.hpp"

namespace postern::domain {
namespace {

using ::testing::HasSubstr;

constexpr const char* kRole = "postern_app";

/// A database without a schema, dropped at the end.
class EmptyDatabase {
 public:
  EmptyDatabase()
      : name_("empty" + std::to_string(getpid())), url_(test::make_empty_database(name_)) {}
  ~EmptyDatabase() { test::drop_database(name_); }
  EmptyDatabase(const EmptyDatabase&) = delete;
  EmptyDatabase& operator=(const EmptyDatabase&) = delete;
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  std::string name_, url_;
};

std::string refusal(const std::string& url, const std::string& role = kRole) {
  try {
    (void)migrate(url, role);
  } catch (const DatabaseError& error) {
    return error.what();
  }
  return "migrated";
}

TEST(Migration, TakesAnEmptyDatabaseToTheNewestVersion) {
  const EmptyDatabase empty;
  Database owner({empty.url()});
  EXPECT_EQ(owner.schema_version(), 0);
  const MigrationReport report = migrate(empty.url(), kRole);
  EXPECT_EQ(report.from_version, 0);
  EXPECT_EQ(report.to_version, latest_schema_version());
  EXPECT_EQ(report.applied, static_cast<int>(embedded_migrations().size()));
  EXPECT_EQ(owner.schema_version(), latest_schema_version());
}

TEST(Migration, DoesNothingTheSecondTime) {
  const test::TestDatabase server;
  const MigrationReport report = migrate(server.owner_url(), kRole);
  EXPECT_EQ(report.applied, 0);
  EXPECT_EQ(report.from_version, latest_schema_version());
}

TEST(Migration, TwoAtOnceApplyEachOnce) {
  const EmptyDatabase empty;
  std::atomic<int> applied{0};
  std::vector<std::thread> runners;
  for (int i = 0; i < 4; ++i)
    runners.emplace_back([&] { applied += migrate(empty.url(), kRole).applied; });
  for (auto& runner : runners) runner.join();
  EXPECT_EQ(applied, static_cast<int>(embedded_migrations().size()));
}

TEST(Migration, RefusesADatabaseNewerThanTheProgram) {
  test::TestDatabase server;
  server.sql("insert into postern.schema_migration values (9999, 'future', 'x', '2030-01-01')");
  EXPECT_THAT(refusal(server.owner_url()), HasSubstr("newer"));
}

TEST(Migration, RefusesAMigrationThatChangedAfterItWasApplied) {
  test::TestDatabase server;
  server.sql("update postern.schema_migration set checksum = 'other' where version = 1");
  EXPECT_THAT(refusal(server.owner_url()), HasSubstr("is not the one that was applied"));
}

TEST(Migration, RefusesAGap) {
  if (embedded_migrations().size() > 1) {
    test::TestDatabase server;
    server.sql("delete from postern.schema_migration where version = 1");
    EXPECT_THAT(refusal(server.owner_url()), HasSubstr("left out"));
  }
}

TEST(Migration, LeavesNothingHalfDone) {
  const EmptyDatabase empty;
  {
    // Something of the first migration is already there: its statement fails half-way.
    Database owner({empty.url()});
    constexpr Statement kSchema{"make_schema", R"sql(create schema postern)sql"};
    constexpr Statement kClash{"make_clash", R"sql(create table postern.audit (x integer))sql"};
    owner.run(kSchema, {});
    owner.run(kClash, {});
    EXPECT_THAT(refusal(empty.url()), HasSubstr("42P07 in 001"));
    EXPECT_EQ(owner.schema_version(), 0);
    constexpr Statement kTables{"count_tables", R"sql(
      select count(*) from pg_tables where schemaname = 'postern')sql"};
    EXPECT_EQ(owner.run(kTables, {}).front().integer(0), 2) << "ours and the record";
  }
}

TEST(Migration, RefusesARuntimeRoleThatCouldChangeTheSchema) {
  const EmptyDatabase empty;
  EXPECT_THAT(refusal(empty.url(), "postern_owner"), HasSubstr("could change the schema"));
  EXPECT_THAT(refusal(empty.url(), "postgres"), HasSubstr("could change the schema"));
  EXPECT_THAT(refusal(empty.url(), "nobody_of_that_name"), HasSubstr("does not exist"));
  EXPECT_THAT(refusal(empty.url(), "x; drop schema postern cascade; --"),
              HasSubstr("does not exist"));
}

TEST(Migration, RefusesToWorkAsTheRuntimeRole) {
  const EmptyDatabase empty;
  const std::string url = empty.url();
  const std::size_t owner = url.find("postern_owner");
  EXPECT_EQ(refusal(std::string(url).replace(owner, 13, kRole)), "42501 in preparation");
}

TEST(Migration, AnAbsentServerIsUnavailable) {
  EXPECT_THROW((void)migrate("host=/nonexistent", kRole), DatabaseUnavailable);
}

TEST(RuntimeRole, CannotChangeTheSchemaNorRewriteTheAudit) {
  const test::TestDatabase server;
  Database database({server.url()});
  const std::vector<Statement> attempts{
      {"t1", "create table postern.mine (x integer)"},
      {"t2", "create table public.mine (x integer)"},
      {"t3", "create schema mine"},
      {"t4", "alter table postern.account add x integer"},
      {"t5", "drop table postern.audit"},
      {"t6", "truncate postern.audit"},
      {"t7", "create function postern.f() returns integer language sql as 'select 1'"},
      {"t8",
       "create or replace function postern.micros(t timestamptz) returns bigint language sql "
       "as 'select 1::bigint'"},
      {"t9", "update postern.audit set detail = ''"},
      {"t10", "insert into postern.schema_migration values (2, 'x', 'x', '2030-01-01')"},
      {"t11", "update postern.schema_migration set checksum = ''"},
      {"t12", "delete from postern.schema_migration"},
      {"t13",
       "create trigger t before insert on postern.account for each row execute function "
       "suppress_redundant_updates_trigger()"},
      {"t15", "alter table postern.account owner to postern_app"},
      {"t16", "create index on postern.account (role)"},
      {"t17", "comment on table postern.account is 'mine'"},
      {"t18", "set role postern_owner"}};
  for (const Statement& attempt : attempts) {
    try {
      database.run(attempt, {});
      ADD_FAILURE() << attempt.text;
    } catch (const DatabaseError& error) {
      EXPECT_THAT(error.what(), HasSubstr("42501")) << attempt.text;
    }
  }
}

TEST(RuntimeRole, OwnsNothing) {
  test::TestDatabase server;
  EXPECT_EQ(server.sql("select count(*) from pg_class c join pg_roles r on r.oid = c.relowner "
                       "where r.rolname = 'postern_app'"),
            "0");
  EXPECT_EQ(server.sql("select has_schema_privilege('postern_app', 'postern', 'create')"), "f");
}

TEST(RuntimeRole, LosesWhatItWasGivenBesides) {
  test::TestDatabase server;
  server.sql("grant all on postern.audit, postern.schema_migration to postern_app");
  server.sql("grant create on schema postern to postern_app");
  (void)migrate(server.owner_url(), kRole);
  EXPECT_EQ(server.sql("select has_table_privilege('postern_app', 'postern.audit', 'update, "
                       "truncate, trigger, references')"),
            "f");
  EXPECT_EQ(server.sql("select has_schema_privilege('postern_app', 'postern', 'create')"), "f");
}

TEST(Schema, EveryTableAndColumnSaysWhatItIs) {
  test::TestDatabase server;
  EXPECT_EQ(server.sql(R"(
    select string_agg(c.relname || coalesce('.' || a.attname, ''), ', ')
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'postern'
    left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r'
      and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null))"),
            "");
}

}  // namespace
}  // namespace postern::domain

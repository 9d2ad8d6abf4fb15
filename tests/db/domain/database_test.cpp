#include "domain/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_database.hpp"

namespace postern::domain {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr Statement kEcho{"echo", R"sql(select $1::text)sql"};
constexpr Statement kBackend{"backend", R"sql(select pg_backend_pid())sql"};
constexpr Statement kSleep{"sleep", R"sql(select pg_sleep(30))sql"};
constexpr Statement kShow{"show", R"sql(select current_setting($1))sql"};
constexpr Statement kAddRole{"add_role", R"sql(
  insert into postern.role (name, description) values ($1, ''))sql"};
constexpr Statement kHasRole{"has_role", R"sql(
  select exists (select from postern.role where name = $1))sql"};
constexpr Statement kConflict{"conflict", R"sql(select postern.conflict_until($1))sql"};

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const DatabaseUnavailable& error) {
    return std::string("unavailable: ") + error.what();
  } catch (const DatabaseError& error) {
    return std::string("error: ") + error.what();
  }
  return "fine";
}

class DatabaseTest : public ::testing::Test {
 protected:
  void terminate(std::int64_t pid) {
    constexpr Statement kTerminate{"terminate", R"sql(select pg_terminate_backend($1, 5000))sql"};
    Database admin({test::test_server_url("postgres", "postgres")});
    EXPECT_TRUE(admin.run(kTerminate, {pid}).front().boolean(0));
  }
  /// Ends our backend as an administrator or a restart would.
  void terminate_ours() { terminate(database_.run(kBackend, {}).front().integer(0)); }
  bool has_role(const char* name) { return database_.run(kHasRole, {name}).front().boolean(0); }

  /// postern.conflict_until(n) fails with a serialization failure until it is called the n-th time.
  void make_conflicts() {
    server_.sql("create sequence postern.calls");
    server_.sql(
        R"(create function postern.conflict_until(n integer) returns bigint language plpgsql as $$
      declare c bigint := nextval('postern.calls');
      begin
        if c < n then raise exception using errcode = '40001', message = 'hunter2'; end if;
        return c;
      end $$)");
    server_.sql("grant usage on sequence postern.calls to postern_app");
  }

  test::TestDatabase server_;
  Database database_{{server_.url()}};
};

TEST_F(DatabaseTest, AnswersRowsAndCounts) {
  EXPECT_EQ(database_.run(kEcho, {"Grüße '; --"}).front().text(0), "Grüße '; --");
  EXPECT_TRUE(database_.run(kEcho, {nullptr}).front().is_null(0));
  EXPECT_EQ(database_.run(kAddRole, {"one"}).affected, 1);
  EXPECT_EQ(database_.schema_version() > 0, true);
}

TEST_F(DatabaseTest, EveryTypeRoundTrips) {
  constexpr Statement kTypes{"types", R"sql(
    select $1::bytea, $2::text[], $3::uuid, postern.micros($4::timestamptz), $5::boolean,
           $6::bigint)sql"};
  const Bytes bytes{0x00, 0x5C, 0x27, 0xFF};
  const std::vector<std::string> texts{"", "a,b", "q\"u\\o'te", "NULL", "{}", "ü"};
  const Uuid uuid = *Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  const Instant instant = from_unix_seconds(1'800'000'000) + std::chrono::microseconds(123'457);
  const auto rows = database_.run(kTypes, {bytes, texts, uuid, instant, true, -5});
  const Row& row = rows.front();
  EXPECT_EQ(row.bytes(0), bytes);
  EXPECT_EQ(row.texts(1), texts);
  EXPECT_EQ(row.uuid(2), uuid);
  EXPECT_EQ(row.instant(3), instant);
  EXPECT_TRUE(row.boolean(4));
  EXPECT_EQ(row.integer(5), -5);
}

// A10.1
TEST_F(DatabaseTest, RefusesNulBeforeItIsSent) {
  EXPECT_THROW(database_.run(kEcho, {std::string("a\0b", 3)}), std::invalid_argument);
}

TEST_F(DatabaseTest, MalformedUtf8IsAnErrorWithoutTheText) {
  const auto message = message_of([&] { database_.run(kEcho, {"hunter2\xFF"}); });
  EXPECT_EQ(message, "error: 22021 in echo");
}

// A10.5: libpqxx's own text quotes the row.
TEST_F(DatabaseTest, ErrorsNameStateAndStatementNeverData) {
  database_.run(kAddRole, {"hunter2"});
  EXPECT_EQ(message_of([&] { database_.run(kAddRole, {"hunter2"}); }), "error: 23505 in add_role");
}

// libpqxx 6 has types for some errors, and no SQLSTATE in them.
TEST_F(DatabaseTest, ErrorsThatTheLibraryHasTypesForAreNamedToo) {
  constexpr Statement kSyntax{"syntax", R"sql(selekt 1)sql"};
  constexpr Statement kNoTable{"no_table", R"sql(select * from postern.none)sql"};
  constexpr Statement kForbidden{"forbidden", R"sql(drop table postern.account)sql"};
  EXPECT_THAT(message_of([&] { database_.run(kSyntax, {}); }), StartsWith("error: 42"));
  EXPECT_THAT(message_of([&] { database_.run(kNoTable, {}); }), StartsWith("error: 42"));
  EXPECT_EQ(message_of([&] { database_.run(kForbidden, {}); }), "error: 42501 in forbidden");
}

TEST_F(DatabaseTest, SettingsHoldFromTheFirstStatementAndAfterAReconnect) {
  for (int connection = 0; connection < 2; ++connection) {
    const auto show = [&](const char* name) {
      return database_.run(kShow, {name}).front().text(0);
    };
    EXPECT_EQ(show("statement_timeout"), "5s");
    EXPECT_EQ(show("lock_timeout"), "3s");
    EXPECT_EQ(show("idle_in_transaction_session_timeout"), "10s");
    EXPECT_EQ(show("TimeZone"), "UTC");
    EXPECT_EQ(show("client_encoding"), "UTF8");
    EXPECT_EQ(show("application_name"), "postern");
    EXPECT_EQ(show("search_path"), "pg_catalog");
    EXPECT_EQ(show("default_transaction_isolation"), "read committed");
    terminate_ours();
  }
}

TEST_F(DatabaseTest, AConnectionLostWhileIdleCostsNoRequest) {
  for (int round = 0; round < 3; ++round) {
    database_.run(kEcho, {"prepared"});
    terminate_ours();
    EXPECT_EQ(database_.run(kEcho, {"again"}).front().text(0), "again");
    terminate_ours();
    EXPECT_TRUE(database_.transaction([](Transaction& tx) -> Outcome {
      tx.run(kEcho, {"in a transaction"});
      return done;
    }));
  }
}

TEST_F(DatabaseTest, AConnectionLostWithinATransactionIsUnavailableOnce) {
  const auto message = message_of([&] {
    (void)database_.transaction([&](Transaction& tx) -> Outcome {
      tx.run(kAddRole, {"lost"});
      terminate(tx.run(kBackend, {}).front().integer(0));
      tx.run(kEcho, {"too late"});
      return done;
    });
  });
  EXPECT_THAT(message, StartsWith("unavailable: "));
  EXPECT_FALSE(has_role("lost"));
}

// A10.4
TEST_F(DatabaseTest, ACommitWithoutAnAnswerIsInDoubtAndNotRepeated) {
  std::int64_t pid = 0;
  int runs = 0;
  database_.set_fault_hook_for_test([&](std::string_view point) {
    if (point == "before_commit") terminate(pid);
  });
  const auto message = message_of([&] {
    (void)database_.transaction([&](Transaction& tx) -> Outcome {
      ++runs;
      pid = tx.run(kBackend, {}).front().integer(0);
      tx.run(kAddRole, {"doubt"});
      return done;
    });
  });
  EXPECT_THAT(message, StartsWith("unavailable: "));
  EXPECT_EQ(runs, 1);
  database_.set_fault_hook_for_test({});
  EXPECT_FALSE(has_role("doubt"));
}

TEST_F(DatabaseTest, AnAbsentServerIsUnavailable) {
  Database nowhere({"host=/nonexistent user=app password=hunter2 dbname=postern"});
  const auto message = message_of([&] { nowhere.run(kEcho, {"x"}); });
  EXPECT_THAT(message, StartsWith("unavailable: cannot connect: "));
  EXPECT_THAT(message, Not(HasSubstr("hunter2")));
  EXPECT_FALSE(nowhere.reachable());
  EXPECT_THAT(
      message_of([&] { (void)nowhere.transaction([](Transaction&) -> Outcome { return done; }); }),
      StartsWith("unavailable: "));
  EXPECT_TRUE(database_.reachable());
}

TEST_F(DatabaseTest, ASlowStatementIsCutOff) {
  Database hasty(
      {server_.url(), "postern", std::chrono::seconds(3), std::chrono::milliseconds(400)});
  EXPECT_EQ(message_of([&] { hasty.run(kSleep, {}); }), "unavailable: 57014 in sleep");
  EXPECT_TRUE(hasty.reachable());
}

TEST_F(DatabaseTest, AStandbyIsUnavailableNotADefect) {
  server_.sql(
      "do $$ begin execute format('alter database %I set default_transaction_read_only = on', "
      "current_database()); end $$");
  database_.close();
  EXPECT_EQ(message_of([&] { database_.run(kAddRole, {"x"}); }), "unavailable: 25006 in add_role");
}

TEST_F(DatabaseTest, AHeldLockIsUnavailable) {
  Database other({server_.url()});
  Database hasty(
      {server_.url(), "postern", std::chrono::seconds(3), std::chrono::milliseconds(80)});
  constexpr Statement kLock{"lock_role", R"sql(
    select 1 from postern.role where name = 'admin' for update)sql"};
  EXPECT_TRUE(other.transaction([&](Transaction& tx) -> Outcome {
    tx.run(kLock, {});
    EXPECT_THAT(message_of([&] { hasty.run(kLock, {}); }), StartsWith("unavailable: 5"));
    return done;
  }));
}

TEST_F(DatabaseTest, ValuesCommitAndRefusalsRollBack) {
  EXPECT_TRUE(database_.transaction([](Transaction& tx) -> Outcome {
    tx.run(kAddRole, {"kept"});
    return done;
  }));
  EXPECT_FALSE(database_.transaction([](Transaction& tx) -> Outcome {
    tx.run(kAddRole, {"refused"});
    return Errc::NotFound;
  }));
  EXPECT_TRUE(has_role("kept"));
  EXPECT_FALSE(has_role("refused"));
}

// A10.7: what R3 rests on.
TEST_F(DatabaseTest, R3ARefusalCanItselfBeKept) {
  const Outcome outcome = database_.transaction([](Transaction& tx) -> Outcome {
    tx.run(kAddRole, {"kept"});
    tx.commit_even_if_refused();
    return Errc::RefreshReused;
  });
  EXPECT_EQ(outcome.error().code, Errc::RefreshReused);
  EXPECT_TRUE(has_role("kept"));
}

TEST_F(DatabaseTest, ExceptionsRollBack) {
  EXPECT_THROW((void)database_.transaction([](Transaction& tx) -> Outcome {
    tx.run(kAddRole, {"thrown"});
    throw std::runtime_error("of the caller");
  }),
               std::runtime_error);
  EXPECT_FALSE(has_role("thrown"));
}

// PostgreSQL answers such a COMMIT with a silent rollback.
TEST_F(DatabaseTest, AFailedStatementCannotBeCommittedOver) {
  const auto message = message_of([&] {
    (void)database_.transaction([](Transaction& tx) -> Outcome {
      tx.run(kAddRole, {"first"});
      try {
        tx.run(kAddRole, {"first"});
      } catch (const DatabaseError&) {
      }
      return done;
    });
  });
  EXPECT_THAT(message, StartsWith("error: "));
  EXPECT_FALSE(has_role("first"));
}

TEST_F(DatabaseTest, StatementsBesideAnOpenTransactionAreADefect) {
  EXPECT_THAT(message_of([&] {
                (void)database_.transaction([&](Transaction&) -> Outcome {
                  database_.run(kEcho, {"x"});
                  return done;
                });
              }),
              StartsWith("error: echo"));
  EXPECT_TRUE(database_.reachable());
}

TEST_F(DatabaseTest, AConflictRunsTheWorkOnceMore) {
  make_conflicts();
  int runs = 0;
  EXPECT_TRUE(database_.transaction([&](Transaction& tx) -> Outcome {
    ++runs;
    tx.run(kAddRole, {"again"});
    tx.run(kConflict, {2});
    return done;
  }));
  EXPECT_EQ(runs, 2);
  EXPECT_TRUE(has_role("again"));
  EXPECT_EQ(database_.run(kConflict, {4}).front().integer(0), 4) << "a single statement too";
}

TEST_F(DatabaseTest, TwoConflictsInARowAreUnavailable) {
  make_conflicts();
  int runs = 0;
  EXPECT_EQ(message_of([&] {
              (void)database_.transaction([&](Transaction& tx) -> Outcome {
                ++runs;
                tx.run(kConflict, {100});
                return done;
              });
            }).substr(0, 14),
            "unavailable: 4");
  EXPECT_EQ(runs, 2);
}

// B6.3: a migration under live traffic changes what a prepared statement answers.
TEST_F(DatabaseTest, AStatementSurvivesAMigration) {
  constexpr Statement kAll{"all_of_it", R"sql(select * from postern.live)sql"};
  server_.sql("create table postern.live (a integer)");
  server_.sql("grant select on postern.live to postern_app");
  server_.sql("insert into postern.live values (1)");
  database_.run(kAll, {});
  server_.sql("alter table postern.live add b integer default 2");
  EXPECT_EQ(database_.run(kAll, {}).front().integer(1), 2);
  server_.sql("alter table postern.live add c integer default 3");
  EXPECT_TRUE(database_.transaction([&](Transaction& tx) -> Outcome {
    EXPECT_EQ(tx.run(kAll, {}).front().integer(2), 3);
    return done;
  }));
}

/// A call of it would cost more than the rest of a short statement.
TEST_F(DatabaseTest, TimesAreConvertedInline) {
  constexpr Statement kPlan{"plan_of_times",
                            "explain (verbose, costs off) select postern.micros(created_at) "
                            "from postern.account"};
  std::string plan;
  for (const Row& row : database_.run(kPlan, {})) plan += row.text(0);
  EXPECT_THAT(plan, testing::HasSubstr("EXTRACT"));
  EXPECT_THAT(plan, testing::Not(testing::HasSubstr("micros(")));
}

TEST_F(DatabaseTest, TheFaultHookSeesEveryPoint) {
  std::vector<std::string> points;
  database_.set_fault_hook_for_test([&](std::string_view point) { points.emplace_back(point); });
  (void)database_.transaction([](Transaction& tx) -> Outcome {
    tx.run(kEcho, {"x"});
    return done;
  });
  database_.run(kEcho, {"x"});
  EXPECT_EQ(points,
            (std::vector<std::string>{"begin", "echo", "before_commit", "after_commit", "echo"}));
}

TEST_F(DatabaseTest, AFaultAfterTheCommitLeavesItCommitted) {
  database_.set_fault_hook_for_test([](std::string_view point) {
    if (point == "after_commit") throw DatabaseUnavailable("injected");
  });
  EXPECT_THROW((void)database_.transaction([](Transaction& tx) -> Outcome {
    tx.run(kAddRole, {"committed"});
    return done;
  }),
               DatabaseUnavailable);
  database_.set_fault_hook_for_test({});
  EXPECT_TRUE(has_role("committed"));
}

}  // namespace
}  // namespace postern::domain

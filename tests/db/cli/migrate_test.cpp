#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <json/reader.h>
#include <unistd.h>

#include <sstream>

#include "domain/migrations.hpp"
#include "tests/support/installation.hpp"
#include "tests/support/test_database.hpp"

namespace postern::test {
namespace {

using ::testing::HasSubstr;

/// An empty database that goes with its test.
class EmptyDatabase {
 public:
  explicit EmptyDatabase(const std::string& name)
      : name_("m" + std::to_string(getpid()) + "_" + name),
        owner_url_(make_empty_database(name_)),
        here(test_server_url("postern_app", name_), owner_url_) {}
  ~EmptyDatabase() { drop_database(name_); }

 private:
  std::string name_, owner_url_;

 public:
  Installation here;
};

Json::Value json_of(const CommandResult& result) {
  Json::Value json;
  std::istringstream(result.out) >> json;
  return json;
}

TEST(MigrateCommand, BringsAnEmptyDatabaseToTheNewestVersionAndAgainChangesNothing) {
  const EmptyDatabase database("empty");
  const auto first = database.here.run({"migrate", "--json"});
  ASSERT_EQ(first.status, 0) << first.err;
  EXPECT_EQ(json_of(first)["from_version"].asInt(), 0);
  EXPECT_EQ(json_of(first)["to_version"].asInt(), domain::latest_schema_version());
  EXPECT_EQ(json_of(first)["runtime_role"].asString(), "postern_app");
  const auto second = database.here.run({"migrate"});
  EXPECT_EQ(second.status, 0);
  EXPECT_THAT(second.out, HasSubstr("already"));
}

TEST(MigrateCommand, TwoAtOnceBothSucceedAndApplyEachMigrationOnce) {
  const EmptyDatabase database("twice");
  const auto command = database.here.with_config({"migrate", "--json"});
  const auto results = run_postern_at_once({command, command});
  int applied = 0;
  for (const auto& result : results) {
    EXPECT_EQ(result.status, 0) << result.err;
    applied += json_of(result)["applied"].asInt();
  }
  EXPECT_EQ(applied, domain::latest_schema_version());
}

TEST(MigrateCommand, NeedsTheOwnersAddress) {
  const Installation here(test_server_url("postern_app", "postgres"));
  const auto result = here.run({"migrate"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("database.owner_url"));
}

TEST(MigrateCommand, RefusesARuntimeRoleThatOwnsTheSchema) {
  EmptyDatabase database("owner");
  const Installation here(test_server_url("postern_owner", "postgres"),
                          test_server_url("postern_owner", "postgres"));
  database.here.set("database.url", "\"" + test_server_url("postern_owner", "x") + "\"");
  const auto result = database.here.run({"migrate"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("could change the schema"));
}

}  // namespace
}  // namespace postern::test

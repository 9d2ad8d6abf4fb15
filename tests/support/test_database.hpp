#pragma once

#include <string>

namespace postern::test {

/// A migrated database of its own, dropped at the end. Needs the server of POSTERN_TEST_PG, which
/// CTest starts (`ctest`, not the program by hand, or tests/support/postgres start DIR before).
class TestDatabase {
 public:
  TestDatabase();
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }  ///< the workers' role
  [[nodiscard]] const std::string& owner_url() const { return owner_url_; }

  /// Runs SQL as the owner, for arranging and looking; answers the first column of the first row.
  std::string sql(const std::string& text);

 private:
  std::string name_, url_, owner_url_;
};

/// An empty database, without the schema; for tests of migrations.
std::string make_empty_database(const std::string& name);  ///< its owner's URL
void drop_database(const std::string& name);
std::string test_server_url(const std::string& user, const std::string& database);

}  // namespace postern::test

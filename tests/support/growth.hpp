#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/support/test_database.hpp"

namespace postern::test {

/// How much a database holds: rows to the row, and pages of the tables that refreshing updates.
struct Stored {
  std::string rows;
  int pages = 0;

  /// After a vacuum: what is left then stays.
  static Stored measure(TestDatabase& database) {
    database.sql("vacuum analyze postern.session, postern.oauth_grant");
    return {database.sql("select (select count(*) from postern.session) || ' sessions, ' ||"
                         " (select count(*) from postern.oauth_grant) || ' grants, ' ||"
                         " (select count(*) from postern.oauth_code) || ' codes, ' ||"
                         " (select count(*) from postern.audit) || ' audit'"),
            std::stoi(database.sql("select (pg_total_relation_size('postern.session')"
                                   " + pg_total_relation_size('postern.oauth_grant')) / 8192"))};
  }
};

/// The same rows, and no more pages than a moment's dead rows take: while another process looks at
/// a page (the checkpointer writes it), PostgreSQL does not clear it and the next row goes to a new
/// one. Rows that stay, or updates that touch an index, take dozens between two vacuums.
inline void expect_not_grown(const Stored& before, const Stored& after) {
  constexpr int kMomentaryPages = 16;
  EXPECT_EQ(after.rows, before.rows);
  EXPECT_LE(after.pages, before.pages + kMomentaryPages);
}

}  // namespace postern::test

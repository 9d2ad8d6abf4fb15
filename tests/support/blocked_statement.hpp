#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/support/test_database.hpp"

namespace postern::test {

/// Until a statement in this database waits for a lock: whoever holds that knows then how far the
/// other has come. Fails the test after half a minute.
inline void wait_for_blocked_statement(TestDatabase& database) {
  for (int i = 0; i < 3000; ++i) {
    if (database.sql("select count(*) from pg_locks l join pg_stat_activity a using (pid)"
                     " where not l.granted and a.datname = current_database()") != "0") {
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ADD_FAILURE() << "no statement waits";
}

}  // namespace postern::test

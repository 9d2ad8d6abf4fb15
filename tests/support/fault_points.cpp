#include "tests/support/fault_points.hpp"

#include <gtest/gtest.h>

namespace postern::test {

int fail_at_each_point(domain::Database& database, const std::function<bool()>& act,
                       const std::function<void(const std::string& at)>& check) {
  int n = 0;
  for (bool finished = false; !finished; ++n) {
    int point = 0;
    std::string at;
    database.set_fault_hook_for_test([&](std::string_view where) {
      if (point++ != n) return;
      at = where;
      throw domain::DatabaseUnavailable("injected");
    });
    try {
      finished = act() || at.empty();
    } catch (const domain::DatabaseUnavailable&) {
      EXPECT_FALSE(at.empty());
    }
    database.set_fault_hook_for_test({});
    check(at);
  }
  return n;
}

}  // namespace postern::test

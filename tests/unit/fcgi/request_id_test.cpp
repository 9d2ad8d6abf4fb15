#include "fcgi/request_id.hpp"

#include <gtest/gtest.h>

#include <set>

namespace postern::fcgi {
namespace {

TEST(RequestIds, AreThirtyTwoHexDigitsAndNeverRepeat) {
  RequestIds ids;
  RequestIds others;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    for (const std::string& id : {ids.next(), others.next()}) {
      EXPECT_EQ(id.size(), 32U);
      EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
      EXPECT_TRUE(seen.insert(id).second);
    }
  }
}

}  // namespace
}  // namespace postern::fcgi

#include "tests/support/golden.hpp"

#include <gtest/gtest.h>

namespace postern::test {
namespace {

TEST(Golden, AUserCodeIsChance) {
  EXPECT_EQ(without_chance(R"({"user_code":"WDJB-MJHT"})"), R"({"user_code":"<user-code>"})");
  EXPECT_EQ(without_chance("/oauth/device?user_code=WDJB-MJHT"),
            "/oauth/device?user_code=<user-code>");
  EXPECT_EQ(without_chance("then=device%3Fuser_code%3DWDJB-MJHT&x"),
            "then=device%3Fuser_code%3D<user-code>&x");
}

TEST(Golden, ThatMayAsWellStandWithinALongerCodeWhichIsNone) {
  for (const char* code : {"WRDS-ZZKS-I536", "I536-WRDS-ZZKS", "AWDJB-MJHT", "WDJB-MJHTA"}) {
    EXPECT_EQ(without_chance(code), code);
  }
}

}  // namespace
}  // namespace postern::test

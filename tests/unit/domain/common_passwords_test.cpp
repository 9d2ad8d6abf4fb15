#include "domain/common_passwords.hpp"

#include <gtest/gtest.h>

#include <string>

#include "domain/random.hpp"

namespace postern::domain {
namespace {

TEST(CommonPasswords, KnowsThoseOfEveryLengthThatASettingAllows) {
  for (const char* password :
       {"password", "12345678", "iloveyou", "football", "password123", "qwerty123456789",
        "123456789987654321", "12345678901234567890", "1qaz2wsx3edc4rfv", "momsanaladventure"}) {
    EXPECT_TRUE(is_common_password(password)) << password;
  }
}

TEST(CommonPasswords, TheCaseOfLettersMakesNoDifference) {
  EXPECT_TRUE(is_common_password("PassWord"));
  EXPECT_TRUE(is_common_password("QWERTY123456789"));
}

TEST(CommonPasswords, OthersAreNotOnTheList) {
  for (const char* password : {"", "correct horse battery", "securepassword123", "pass\0word",
                               "p\xc3\xa4ssw\xc3\xb6rter sind lang", "sw0rdfish of the seven seas"})
    EXPECT_FALSE(is_common_password(password)) << password;
  EXPECT_FALSE(is_common_password(std::string(4096, 'x')));
}

TEST(CommonPasswords, RandomOnesAreHardlyEverTakenForOne) {
  SodiumRandom random;
  int taken = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::array<std::uint8_t, 12> bytes{};
    random.fill(bytes);
    taken += is_common_password(std::string(bytes.begin(), bytes.end())) ? 1 : 0;
  }
  EXPECT_LE(taken, 2) << "one in eight million is meant";
}

}  // namespace
}  // namespace postern::domain

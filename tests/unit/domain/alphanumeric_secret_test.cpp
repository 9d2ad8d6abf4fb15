#include "domain/alphanumeric_secret.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace postern::domain {
namespace {

bool is_alphanumeric(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

TEST(AlphanumericSecret, R5Has256BitsInLettersAndDigits) {
  SodiumRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const Secret secret = alphanumeric_secret(random);
    EXPECT_EQ(secret.size(), kAlphanumericSecretLength);
    EXPECT_TRUE(is_alphanumeric(secret.reveal()));
    seen.emplace(secret.reveal());
  }
  EXPECT_EQ(seen.size(), 100U);
}

TEST(AlphanumericSecret, AHashMakesTheSameTextEachTimeAndEachItsOwn) {
  Digest least{};
  Digest most{};
  most.fill(0xFF);
  Digest next{};
  next.back() = 1;
  EXPECT_EQ(alphanumeric_secret(least).reveal(), std::string(43, '0'));
  EXPECT_EQ(alphanumeric_secret(next).reveal(), "1" + std::string(42, '0'));
  EXPECT_EQ(alphanumeric_secret(most).reveal(), alphanumeric_secret(most).reveal());
  EXPECT_TRUE(is_alphanumeric(alphanumeric_secret(most).reveal()));
  Digest almost = most;
  almost.back() = 0xFE;
  EXPECT_NE(alphanumeric_secret(most).reveal(), alphanumeric_secret(almost).reveal());
  EXPECT_EQ(alphanumeric_secret(most).size(), kAlphanumericSecretLength);
}

}  // namespace
}  // namespace postern::domain

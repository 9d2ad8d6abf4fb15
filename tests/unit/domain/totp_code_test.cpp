#include "domain/totp_code.hpp"

#include <gtest/gtest.h>

#include <string>

namespace postern::domain {
namespace {

const Secret kRfcSecret("12345678901234567890");

std::string code_at(long long unix_time) {
  return std::string(totp_code(kRfcSecret, totp_step(from_unix_seconds(unix_time))).reveal());
}

// RFC 6238 appendix B, SHA-1; its codes have eight digits, of which ours are the last six.
TEST(TotpCode, IsRfc6238s) {
  EXPECT_EQ(code_at(59), "287082");
  EXPECT_EQ(code_at(1111111109), "081804");
  EXPECT_EQ(code_at(1111111111), "050471");
  EXPECT_EQ(code_at(1234567890), "005924");
  EXPECT_EQ(code_at(2000000000), "279037");
  EXPECT_EQ(code_at(20000000000), "353130");
}

// RFC 4226 appendix D: the first counters.
TEST(TotpCode, IsRfc4226sOverTheStep) {
  EXPECT_EQ(totp_code(kRfcSecret, 0).reveal(), "755224");
  EXPECT_EQ(totp_code(kRfcSecret, 1).reveal(), "287082");
  EXPECT_EQ(totp_code(kRfcSecret, 9).reveal(), "520489");
}

TEST(TotpCode, AStepIsThirtySeconds) {
  EXPECT_EQ(totp_step(from_unix_seconds(29)), 0);
  EXPECT_EQ(totp_step(from_unix_seconds(30)), 1);
  EXPECT_EQ(totp_step(from_unix_seconds(59) + std::chrono::microseconds(999'999)), 1);
}

TEST(TotpCode, TheSecretIsToldInBase32WithoutPadding) {
  EXPECT_EQ(base32_encode(kRfcSecret).reveal(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(base32_encode(Secret("f")).reveal(), "MY") << "RFC 4648 section 10: MY======";
}

TEST(TotpCode, ACodeIsFoundWithinTheDriftAndAfterTheLastTakenAlone) {
  const Secret code = totp_code(kRfcSecret, 100);
  const auto found = [&](TotpWindow window) {
    return matching_totp_step(kRfcSecret, code, window).value_or(-1);
  };
  EXPECT_EQ(found({.present = 100, .drift = 0, .after = 0}), 100);
  EXPECT_EQ(found({.present = 101, .drift = 0, .after = 0}), -1);
  EXPECT_EQ(found({.present = 101, .drift = 1, .after = 0}), 100);
  EXPECT_EQ(found({.present = 99, .drift = 1, .after = 0}), 100);
  EXPECT_EQ(found({.present = 102, .drift = 1, .after = 0}), -1);
  EXPECT_EQ(found({.present = 98, .drift = 1, .after = 0}), -1);
  EXPECT_EQ(found({.present = 98, .drift = 2, .after = 0}), 100);
  EXPECT_EQ(found({.present = 100, .drift = 1, .after = 99}), 100);
  EXPECT_EQ(found({.present = 100, .drift = 1, .after = 100}), -1);
}

TEST(TotpCode, NothingButTheSixDigitsIsTheCode) {
  const std::string code(totp_code(kRfcSecret, 100).reveal());
  for (const std::string& typed :
       {std::string(), code.substr(1), "0" + code, code + "0", " " + code, code + " ", code + "\n",
        code.substr(0, 3) + " " + code.substr(3), std::string(6, '\0'), std::string(10'000, '0')}) {
    EXPECT_FALSE(
        matching_totp_step(kRfcSecret, Secret(typed), {.present = 100, .drift = 0, .after = 0}))
        << typed;
  }
}

}  // namespace
}  // namespace postern::domain

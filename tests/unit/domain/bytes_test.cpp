#include "domain/bytes.hpp"

#include <gtest/gtest.h>

namespace postern::domain {
namespace {

std::string decoded(std::string_view text) {
  const auto bytes = base64url_decode(text);
  return bytes ? std::string(bytes->begin(), bytes->end()) : "refused";
}

TEST(Base64url, MatchesTheVectorsOfRfc4648) {
  EXPECT_EQ(base64url_encode(as_bytes("")), "");
  EXPECT_EQ(base64url_encode(as_bytes("f")), "Zg");
  EXPECT_EQ(base64url_encode(as_bytes("fo")), "Zm8");
  EXPECT_EQ(base64url_encode(as_bytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(base64url_encode(Bytes{0xFB, 0xFF, 0xBF}), "-_-_");
  EXPECT_EQ(decoded("Zm9vYg"), "foob");
  EXPECT_EQ(decoded(""), "");
}

TEST(Base64url, RefusesPaddingForeignCharactersAndSecondSpellings) {
  for (const char* text :
       {"Zg==", "Zm9v=", "Zm9v\n", " Zg", "Zm+v", "Zm/v", "Z", "Zm9vY", "Zh", "Zm9", "Zm9vYh"})
    EXPECT_FALSE(base64url_decode(text)) << text;
  EXPECT_FALSE(base64url_decode(std::string_view("Zg\0", 3)));
}

TEST(Base64url, EveryByteStringHasExactlyOneSpelling) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int accepted = 0;
  for (const char a : alphabet) {
    for (const char b : alphabet) {
      const std::string text{a, b};
      const auto bytes = base64url_decode(text);
      if (!bytes) continue;
      ++accepted;
      EXPECT_EQ(base64url_encode(*bytes), text);
    }
  }
  EXPECT_EQ(accepted, 256);
}

TEST(Hex, WritesLowerCaseAndReadsEither) {
  EXPECT_EQ(hex_encode(Bytes{0x00, 0xAB, 0xFF}), "00abff");
  EXPECT_EQ(hex_decode("00aBfF"), (Bytes{0x00, 0xAB, 0xFF}));
  for (const char* text : {"0", "0g", "0x", " 0", "abc"}) EXPECT_FALSE(hex_decode(text)) << text;
}

// 0xCBF43926 is the check value of CRC-32 (IEEE). The digits were computed with another
// implementation, Python's zlib.
TEST(Checksum, IsCrc32InSixBase62Digits) {
  EXPECT_EQ(checksum6("123456789"), "3jZRME");
  EXPECT_EQ(checksum6("pst_"), "39ck5m");
  EXPECT_EQ(checksum6(""), "000000");
}

TEST(Checksum, NoticesEverySingleCharacterChange) {
  const std::string good = "pst_0123456789ab_abcdefghij";
  const std::string sum = checksum6(good);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'x' ? 'y' : 'x';
    EXPECT_NE(checksum6(bad), sum) << i;
  }
}

}  // namespace
}  // namespace postern::domain

#include "domain/cbor.hpp"

#include <gtest/gtest.h>

namespace postern::domain {
namespace {

Bytes hex(std::string_view text) {
  return hex_decode(text).value();
}

/// 0 for none: no item has that size.
std::size_t size_of(std::string_view text) {
  const Bytes data = hex(text);
  return cbor_item_size(data).value_or(0);
}

TEST(Cbor, ItemsHaveTheSizesThatRfc8949AppendixAGives) {
  EXPECT_EQ(size_of("00"), 1U);
  EXPECT_EQ(size_of("1818"), 2U);
  EXPECT_EQ(size_of("1903e8"), 3U);
  EXPECT_EQ(size_of("1a000f4240"), 5U);
  EXPECT_EQ(size_of("1b000000e8d4a51000"), 9U);
  EXPECT_EQ(size_of("3863"), 2U);
  EXPECT_EQ(size_of("f97c00"), 3U);
  EXPECT_EQ(size_of("f6"), 1U);
  EXPECT_EQ(size_of("c074323031332d30332d32315432303a30343a30305a"), 22U);
  EXPECT_EQ(size_of("4401020304"), 5U);
  EXPECT_EQ(size_of("6449455446"), 5U);
  EXPECT_EQ(size_of("8301820203820405"), 8U);
  EXPECT_EQ(size_of("a26161016162820203"), 9U);
}

TEST(Cbor, WhatStandsBehindAnItemIsNotItsOwn) {
  EXPECT_EQ(size_of("00ff"), 1U);
  EXPECT_EQ(size_of("4101ffff"), 2U);
}

TEST(Cbor, AnItemThatIsNotWhollyThereIsNone) {
  for (const char* whole : {"1b000000e8d4a51000", "4401020304", "6449455446", "8301820203820405",
                            "a26161016162820203", "c100"}) {
    const Bytes data = hex(whole);
    for (std::size_t length = 0; length < data.size(); ++length) {
      EXPECT_FALSE(cbor_item_size(ByteView(data).first(length))) << whole << " " << length;
    }
  }
}

TEST(Cbor, WhatClaimsToHoldMoreThanThereIsIsNone) {
  EXPECT_EQ(size_of("5bffffffffffffffff"), 0U);
  EXPECT_EQ(size_of("7bffffffffffffffff00"), 0U);
  EXPECT_EQ(size_of("9bffffffffffffffff00"), 0U);
  EXPECT_EQ(size_of("bbffffffffffffffff00"), 0U);
  EXPECT_EQ(size_of("bb800000000000000100"), 0U);  // twice that is 2
  EXPECT_EQ(size_of("9a0fffffff00"), 0U);
}

TEST(Cbor, IndefiniteLengthsAndReservedOnesAreNone) {
  for (const char* text : {"5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "bfff", "ff",
                           "1c", "1d", "1e"}) {
    EXPECT_EQ(size_of(text), 0U) << text;
  }
}

TEST(Cbor, FourLevelsAreReadAndNoMore) {
  EXPECT_EQ(size_of("8181818100"), 5U);
  EXPECT_EQ(size_of("818181818100"), 0U);
  EXPECT_EQ(size_of("c1c1c1c100"), 5U);
  EXPECT_EQ(size_of("c1c1c1c1c100"), 0U);
  const Bytes map = hex("a1616181818100");
  const Bytes deeper = hex("a161618181818100");
  EXPECT_TRUE(cbor_text_map(map));
  EXPECT_FALSE(cbor_text_map(deeper)) << "a map is a level as well";
  const Bytes deep(100'000, 0x81);
  EXPECT_FALSE(cbor_item_size(deep));
}

TEST(Cbor, AMapOfTextsIsReadByName) {
  const Bytes data = hex("a2616101616244deadbeef");
  const auto found = cbor_text_map(data);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), 2U);
  EXPECT_EQ(hex_encode(found->at("a")), "01");
  EXPECT_EQ(hex_encode(cbor_bytes(found->at("b")).value()), "deadbeef");
  EXPECT_FALSE(cbor_bytes(found->at("a")));
  EXPECT_FALSE(cbor_text(found->at("b")));
}

TEST(Cbor, AMapThatSaysAKeyTwiceOrHasOtherKeysOrMoreBehindItIsNone) {
  for (const char* text : {"a2616101616102", "a10102", "a161610100", "a26161016162", "80", "", "a1",
                           "bbffffffffffffffff"}) {
    const Bytes data = hex(text);
    EXPECT_FALSE(cbor_text_map(data)) << text;
  }
  EXPECT_TRUE(cbor_text_map(hex("a0")));
}

TEST(Cbor, AStringIsAllThatItIs) {
  EXPECT_EQ(cbor_text(hex("6449455446")), "IETF");
  EXPECT_FALSE(cbor_text(hex("644945544600")));
  EXPECT_FALSE(cbor_text(hex("64494554")));
  EXPECT_FALSE(cbor_text(hex("4449455446")));
}

}  // namespace
}  // namespace postern::domain

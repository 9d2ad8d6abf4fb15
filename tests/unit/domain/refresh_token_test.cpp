#include "domain/refresh_token.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "domain/api_key.hpp"

namespace postern::domain {
namespace {

// 32 bytes 0, 1, … 31 and 32 bytes of 0xff.
constexpr const char* kFirstLine =
    "postern-master-1:1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n";
constexpr const char* kSecondLine =
    "postern-master-1:2://////////////////////////////////////////8\n";

KeyRing ring_of(std::string text) {
  for (auto& c : text) c = c == '/' ? '_' : c;
  return KeyRing::parse(text).value();
}

KeyRing one_key() {
  return ring_of(kFirstLine);
}

RefreshToken sample() {
  return {*SessionId::parse("0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"), 0x0102030405060708, 1};
}

std::string good_text() {
  return std::string(encode_refresh_token(one_key(), sample()).reveal());
}

bool refused(const std::string& text) {
  return !decode_refresh_token(one_key(), text).ok();
}

/// What an attacker can always do: make the checksum right again.
std::string with_checksum(const std::string& text) {
  const auto body = text.substr(0, text.size() - 6);
  return body + checksum6(body);
}

TEST(RefreshTokenText, HasItsLayout) {
  const auto text = good_text();
  ASSERT_EQ(text.size(), kRefreshTokenLength);
  EXPECT_TRUE(text.starts_with("prt_"));
  EXPECT_EQ(text.substr(60), checksum6(text.substr(0, 60)));
  const auto bytes = base64url_decode(text.substr(4, 56));
  ASSERT_TRUE(bytes);
  EXPECT_EQ(hex_encode(ByteView(*bytes).first(26)),
            "01"
            "01"
            "0190a1b2c3d47e5f8a6b7c8d9e0f1a2b"
            "0102030405060708");
}

TEST(RefreshTokenText, MacIsOneOverTheBytesBeforeItCutTo128Bits) {
  const auto bytes = base64url_decode(good_text().substr(4, 56));
  ASSERT_TRUE(bytes);
  const auto mac = one_key().mac(KeyPurpose::RefreshMac, 1, ByteView(*bytes).first(26));
  EXPECT_EQ(hex_encode(ByteView(*bytes).subspan(26)), hex_encode(ByteView(mac).first(16)));
}

TEST(RefreshTokenText, R2EqualInputsGiveEqualTokens) {
  EXPECT_EQ(good_text(), good_text());
}

TEST(RefreshTokenText, ComesBackAsItWent) {
  const auto ring = one_key();
  for (const std::uint64_t counter :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{255}, std::uint64_t{1} << 40U,
        std::uint64_t{std::numeric_limits<std::int64_t>::max()}}) {
    auto token = sample();
    token.counter = counter;
    const auto decoded = decode_refresh_token(ring, encode_refresh_token(ring, token).reveal());
    ASSERT_TRUE(decoded.ok()) << counter;
    EXPECT_EQ(decoded->session, token.session);
    EXPECT_EQ(decoded->counter, counter);
    EXPECT_EQ(decoded->key_id, 1);
  }
}

TEST(RefreshTokenText, CountersBeyondTheDatabasesAreRefused) {
  auto token = sample();
  token.counter = std::uint64_t{1} << 63U;
  EXPECT_TRUE(refused(std::string(encode_refresh_token(one_key(), token).reveal())));
}

TEST(RefreshTokenText, DifferentSessionsAndCountersGiveDifferentTokens) {
  std::set<std::string> seen;
  auto token = sample();
  for (token.counter = 0; token.counter < 500; ++token.counter) {
    for (const std::uint8_t last : {std::uint8_t{0}, std::uint8_t{1}}) {
      token.session.uuid.bytes[15] = last;
      seen.emplace(encode_refresh_token(one_key(), token).reveal());
    }
  }
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(RefreshTokenText, CVE202627840EveryProperPrefixIsRefused) {
  const auto text = good_text();
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_TRUE(refused(text.substr(0, length))) << length;
  }
}

TEST(RefreshTokenText, CVE202627840EveryExtensionByOneByteIsRefused) {
  const auto text = good_text();
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_TRUE(refused(text + static_cast<char>(byte))) << byte;
    EXPECT_TRUE(refused(static_cast<char>(byte) + text)) << byte;
  }
}

TEST(RefreshTokenText, CVE202627840EveryBitFlipIsRefused) {
  const auto text = good_text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = text;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      EXPECT_TRUE(refused(changed)) << i << ' ' << bit;
      EXPECT_TRUE(i >= 60 || refused(with_checksum(changed))) << i << ' ' << bit << " repaired";
    }
  }
}

TEST(RefreshTokenText, EveryBitOfTheDecodedBytesCounts) {
  const auto text = good_text();
  const auto bytes = *base64url_decode(text.substr(4, 56));
  for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
    auto changed = bytes;
    changed[i / 8] = static_cast<std::uint8_t>(changed[i / 8] ^ (1U << (i % 8)));
    EXPECT_TRUE(refused(with_checksum("prt_" + base64url_encode(changed) + "000000"))) << i;
  }
}

TEST(RefreshTokenText, AnotherRingRefusesIt) {
  auto line = std::string(kFirstLine);
  line[20] = 'B';
  EXPECT_FALSE(decode_refresh_token(ring_of(line), good_text()).ok());
}

TEST(RefreshTokenText, AnotherKeyIdIsAnotherToken) {
  const auto ring = ring_of(std::string(kFirstLine) + kSecondLine);
  auto token = sample();
  token.key_id = 2;
  const auto text = encode_refresh_token(ring, token);
  EXPECT_NE(text.reveal(), good_text());
  EXPECT_TRUE(decode_refresh_token(ring, text.reveal()).ok());
  EXPECT_FALSE(decode_refresh_token(one_key(), text.reveal()).ok());
}

TEST(RefreshTokenText, AnOlderKeyOfTheRingStillHolds) {
  const auto rotated = ring_of(std::string(kSecondLine) + kFirstLine);
  EXPECT_EQ(rotated.current_id(), 2);
  EXPECT_TRUE(decode_refresh_token(rotated, good_text()).ok());
}

TEST(RefreshTokenText, R10WhatIsPlainlyAnotherKindIsSaidToBe) {
  const auto kind_of = [](std::string_view text) {
    return decode_refresh_token(one_key(), text).error().code;
  };
  const auto key = make_key_text("pst_", "0123456789ab", Secret(std::string(32, 'x')));
  EXPECT_EQ(kind_of(key.reveal()), Errc::TokenWrongKind);
  EXPECT_EQ(kind_of("eyJhbGciOiJFUzI1NiJ9.e30.AAAA"), Errc::TokenWrongKind);
  EXPECT_EQ(kind_of("eyJhbGciOiJFUzI1NiJ9.e30"), Errc::RefreshInvalid);
  EXPECT_EQ(kind_of(""), Errc::RefreshInvalid);
  EXPECT_EQ(kind_of("   "), Errc::RefreshInvalid);
  EXPECT_EQ(kind_of(std::string(66, '\0')), Errc::RefreshInvalid);
  EXPECT_EQ(kind_of(std::string(1 << 20, 'A')), Errc::RefreshInvalid);
}

}  // namespace
}  // namespace postern::domain

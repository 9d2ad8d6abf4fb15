#include "domain/bot_token_text.hpp"

#include <gtest/gtest.h>

#include "domain/bot_token.hpp"

namespace postern::domain {
namespace {

constexpr const char* kClaims =
    R"({"fresh":false,"jti":"0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2c","type":"access",)"
    R"("sub":"0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"})";

KeyRing ring_of(std::initializer_list<std::uint8_t> ids) {
  SodiumRandom random;
  std::string text;
  for (const auto id : ids) text += KeyRing::make_line(id, random) + "\n";
  return KeyRing::parse(text).value();
}

std::string segment(std::string_view text) {
  return base64url_encode(as_bytes(text));
}

bool reads(const KeyRing& ring, std::string_view text) {
  const auto claims = read_bot_token(ring, text);
  if (!claims) {
    EXPECT_EQ(claims.error().code, Errc::TokenInvalid);
  }
  return claims.ok();
}

class BotTokenText : public testing::Test {
 protected:
  KeyRing ring = ring_of({7});
  std::string token = std::string(sign_bot_token(ring, kClaims).reveal());

  std::string part(int number) const {
    std::size_t begin = 0;
    for (int i = 0; i < number; ++i) begin = token.find('.', begin) + 1;
    return token.substr(begin, token.find('.', begin) - begin);
  }
};

TEST_F(BotTokenText, IsAJwtWithThatHeaderToTheByte) {
  EXPECT_EQ(part(0), segment(R"({"alg":"HS256","typ":"JWT"})"));
  EXPECT_EQ(part(1), segment(kClaims));
  EXPECT_TRUE(looks_like_bot_token(token));
  const auto claims = read_bot_token(ring, token);
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->key.text(), "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2c");
  EXPECT_EQ(claims->account.text(), "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b");
}

TEST_F(BotTokenText, EveryKeyOfTheRingVerifiesAndNoOtherRing) {
  SodiumRandom random;
  const auto older = KeyRing::make_line(1, random);
  const auto newer = KeyRing::make_line(2, random);
  const auto before = KeyRing::parse(older).value();
  const auto after = KeyRing::parse(newer + "\n" + older).value();
  const auto issued = sign_bot_token(before, kClaims);
  EXPECT_TRUE(reads(after, issued.reveal())) << "a new master key ends no token";
  EXPECT_FALSE(reads(KeyRing::parse(newer).value(), issued.reveal()));
  EXPECT_FALSE(reads(ring, issued.reveal())) << "of another installation";
}

TEST_F(BotTokenText, CVE202627840EveryPrefixExtensionAndBitFlipIsRefused) {
  for (std::size_t length = 0; length < token.size(); ++length) {
    EXPECT_FALSE(reads(ring, token.substr(0, length))) << length;
  }
  for (const std::string& more :
       {token + "A", token + "=", token + ".", token + " ", " " + token}) {
    EXPECT_FALSE(reads(ring, more)) << more;
  }
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto bent = token;
    bent[i] = bent[i] == 'A' ? 'B' : 'A';
    if (bent == token) continue;
    EXPECT_FALSE(reads(ring, bent)) << i;
  }
}

TEST_F(BotTokenText, CVE202454150AlgorithmsOfTheTokensChoiceAreRefused) {
  for (const char* header : {R"({"alg":"none","typ":"JWT"})", R"({"alg":"ES256","typ":"JWT"})",
                             R"({"alg":"HS384","typ":"JWT"})", R"({"typ":"JWT","alg":"HS256"})",
                             R"({"alg":"HS256","typ":"JWT","kid":"1"})", R"({"alg":"HS256"})"}) {
    EXPECT_FALSE(looks_like_bot_token(segment(header) + '.')) << header;
    EXPECT_FALSE(reads(ring, segment(header) + '.' + part(1) + '.' + part(2))) << header;
    EXPECT_FALSE(reads(ring, segment(header) + '.' + part(1) + '.')) << header;
  }
  EXPECT_FALSE(reads(ring, part(0) + '.' + part(1) + '.')) << "no signature";
}

TEST_F(BotTokenText, ClaimsOfAnothersAreNotTakenUnderItsSignature) {
  std::string other(kClaims);
  other.back() = ' ';
  EXPECT_FALSE(reads(ring, part(0) + '.' + segment(other) + '.' + part(2)));
  other = kClaims;
  other.replace(other.find("1a2b"), 4, "1a2d");
  EXPECT_FALSE(reads(ring, part(0) + '.' + segment(other) + '.' + part(2)));
}

TEST_F(BotTokenText, SignedNonsenseIsNoToken) {
  for (const char* claims : {"", "[]", "{}", R"({"jti":"x","type":"access","sub":"y"})",
                             R"({"jti":"0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2c","type":"access"})",
                             R"({"jti":"0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2c","type":"refresh",)"
                             R"("sub":"0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"})"}) {
    EXPECT_FALSE(reads(ring, sign_bot_token(ring, claims).reveal())) << claims;
  }
  EXPECT_FALSE(reads(ring, sign_bot_token(ring, std::string(2000, '{')).reveal()));
}

TEST_F(BotTokenText, WhatIsStoredDependsOnAllOfIt) {
  const auto hash = hash_bot_token(ring, 7, token);
  EXPECT_EQ(hash, hash_bot_token(ring, 7, token));
  auto other = token;
  other.back() = other.back() == 'A' ? 'B' : 'A';
  EXPECT_NE(hash, hash_bot_token(ring, 7, other));
}

}  // namespace
}  // namespace postern::domain

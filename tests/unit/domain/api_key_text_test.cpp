#include <gtest/gtest.h>

#include "domain/api_key.hpp"
#include "domain/bytes.hpp"

namespace postern::domain {
namespace {

constexpr const char* kLookup = "0aZ9bY8cX7dW";
const std::string kSecretPart = "abcdefghijklmnopqrstuvwxyzABCDEF";

std::string text_with(std::string_view prefix) {
  return std::string(make_key_text(prefix, kLookup, Secret(kSecretPart)).reveal());
}

TEST(ApiKeyText, HasItsLayout) {
  const auto text = text_with("pst_");
  EXPECT_EQ(text.substr(0, 49), "pst_0aZ9bY8cX7dW_abcdefghijklmnopqrstuvwxyzABCDEF");
  EXPECT_EQ(text.substr(49), checksum6(text.substr(0, 49)));
}

TEST(ApiKeyText, ComesBackAsItWent) {
  for (const std::string prefix : {"", "_", "pst_", "a_b_", "0123456789abcde_"}) {
    const auto text = text_with(prefix);
    const auto parsed = parse_key_text(text);
    ASSERT_TRUE(parsed) << prefix;
    EXPECT_EQ(parsed->lookup_id, kLookup);
    EXPECT_EQ(parsed->secret, kSecretPart);
  }
}

TEST(ApiKeyText, PrefixesOfAnotherFormAreRefused) {
  for (const std::string prefix : {"pst", "PST_", "p-t_", "pst_x", "0123456789abcdef_", " _"}) {
    EXPECT_FALSE(parse_key_text(text_with(prefix))) << prefix;
  }
}

TEST(ApiKeyText, CVE202627840EveryPrefixExtensionAndBitFlipIsRefused) {
  const auto text = text_with("pst_");
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(parse_key_text(text.substr(0, length))) << length;
  }
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_FALSE(parse_key_text(text + static_cast<char>(byte))) << byte;
    EXPECT_FALSE(parse_key_text(static_cast<char>(byte) + text)) << byte;
  }
  for (std::size_t i = 0; i < text.size() * 8; ++i) {
    auto changed = text;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(parse_key_text(changed)) << i;
  }
}

TEST(ApiKeyText, ForeignCharactersAreRefusedWhateverTheChecksumSays) {
  for (const char foreign : {'-', '_', '.', ' ', '\0', '\n', '\xc3'}) {
    auto lookup = std::string(kLookup);
    lookup[3] = foreign;
    EXPECT_FALSE(parse_key_text(make_key_text("pst_", lookup, Secret(kSecretPart)).reveal()));
    auto secret = kSecretPart;
    secret[3] = foreign;
    EXPECT_FALSE(parse_key_text(make_key_text("pst_", kLookup, Secret(secret)).reveal()));
  }
}

TEST(ApiKeyText, CVE202445160EmptyAndBlankAreRefused) {
  EXPECT_FALSE(parse_key_text(""));
  EXPECT_FALSE(parse_key_text(std::string(55, ' ')));
  EXPECT_FALSE(parse_key_text(std::string(55, '\0')));
  EXPECT_FALSE(parse_key_text(make_key_text("pst_", "", Secret()).reveal()));
  EXPECT_FALSE(parse_key_text(std::string(1 << 20, '0')));
}

TEST(ApiKeyStatus, FollowsTheClock) {
  const auto now = from_unix_seconds(1'800'000'000);
  ApiKey key;
  EXPECT_EQ(key.status(now), KeyStatus::Active);
  key.expires_at = now + std::chrono::microseconds(1);
  EXPECT_EQ(key.status(now), KeyStatus::Active);
  key.expires_at = now;
  EXPECT_EQ(key.status(now), KeyStatus::Expired);
  key.revoked_at = now;
  EXPECT_EQ(key.status(now), KeyStatus::Revoked);
}

}  // namespace
}  // namespace postern::domain

#include "domain/webauthn_authenticator_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "domain/webauthn_key.hpp"
#include "tests/support/security_key.hpp"

namespace postern::domain {
namespace {

using test::SecurityKey;

constexpr std::size_t kFlags = 32;

Bytes joined(Bytes data, const Bytes& more) {
  data.insert(data.end(), more.begin(), more.end());
  return data;
}

class AuthenticatorDataTest : public testing::Test {
 protected:
  AuthenticatorDataTest() { key.sign_count = 0x01020304; }

  SecurityKey key;
};

TEST_F(AuthenticatorDataTest, ARegistrationTellsCredentialCounterAndPresence) {
  const Bytes data = key.authenticator_data("site.example", true);
  const auto said = read_registration_data(data);
  ASSERT_TRUE(said);
  EXPECT_TRUE(std::ranges::equal(said->credential_id, key.id));
  EXPECT_EQ(said->sign_count, 0x01020304U);
  EXPECT_TRUE(said->user_present);
  EXPECT_EQ(said->rp_id_hash.size(), 32U);
  EXPECT_FALSE(read_assertion_data(data));
}

TEST_F(AuthenticatorDataTest, AnAssertionHasNoCredentialInIt) {
  key.user_present = false;
  const Bytes data = key.authenticator_data("site.example", false);
  const auto said = read_assertion_data(data);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->sign_count, 0x01020304U);
  EXPECT_FALSE(said->user_present);
  EXPECT_FALSE(read_registration_data(data));
}

TEST_F(AuthenticatorDataTest, EveryTruncationOfEitherIsRefused) {
  for (const auto kind :
       {SecurityKey::Kind::Es256, SecurityKey::Kind::EdDsa, SecurityKey::Kind::Rs256}) {
    const SecurityKey any(kind);
    const Bytes data = any.authenticator_data("site.example", true);
    for (std::size_t length = 0; length < data.size(); ++length) {
      EXPECT_FALSE(read_registration_data(ByteView(data).first(length))) << length;
    }
    const Bytes proof = any.authenticator_data("site.example", false);
    for (std::size_t length = 0; length < proof.size(); ++length) {
      EXPECT_FALSE(read_assertion_data(ByteView(proof).first(length))) << length;
    }
  }
}

TEST_F(AuthenticatorDataTest, ExtensionsAreOneItemAndNothingStandsBehindThem) {
  const Bytes empty_map{0xa0};
  for (const bool registers : {true, false}) {
    const auto read = [&](const Bytes& data) {
      return registers ? read_registration_data(data) : read_assertion_data(data);
    };
    Bytes data = key.authenticator_data("site.example", registers);
    EXPECT_FALSE(read(joined(data, empty_map)));
    data[kFlags] |= 0x80;
    EXPECT_FALSE(read(data));
    EXPECT_TRUE(read(joined(data, empty_map)));
    EXPECT_FALSE(read(joined(data, {0xa0, 0x00})));
    EXPECT_FALSE(read(joined(data, {0xbf, 0xff})));
  }
}

TEST_F(AuthenticatorDataTest, ACredentialIdHasOneTo1023Bytes) {
  key.id.assign(1023, 7);
  EXPECT_TRUE(read_registration_data(key.authenticator_data("site.example", true)));
  key.id.assign(1024, 7);
  EXPECT_FALSE(read_registration_data(key.authenticator_data("site.example", true)));
  key.id.clear();
  EXPECT_FALSE(read_registration_data(key.authenticator_data("site.example", true)));
}

TEST_F(AuthenticatorDataTest, MoreThan4096BytesAreNotLookedAt) {
  Bytes data = key.authenticator_data("site.example", false);
  data[kFlags] |= 0x80;
  const auto with_extensions = [&](std::uint16_t length) {
    Bytes item{0x59, static_cast<std::uint8_t>(length >> 8),
               static_cast<std::uint8_t>(length & 0xff)};
    item.resize(item.size() + length);
    return joined(data, item);
  };
  EXPECT_TRUE(read_assertion_data(with_extensions(4000)));
  EXPECT_FALSE(read_assertion_data(with_extensions(4090)));
}

TEST_F(AuthenticatorDataTest, AnAttestationObjectHoldsItWhateverItsFormat) {
  const Bytes data = key.authenticator_data("site.example", true);
  for (const char* format : {"none", "packed", "fido-u2f", "tpm", "apple", "of-tomorrow"}) {
    const Bytes object = SecurityKey::attestation_object(data, format);
    const auto found = data_of_attestation(object);
    ASSERT_TRUE(found) << format;
    EXPECT_TRUE(std::ranges::equal(*found, data)) << format;
  }
}

TEST_F(AuthenticatorDataTest, EveryTruncationOfAnAttestationObjectIsRefused) {
  const Bytes object =
      SecurityKey::attestation_object(key.authenticator_data("site.example", true), "packed");
  for (std::size_t length = 0; length < object.size(); ++length) {
    EXPECT_FALSE(data_of_attestation(ByteView(object).first(length))) << length;
  }
  EXPECT_FALSE(data_of_attestation(joined(object, {0x00})));
  EXPECT_FALSE(data_of_attestation(Bytes(16385, 0xa0)));
}

/// What passes the look at its shape goes on to the library; neither reads past the end.
TEST_F(AuthenticatorDataTest, DataWithAnythingChangedIsReadOrRefusedAndNeverMore) {
  std::minstd_rand random(5);
  const Bytes whole =
      SecurityKey::attestation_object(key.authenticator_data("site.example", true), "packed");
  int keys = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes object = whole;
    for (auto changes = random() % 4; changes > 0; --changes) {
      object[random() % object.size()] = static_cast<std::uint8_t>(random());
    }
    const auto data = data_of_attestation(object);
    const auto said = data ? read_registration_data(*data) : std::nullopt;
    if (!said) continue;
    EXPECT_LE(said->credential_id.size(), 1023U);
    if (read_webauthn_key(*data)) ++keys;
  }
  EXPECT_GT(keys, 1000);
  EXPECT_LT(keys, 19'000);
}

TEST_F(AuthenticatorDataTest, TheFormatNoneStatesNothing) {
  Bytes object = SecurityKey::attestation_object(key.authenticator_data("site.example", true));
  const Bytes statement{0x67, 'a', 't', 't', 'S', 't', 'm', 't', 0xa0};
  const auto at = std::search(object.begin(), object.end(), statement.begin(), statement.end());
  ASSERT_NE(at, object.end());
  const auto value = at + static_cast<std::ptrdiff_t>(statement.size()) - 1;
  *value = 0xa1;
  object.insert(value + 1, {0x61, 'x', 0x00});
  EXPECT_FALSE(data_of_attestation(object));
}

}  // namespace
}  // namespace postern::domain

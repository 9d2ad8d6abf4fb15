#include "domain/webauthn_key.hpp"

#include <gtest/gtest.h>

#include "domain/sha256.hpp"
#include "domain/webauthn_client_data.hpp"
#include "tests/support/security_key.hpp"

namespace postern::domain {
namespace {

using test::Ceremony;
using test::SecurityKey;

class WebauthnKeyTest : public testing::TestWithParam<SecurityKey::Kind> {
 protected:
  [[nodiscard]] std::optional<WebauthnKey> read() const {
    return read_webauthn_key(key.authenticator_data("site.example", true));
  }
  [[nodiscard]] static bool verify(const WebauthnKey& known, const WebauthnAssertion& said,
                                   const std::string& rp_id = "site.example") {
    return verify_assertion(
        known, {rp_id, sha256(said.client.raw), said.authenticator_data, said.signature});
  }
  WebauthnAssertion assertion() { return key.get({.challenge = "abc", .rp_id = "site.example"}); }

  SecurityKey key{GetParam()};
};

TEST_P(WebauthnKeyTest, ItsSignatureIsVerifiedWithTheKeyOfItsRegistration) {
  const auto known = read();
  ASSERT_TRUE(known);
  EXPECT_TRUE(verify(*known, assertion()));
}

TEST_P(WebauthnKeyTest, ASignatureOverAnythingElseIsNotIts) {
  const auto known = read();
  ASSERT_TRUE(known);
  const auto good = assertion();
  for (const std::size_t at :
       {std::size_t{0}, good.signature.size() / 2, good.signature.size() - 1}) {
    auto bad = good;
    bad.signature[at] ^= 1;
    EXPECT_FALSE(verify(*known, bad)) << at;
  }
  auto bad = good;
  bad.client.raw.back() ^= 1;
  EXPECT_FALSE(verify(*known, bad));
  bad = good;
  bad.authenticator_data.back() ^= 1;
  EXPECT_FALSE(verify(*known, bad));
  bad = good;
  bad.signature.clear();
  EXPECT_FALSE(verify(*known, bad));
  bad.signature.assign(513, 1);
  EXPECT_FALSE(verify(*known, bad));
  EXPECT_FALSE(verify(*known, good, "other.example"));
  EXPECT_TRUE(verify(*known, good));
}

TEST_P(WebauthnKeyTest, AnothersSignatureIsNotIts) {
  const auto known = read();
  ASSERT_TRUE(known);
  SecurityKey other(GetParam());
  EXPECT_FALSE(verify(*known, other.get({.challenge = "abc", .rp_id = "site.example"})));
}

TEST_P(WebauthnKeyTest, WithoutTheUserNothingIsProven) {
  const auto known = read();
  ASSERT_TRUE(known);
  key.user_present = false;
  EXPECT_FALSE(verify(*known, assertion()));
}

TEST_P(WebauthnKeyTest, AStoredKeyThatIsNoneVerifiesNothing) {
  const auto known = read();
  ASSERT_TRUE(known);
  auto cut = *known;
  cut.public_key.pop_back();
  EXPECT_FALSE(verify(cut, assertion()));
  auto other = *known;
  other.algorithm = -37;
  EXPECT_FALSE(verify(other, assertion()));
}

std::string name_of_kind(const testing::TestParamInfo<SecurityKey::Kind>& tested) {
  switch (tested.param) {
    case SecurityKey::Kind::Es256:
      return "Es256";
    case SecurityKey::Kind::EdDsa:
      return "EdDsa";
    case SecurityKey::Kind::Rs256:
      return "Rs256";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Algorithms, WebauthnKeyTest,
                         testing::Values(SecurityKey::Kind::Es256, SecurityKey::Kind::EdDsa,
                                         SecurityKey::Kind::Rs256),
                         name_of_kind);

TEST(WebauthnKey, EachKindIsKnownByItsCoseNumber) {
  const auto algorithm_of = [](SecurityKey::Kind kind) {
    return read_webauthn_key(SecurityKey(kind).authenticator_data("site.example", true))->algorithm;
  };
  EXPECT_EQ(algorithm_of(SecurityKey::Kind::Es256), -7);
  EXPECT_EQ(algorithm_of(SecurityKey::Kind::EdDsa), -8);
  EXPECT_EQ(algorithm_of(SecurityKey::Kind::Rs256), -257);
}

TEST(WebauthnKey, APointThatIsNotOnTheCurveIsNoKey) {
  const SecurityKey key;
  Bytes data = key.authenticator_data("site.example", true);
  data.back() ^= 1;  // of y
  EXPECT_FALSE(read_webauthn_key(data));
}

TEST(WebauthnKey, AnotherAlgorithmIsNotTaken) {
  const SecurityKey key;
  Bytes data = key.authenticator_data("site.example", true);
  const std::size_t cose = data.size() - key.cose_key().size();
  // {1: 2, 3: -7, …}
  const auto algorithm = data.begin() + static_cast<std::ptrdiff_t>(cose) + 4;
  ASSERT_EQ(*algorithm, 0x26);
  *algorithm = 0x27;  // EdDSA, of a key that is none
  EXPECT_FALSE(read_webauthn_key(data));
  *algorithm = 0x38;
  data.insert(algorithm + 1, 34);  // ES384
  EXPECT_FALSE(read_webauthn_key(data));
}

}  // namespace
}  // namespace postern::domain

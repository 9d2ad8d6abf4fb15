#include <gtest/gtest.h>

#include <memory>

#include "handlers/json_body.hpp"
#include "handlers/sso/signed_token.hpp"
#include "tests/support/token_signer.hpp"

namespace postern::handlers::sso {
namespace {

using enum SignatureKind;
using test::TokenSigner;

Json::Value claims() {
  Json::Value json(Json::objectValue);
  json["iss"] = "https://login.example";
  json["sub"] = "ann";
  return json;
}

Json::Value header(const char* name, const Json::Value& value) {
  Json::Value json(Json::objectValue);
  json[name] = value;
  return json;
}

bool verifies(const std::string& set, const std::string& token) {
  const auto keys = KeySet::parse(set);
  const auto parsed = SignedToken::parse(token);
  return keys && parsed && keys->verifies(*parsed);
}

/// A set of one key, with a member changed; null removes it.
std::string set_of(Json::Value jwk, const char* name, const Json::Value& value) {
  jwk[name] = value;
  if (value.isNull()) jwk.removeMember(name);
  Json::Value set(Json::objectValue);
  set["keys"].append(jwk);
  return write_json(set);
}

domain::Bytes coordinate_of(const TokenSigner& signer, const char* name) {
  return domain::base64url_decode(signer.jwk()[name].asString()).value();
}

/// One of whose coordinates begins with a zero byte, as one in 256 does.
std::unique_ptr<TokenSigner> signer_with_a_zero(const char* name) {
  for (;;) {
    auto signer = std::make_unique<TokenSigner>(Es256, "one");
    const auto bytes = coordinate_of(*signer, name);
    if (bytes[0] == 0 && bytes[1] != 0) return signer;
  }
}

TEST(SsoVerificationKey, ACoordinateMayLackItsLeadingZerosAndNothingElse) {
  for (const char* name : {"x", "y"}) {
    const auto signer = signer_with_a_zero(name);
    const auto token = signer->sign(claims());
    const auto whole = coordinate_of(*signer, name);
    const auto with = [&](const domain::Bytes& bytes) {
      return verifies(set_of(signer->jwk(), name, domain::base64url_encode(bytes)), token);
    };
    EXPECT_TRUE(with(whole));
    EXPECT_TRUE(with({whole.begin() + 1, whole.end()})) << "as authlib writes it";
    domain::Bytes longer(whole);
    longer.insert(longer.begin(), 0);
    EXPECT_FALSE(with(longer));
    EXPECT_FALSE(with({whole.begin(), whole.end() - 1})) << "shorter, and a zero before it";
    EXPECT_FALSE(with({whole.begin() + 2, whole.end()})) << "another number";
    EXPECT_FALSE(with({}));
  }
}

class SsoSignedToken : public testing::TestWithParam<SignatureKind> {};

TEST_P(SsoSignedToken, VerifiesUnderItsKeyAlone) {
  const TokenSigner signer(GetParam(), "one"), other(GetParam(), "one"), named(GetParam(), "two");
  const auto token = signer.sign(claims());
  EXPECT_TRUE(verifies(test::key_set({&signer}), token));
  EXPECT_TRUE(verifies(test::key_set({&named, &other, &signer}), token));
  EXPECT_FALSE(verifies(test::key_set({&other}), token)) << "a key of the same name";
  EXPECT_FALSE(verifies(test::key_set({&named}), token));
  EXPECT_FALSE(verifies(R"({"keys":[]})", token));
}

TEST_P(SsoSignedToken, NoChangedByteVerifies) {
  const TokenSigner signer(GetParam(), "one");
  const auto set = test::key_set({&signer});
  const auto token = signer.sign(claims());
  const auto payload = token.find('.') + 1;
  for (const auto at : {payload + 10, token.rfind('.') + 20}) {
    auto changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verifies(set, changed)) << at;
  }
  EXPECT_FALSE(verifies(set, token.substr(0, token.rfind('.') + 1)));
  EXPECT_FALSE(verifies(set, token + "AAAA"));
}

INSTANTIATE_TEST_SUITE_P(Kinds, SsoSignedToken, testing::Values(Rs256, Ps256, Es256));

TEST(SsoSignedTokenForms, CVE20159235NoneAndSharedSecretsAreNoSignatures) {
  const TokenSigner signer(Rs256, "one");
  for (const char* alg : {"none", "None", "NONE", "nOnE", "HS256", "HS384", "RS384", "ES512", "",
                          "RS256 ", "rs256", "EdDSA"}) {
    EXPECT_FALSE(SignedToken::parse(signer.sign(claims(), header("alg", alg))).ok()) << alg;
  }
  EXPECT_FALSE(SignedToken::parse(signer.sign(claims(), header("alg", Json::Value()))).ok());
  EXPECT_FALSE(
      SignedToken::parse(test::compact(R"({"alg":"none","kid":"one"})", R"({"sub":"ann"})", ""))
          .ok());
}

TEST(SsoSignedTokenForms, TheKeysKindDecidesNotTheHeaders) {
  const TokenSigner rsa(Rs256, "one"), pss(Ps256, "one"), ec(Es256, "one");
  EXPECT_FALSE(verifies(test::key_set({&rsa}), rsa.sign(claims(), header("alg", "PS256"))));
  EXPECT_FALSE(verifies(test::key_set({&rsa}), rsa.sign(claims(), header("alg", "ES256"))));
  EXPECT_FALSE(verifies(test::key_set({&ec}), ec.sign(claims(), header("alg", "RS256"))));
  EXPECT_FALSE(verifies(set_of(rsa.jwk(), "alg", "PS256"), rsa.sign(claims())));
  EXPECT_TRUE(verifies(set_of(rsa.jwk(), "alg", Json::Value()), rsa.sign(claims())));
  EXPECT_TRUE(verifies(set_of(pss.jwk(), "alg", Json::Value()), pss.sign(claims())));
}

TEST(SsoSignedTokenForms, HeadersThatSayMoreThanWeUnderstandAreRefused) {
  const TokenSigner signer(Es256, "one");
  EXPECT_FALSE(SignedToken::parse(signer.sign(claims(), header("crit", Json::arrayValue))).ok());
  EXPECT_FALSE(SignedToken::parse(signer.sign(claims(), header("kid", Json::Value()))).ok());
  EXPECT_FALSE(SignedToken::parse(signer.sign(claims(), header("kid", ""))).ok());
  EXPECT_FALSE(SignedToken::parse(signer.sign(claims(), header("kid", 7))).ok());
  EXPECT_FALSE(SignedToken::parse(signer.sign(claims(), header("typ", "at+jwt"))).ok());
  EXPECT_TRUE(SignedToken::parse(signer.sign(claims(), header("typ", "JWT"))).ok());
}

TEST(SsoSignedTokenForms, AKeyInTheHeaderIsNotLookedAt) {
  const TokenSigner real(Rs256, "one"), forger(Rs256, "one");
  const auto token = forger.sign(claims(), header("jwk", forger.jwk()));
  EXPECT_FALSE(verifies(test::key_set({&real}), token));
}

TEST(SsoSignedTokenForms, MalformedOnesAreRefused) {
  for (const char* bad :
       {"", ".", "..", "...", "a.b.c", "e30.e30.e30", "e30.e30", "e30.e30.e30.e30.e30",
        "W10.W10.AA", "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.e30=.AA"}) {
    EXPECT_FALSE(SignedToken::parse(bad).ok()) << bad;
  }
  EXPECT_FALSE(SignedToken::parse(std::string(20000, 'a') + ".e30.AA").ok());
  EXPECT_FALSE(
      SignedToken::parse(test::compact(R"({"alg":"RS256","alg":"none","kid":"1"})", "{}", "x"))
          .ok())
      << "a member twice";
}

TEST(SsoVerificationKey, ThatIsForSomethingElseIsLeftOut) {
  const TokenSigner signer(Rs256, "one"), ec(Es256, "one");
  const auto token = signer.sign(claims());
  EXPECT_FALSE(verifies(set_of(signer.jwk(), "use", "enc"), token));
  EXPECT_TRUE(verifies(set_of(signer.jwk(), "use", Json::Value()), token));
  EXPECT_FALSE(verifies(set_of(signer.jwk(), "key_ops", Json::arrayValue), token));
  EXPECT_FALSE(verifies(set_of(signer.jwk(), "alg", "RSA-OAEP"), token));
  EXPECT_FALSE(verifies(set_of(signer.jwk(), "kty", "oct"), token));
  EXPECT_FALSE(verifies(set_of(signer.jwk(), "kid", Json::Value()), token));
  EXPECT_FALSE(verifies(set_of(ec.jwk(), "crv", "P-384"), ec.sign(claims())));
}

TEST(SsoVerificationKey, WeakOrBrokenOnesAreLeftOut) {
  const TokenSigner weak(Rs256, "one", 1024), ec(Es256, "one"), other(Es256, "two");
  EXPECT_FALSE(VerificationKey::from_jwk(weak.jwk()).has_value());
  auto off_curve = ec.jwk();
  off_curve["y"] = other.jwk()["y"];
  EXPECT_FALSE(VerificationKey::from_jwk(off_curve).has_value());
  auto no_exponent = TokenSigner(Rs256, "one").jwk();
  no_exponent["e"] = "AQ";  // 1
  EXPECT_FALSE(VerificationKey::from_jwk(no_exponent).has_value());
  no_exponent["e"] = "AQAAAQAB";
  EXPECT_FALSE(VerificationKey::from_jwk(no_exponent).has_value());
}

TEST(SsoVerificationKey, OnlyTheIssuerThatItNames) {
  const TokenSigner signer(Rs256, "one");
  const auto token = signer.sign(claims());
  EXPECT_TRUE(verifies(set_of(signer.jwk(), "issuer", "https://login.example"), token));
  EXPECT_FALSE(verifies(set_of(signer.jwk(), "issuer", "https://other.example"), token));
}

TEST(SsoKeySet, TakesOnlySetsOfBoundedSize) {
  EXPECT_FALSE(KeySet::parse("[]").has_value());
  EXPECT_FALSE(KeySet::parse("{}").has_value());
  EXPECT_FALSE(KeySet::parse(R"({"keys":{}})").has_value());
  EXPECT_FALSE(KeySet::parse(R"({"keys":[1]})").has_value());
  EXPECT_TRUE(KeySet::parse(R"({"keys":[{"kty":"OKP","kid":"1"}]})").has_value());
  Json::Value many(Json::objectValue);
  for (int i = 0; i < 101; ++i) many["keys"].append(Json::objectValue);
  EXPECT_FALSE(KeySet::parse(write_json(many)).has_value());
}

}  // namespace
}  // namespace postern::handlers::sso

#include <gtest/gtest.h>

#include "handlers/oauth/dpop_proof.hpp"
#include "handlers/oauth/public_key.hpp"
#include "handlers/sso/digest.hpp"
#include "tests/support/domain_world.hpp"
#include "tests/support/limiter_memory.hpp"
#include "tests/support/token_signer.hpp"

namespace postern::handlers::oauth {
namespace {

using namespace std::chrono_literals;
using domain::Errc;
using sso::SignatureKind;
using test::TokenSigner;

constexpr const char* kUrl = "https://as.example.com/oauth/token";

class OAuthDpopProof : public testing::Test {
 protected:
  [[nodiscard]] Json::Value header(const TokenSigner& signer) const {
    Json::Value header(Json::objectValue);
    header["typ"] = "dpop+jwt";
    header["jwk"] = signer.jwk();
    header["kid"] = Json::nullValue;  // proofs have none
    return header;
  }
  [[nodiscard]] Json::Value claims() {
    Json::Value claims(Json::objectValue);
    claims["jti"] = "id-" + std::to_string(++ids);
    claims["htm"] = "POST";
    claims["htu"] = kUrl;
    claims["iat"] = Json::Int64(domain::unix_seconds(clock.now()));
    return claims;
  }
  [[nodiscard]] std::string proof(const Json::Value& claims) const {
    return key.sign(claims, header(key));
  }
  [[nodiscard]] domain::Result<std::string> check(std::string_view proof,
                                                  std::string_view access_token = {}) {
    return check_proof(limiter, clock, settings, proof, {"POST", kUrl, access_token});
  }
  /// The reason of the refusal; "" where there is none.
  [[nodiscard]] std::string why_not(std::string_view proof, std::string_view access_token = {}) {
    const auto checked = check(proof, access_token);
    if (checked) return "";
    EXPECT_EQ(checked.error().code, Errc::InvalidInput);
    EXPECT_EQ(checked.error().field, "dpop");
    return checked.error().reason;
  }
  [[nodiscard]] std::string why_not_with(const char* name, const Json::Value& value) {
    auto changed = claims();
    changed[name] = value;
    return why_not(proof(changed));
  }

  test::LimiterMemory memory{4096};
  domain::Limiter limiter{memory.bytes(), test::kLimiterKey};
  test::FixedClock clock;
  domain::OAuthSettings settings;
  TokenSigner key{SignatureKind::Es256, "k"};
  int ids = 0;
};

TEST_F(OAuthDpopProof, GoodOnesTellTheKeysThumbprint) {
  for (const auto kind : {SignatureKind::Es256, SignatureKind::Rs256, SignatureKind::Ps256}) {
    const TokenSigner signer(kind, "k");
    const auto checked = check(signer.sign(claims(), header(signer)));
    ASSERT_TRUE(checked.ok()) << checked.error().reason;
    EXPECT_EQ(*checked, *thumbprint(signer.jwk()));
  }
}

TEST_F(OAuthDpopProof, Rfc9449ExampleIsGood) {
  clock.set(domain::from_unix_seconds(1562262616));
  const auto checked = check_proof(
      limiter, clock, settings,
      "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjN"
      "oUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VE"
      "RWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCI"
      "sImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4"
      "vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg",
      {"POST", "https://server.example.com/token"});
  ASSERT_TRUE(checked.ok()) << checked.error().reason;
  EXPECT_EQ(*checked, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
}

TEST_F(OAuthDpopProof, Rfc9449Check1OneProofInOneHeader) {
  const auto one = proof(claims());
  const auto other = proof(claims());
  EXPECT_EQ(why_not(one + "," + other), "malformed");
  EXPECT_EQ(why_not(one + ", " + one), "malformed");
  EXPECT_EQ(why_not(one), "") << "neither was used up";
}

TEST_F(OAuthDpopProof, Rfc9449Check2AWellFormedJwt) {
  const auto good = proof(claims());
  for (const auto& bad : {std::string(), std::string("a.b.c"), good.substr(1), good + ".",
                          good.substr(0, good.rfind('.')), "DPoP " + good, good + " "}) {
    EXPECT_NE(why_not(bad), "") << bad;
  }
  EXPECT_EQ(why_not(std::string(4097, 'a')), "too_long");
}

TEST_F(OAuthDpopProof, Rfc9449Check3AllClaimsAreThere) {
  for (const char* name : {"jti", "htm", "htu", "iat"}) {
    for (const Json::Value& wrong : {Json::Value(), Json::Value(true), Json::Value("")}) {
      EXPECT_EQ(why_not_with(name, wrong), name);
    }
    auto without = claims();
    without.removeMember(name);
    EXPECT_EQ(why_not(proof(without)), name);
  }
  EXPECT_EQ(why_not_with("jti", std::string(256, 'j')), "jti");
  EXPECT_EQ(why_not_with("jti", std::string(255, 'j')), "");
}

TEST_F(OAuthDpopProof, Rfc9449Check4ItsTypeSaysWhatItIs) {
  for (const Json::Value& type :
       {Json::Value(), Json::Value("JWT"), Json::Value("at+jwt"), Json::Value("dpop"),
        Json::Value("dpop+jwt+x"), Json::Value("logout+jwt"), Json::Value("")}) {
    auto changed = header(key);
    changed["typ"] = type;
    EXPECT_EQ(why_not(key.sign(claims(), changed)), "typ");
  }
  auto longer = header(key);
  longer["typ"] = "application/DPoP+jwt";
  EXPECT_EQ(why_not(key.sign(claims(), longer)), "");
}

TEST_F(OAuthDpopProof, Rfc9449Check5AnAsymmetricAlgorithm) {
  for (const char* alg : {"none", "HS256", "HS384", "ES256K", "ES384", "EdDSA", "es256", ""}) {
    auto changed = header(key);
    changed["alg"] = alg;
    EXPECT_EQ(why_not(key.sign(claims(), changed)), "malformed") << alg;
  }
  // A good name for a signature of another kind.
  for (const char* alg : {"RS256", "PS256"}) {
    auto changed = header(key);
    changed["alg"] = alg;
    EXPECT_EQ(why_not(key.sign(claims(), changed)), "signature") << alg;
  }
}

TEST_F(OAuthDpopProof, Rfc9449Check6SignedWithTheKeyThatItBrings) {
  const TokenSigner thief(SignatureKind::Es256, "k");
  EXPECT_EQ(why_not(thief.sign(claims(), header(key))), "signature");
  auto without = header(key);
  without["jwk"] = Json::nullValue;
  EXPECT_EQ(why_not(key.sign(claims(), without)), "signature");
  without["jwk"] = "text";
  EXPECT_EQ(why_not(key.sign(claims(), without)), "signature");
}

TEST_F(OAuthDpopProof, B7Number29NoOtherSpellingOfAProofIsGood) {
  const auto good = proof(claims());
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto bad = good;
    bad[at] = bad[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(why_not(bad), "") << at;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_NE(why_not(std::string_view(good).substr(0, size)), "") << size;
  }
  EXPECT_EQ(why_not(good), "") << "none of them used it up";
}

TEST_F(OAuthDpopProof, Rfc9449Check7NoPrivateKeyInIt) {
  for (const char* member : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    auto changed = header(key);
    changed["jwk"][member] = "AQAB";
    EXPECT_EQ(why_not(key.sign(claims(), changed)), "signature") << member;
  }
  auto symmetric = header(key);
  symmetric["jwk"] = Json::objectValue;
  symmetric["jwk"]["kty"] = "oct";
  EXPECT_EQ(why_not(key.sign(claims(), symmetric)), "signature");
}

TEST_F(OAuthDpopProof, KeysAreLongEnough) {
  const TokenSigner weak(SignatureKind::Rs256, "k", 1024);
  EXPECT_EQ(why_not(weak.sign(claims(), header(weak))), "signature");
  const TokenSigner good(SignatureKind::Ps256, "k", 3072);
  EXPECT_EQ(why_not(good.sign(claims(), header(good))), "");
}

TEST_F(OAuthDpopProof, UnknownCriticalHeadersAreRefused) {
  auto changed = header(key);
  changed["crit"].append("b64");
  EXPECT_EQ(why_not(key.sign(claims(), changed)), "malformed");
}

TEST_F(OAuthDpopProof, Rfc9449Check8TheMethodOfTheRequest) {
  for (const char* method : {"GET", "post", "POST ", "PUT"}) {
    EXPECT_EQ(why_not_with("htm", method), "htm") << method;
  }
}

TEST_F(OAuthDpopProof, Rfc9449Check9TheAddressOfTheRequest) {
  for (const char* url :
       {"https://as.example.com/oauth/token/", "https://as.example.com/oauth", "/oauth/token",
        "http://as.example.com/oauth/token", "https://as.example.com:8443/oauth/token",
        "https://as.example.com.evil.org/oauth/token", "https://evil.org/oauth/token",
        "https://as.example.com@evil.org/oauth/token", "https://as.example.com/OAuth/token", "",
        "https://as.example.com/oauth%2Ftoken"}) {
    EXPECT_EQ(why_not_with("htu", url), "htu") << url;
  }
  for (const char* url :
       {"HTTPS://AS.example.com:443/oauth/token", "https://as.example.com/oauth/x/../token",
        "https://as.example.com/oauth/%74oken", "https://as.example.com/oauth/token?a=b",
        "https://as.example.com/oauth/token#f"}) {
    EXPECT_EQ(why_not_with("htu", url), "") << url;
  }
}

TEST_F(OAuthDpopProof, Rfc9449Check10NoNonceWasAskedForSoAnyIsGood) {
  EXPECT_EQ(why_not_with("nonce", "anything"), "");
}

TEST_F(OAuthDpopProof, Rfc9449Check11MadeJustNow) {
  const auto at = [&](std::chrono::seconds offset) {
    return why_not_with("iat", Json::Int64(domain::unix_seconds(clock.now() + offset)));
  };
  EXPECT_EQ(at(-60s), "");
  EXPECT_EQ(at(60s), "");
  EXPECT_EQ(at(-61s), "iat");
  EXPECT_EQ(at(61s), "iat");
  settings.dpop_window = 300s;
  EXPECT_EQ(at(-300s), "");
  EXPECT_EQ(at(-301s), "iat");
  for (const Json::Value& wrong :
       {Json::Value(-1), Json::Value("1800000000"), Json::Value(1e300)}) {
    EXPECT_EQ(why_not_with("iat", wrong), "iat");
  }
}

TEST_F(OAuthDpopProof, Rfc9449Check12ForThisAccessToken) {
  auto with_hash = claims();
  with_hash["ath"] = sso::s256("the-token");
  EXPECT_EQ(why_not(proof(with_hash), "another-token"), "ath");
  EXPECT_EQ(why_not(proof(with_hash), "the-token"), "");
  EXPECT_EQ(why_not(proof(claims()), "the-token"), "ath") << "none at all";
  auto plain = claims();
  plain["ath"] = "the-token";
  EXPECT_EQ(why_not(proof(plain), "the-token"), "ath");
}

TEST_F(OAuthDpopProof, Cve202015222AProofIsGoodOnce) {
  const auto once = proof(claims());
  EXPECT_EQ(why_not(once), "");
  EXPECT_EQ(why_not(once), "replayed");
  clock.advance(59s);
  EXPECT_EQ(why_not(once), "replayed");
}

TEST_F(OAuthDpopProof, AProofFromAheadIsGoodOnceForAsLongAsItIsGood) {
  auto ahead = claims();
  ahead["iat"] = Json::Int64(domain::unix_seconds(clock.now() + 60s));
  const auto once = proof(ahead);
  EXPECT_EQ(why_not(once), "");
  clock.advance(120s);
  EXPECT_EQ(why_not(once), "replayed") << "its last second";
  clock.advance(1s);
  EXPECT_EQ(why_not(once), "iat");
}

TEST_F(OAuthDpopProof, IdsAreOfTheirKey) {
  const TokenSigner other(SignatureKind::Es256, "k");
  auto same = claims();
  EXPECT_EQ(why_not(proof(same)), "");
  EXPECT_EQ(why_not(other.sign(same, header(other))), "") << "nobody uses up another's";
}

TEST_F(OAuthDpopProof, ARefusedProofUsesNothingUp) {
  auto good = claims();
  auto wrong = good;
  wrong["htm"] = "GET";
  EXPECT_EQ(why_not(proof(wrong)), "htm");
  const TokenSigner thief(SignatureKind::Es256, "k");
  EXPECT_EQ(why_not(thief.sign(good, header(key))), "signature");
  EXPECT_EQ(why_not(proof(good)), "");
}

}  // namespace
}  // namespace postern::handlers::oauth

#include <gtest/gtest.h>

#include "handlers/oauth/public_key.hpp"
#include "tests/support/handler_world.hpp"
#include "tests/support/token_signer.hpp"

namespace postern::handlers::oauth {
namespace {

using test::json;

/// The key of RFC 7638 section 3.1.
constexpr const char* kRfc7638Key =
    R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})";

TEST(OAuthPublicKey, Rfc7638ExampleHasItsThumbprint) {
  EXPECT_EQ(thumbprint(json(kRfc7638Key)), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(OAuthPublicKey, Rfc9449ExampleHasItsThumbprint) {
  EXPECT_EQ(thumbprint(json(R"({"kty":"EC","crv":"P-256",
      "x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
      "y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"})")),
            "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
}

TEST(OAuthPublicKey, AThumbprintIsOfTheKeyAlone) {
  const test::TokenSigner signer(sso::SignatureKind::Es256, "a");
  auto jwk = signer.jwk();
  const auto name = thumbprint(jwk);
  ASSERT_TRUE(name);
  jwk["kid"] = "b";
  jwk["alg"] = "other";
  jwk["x5c"] = Json::arrayValue;
  EXPECT_EQ(thumbprint(jwk), name);
  const test::TokenSigner other(sso::SignatureKind::Es256, "a");
  EXPECT_NE(thumbprint(other.jwk()), name);
}

TEST(OAuthPublicKey, WhatCouldBeSpelledOtherwiseHasNone) {
  const auto good = json(kRfc7638Key);
  for (const char* exponent : {"AAEAAQ", "AQAB=", "", "AQ B", "\\\"AQAB"}) {
    auto jwk = good;
    jwk["e"] = exponent;
    EXPECT_FALSE(thumbprint(jwk)) << exponent;
  }
  for (const char* text :
       {R"({})", R"({"kty":"RSA","e":"AQAB"})", R"({"kty":"oct","k":"AQAB"})",
        R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})", R"({"kty":"EC","crv":"P-256","x":"AA"})",
        R"({"kty":"EC","crv":"P-256","x":1,"y":"AA"})",
        R"({"kty":"OKP","crv":"Ed25519","x":"AA"})"}) {
    EXPECT_FALSE(thumbprint(json(text))) << text;
  }
}

TEST(OAuthPublicKey, KnowsEveryPrivatePart) {
  EXPECT_FALSE(has_private_parts(json(kRfc7638Key)));
  for (const char* member : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    auto jwk = json(kRfc7638Key);
    jwk[member] = "";
    EXPECT_TRUE(has_private_parts(jwk)) << member;
    jwk[member] = Json::nullValue;
    EXPECT_TRUE(has_private_parts(jwk)) << member;
  }
}

}  // namespace
}  // namespace postern::handlers::oauth

#include <gtest/gtest.h>

#include "handlers/oauth/compact_jwt.hpp"
#include "tests/support/token_signer.hpp"

namespace postern::handlers::oauth {
namespace {

using test::compact;

constexpr const char* kHeader = R"({"alg":"ES256","typ":"dpop+jwt"})";

std::optional<CompactJwt> parse(std::string_view text) {
  return CompactJwt::parse(text, 4096);
}

TEST(OAuthCompactJwt, IsTakenApart) {
  const auto jwt = parse(compact(R"({"alg":"PS256","typ":"Application/DPoP+JWT","kid":"k"})",
                                 R"({"jti":"1"})", "signature"));
  ASSERT_TRUE(jwt);
  EXPECT_EQ(jwt->kind, sso::SignatureKind::Ps256);
  EXPECT_EQ(jwt->type, "dpop+jwt");
  EXPECT_EQ(jwt->header["kid"], "k");
  EXPECT_EQ(jwt->claims["jti"], "1");
  EXPECT_EQ(std::string(jwt->signature.begin(), jwt->signature.end()), "signature");
}

TEST(OAuthCompactJwt, MalformedOnesAreNone) {
  const auto good = compact(kHeader, "{}", "s");
  ASSERT_TRUE(parse(good));
  const auto unsigned_text = good.substr(0, good.rfind('.'));
  for (const auto& bad : {std::string(),
                          std::string("."),
                          std::string(".."),
                          std::string("..."),
                          std::string("a.b"),
                          std::string("a.b.c"),
                          unsigned_text,
                          unsigned_text + ".",
                          good + ".",
                          good + ".x",
                          "." + good,
                          good + "=",
                          " " + good,
                          good + "\n",
                          good + "," + good,
                          good.substr(good.find('.')),  // no header
                          compact("", "{}", "s"),
                          compact(kHeader, "", "s"),
                          compact("[]", "{}", "s"),
                          compact(kHeader, "[]", "s"),
                          compact(kHeader, "null", "s"),
                          compact(kHeader, "1", "s"),
                          compact(kHeader, "{", "s"),
                          compact(kHeader, "{} {}", "s"),
                          compact(kHeader, "{}//", "s"),
                          compact(kHeader, R"({"a":1,"a":2})", "s"),  // RFC 8725 section 2.6
                          compact(kHeader, "{\"a\":\"\xff\"}", "s"),
                          compact(kHeader, "\xEF\xBB\xBF{}", "s"),
                          compact(kHeader, R"({"a":"\u0000"})", "s"),
                          compact(kHeader, std::string(64, '['), "s"),
                          compact(R"({"alg":"ES256","alg":"none"})", "{}", "s"),
                          unsigned_text + ".s+/=",
                          unsigned_text + ".A"}) {  // not base64url
    EXPECT_FALSE(parse(bad)) << bad;
  }
}

TEST(OAuthCompactJwt, Rfc8725PublicKeyAlgorithmsAlone) {
  for (const char* alg : {R"("none")", R"("None")", R"("")", R"("HS256")", R"("HS512")",
                          R"("ES384")", R"("RS512")", R"("EdDSA")", R"("es256")", R"("ES256 ")",
                          "null", "1", R"(["ES256"])", R"({"alg":"ES256"})"}) {
    EXPECT_FALSE(parse(compact(std::string(R"({"alg":)") + alg + "}", "{}", "s"))) << alg;
  }
  EXPECT_FALSE(parse(compact("{}", "{}", "s")));
  for (const char* alg : {"ES256", "RS256", "PS256"}) {
    EXPECT_TRUE(parse(compact(std::string(R"({"alg":")") + alg + "\"}", "{}", "s"))) << alg;
  }
}

TEST(OAuthCompactJwt, Rfc7515CriticalHeadersAreNotUnderstood) {
  for (const char* crit : {R"(["exp"])", R"([])", "null", R"("b64")"}) {
    EXPECT_FALSE(parse(compact(std::string(R"({"alg":"ES256","crit":)") + crit + "}", "{}", "s")))
        << crit;
  }
}

TEST(OAuthCompactJwt, ATypeIsTextIfItIsThere) {
  for (const char* type : {"1", "null", "[]", R"({"a":1})"}) {
    EXPECT_FALSE(parse(compact(std::string(R"({"alg":"ES256","typ":)") + type + "}", "{}", "s")))
        << type;
  }
  EXPECT_EQ(parse(compact(R"({"alg":"ES256"})", "{}", "s"))->type, "");
}

TEST(OAuthCompactJwt, R9LongOnesAreNotLookedAt) {
  const auto text = compact(kHeader, R"({"a":")" + std::string(1000, 'x') + R"("})", "s");
  EXPECT_TRUE(CompactJwt::parse(text, text.size()));
  EXPECT_FALSE(CompactJwt::parse(text, text.size() - 1));
}

}  // namespace
}  // namespace postern::handlers::oauth

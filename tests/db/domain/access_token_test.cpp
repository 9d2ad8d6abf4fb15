#include "domain/access_token.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "domain/refresh_token.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

std::string segment(std::string_view text) {
  return base64url_encode(as_bytes(text));
}

/// A world with one token in it, and what is needed to bend it.
class AccessTokens : public testing::Test {
 protected:
  AccessClaims claims() {
    return {.subject = *AccountId::parse("0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"),
            .session = *SessionId::parse("0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2c"),
            .issued_at = world.clock.now(),
            .expires_at = world.clock.now() + minutes(10),
            .token_id = "00112233445566778899aabbccddeeff",
            .user_id = std::nullopt};
  }
  std::string token() { return std::string(issue_access_token(world.services, claims()).reveal()); }
  std::string payload() { return world.signing_keys.verify(token()).value(); }
  /// Signed by the real key, whatever it says.
  Result<AccessClaims> verify_signed(std::string_view text) {
    return verify_access_token(world.services, world.signing_keys.sign(text));
  }
  /// The real payload with `from` exchanged for `to`, properly signed.
  Errc bent(std::string_view from, std::string_view to) {
    auto text = payload();
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return code_of(verify_signed(text));
  }
  Errc code(std::string_view text) { return code_of(verify_access_token(world.services, text)); }
  static Errc code_of(const Result<AccessClaims>& result) {
    EXPECT_FALSE(result.ok());
    return result.ok() ? Errc::Taken : result.error().code;
  }

  DomainWorld world;
};

TEST_F(AccessTokens, ComeBackAsTheyWent) {
  auto wanted = claims();
  wanted.user_id = "17";
  const auto text = issue_access_token(world.services, wanted);
  const auto read = verify_access_token(world.services, text.reveal());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->subject, wanted.subject);
  EXPECT_EQ(read->session, wanted.session);
  EXPECT_EQ(read->issued_at, wanted.issued_at);
  EXPECT_EQ(read->expires_at, wanted.expires_at);
  EXPECT_EQ(read->token_id, wanted.token_id);
  EXPECT_EQ(read->user_id, "17");
  EXPECT_FALSE(verify_access_token(world.services, token())->user_id);
}

TEST_F(AccessTokens, PayloadIsWrittenInAFixedOrder) {
  EXPECT_EQ(payload(), R"({"iss":"http://127.0.0.1:8080","aud":"http://127.0.0.1:8080",)"
                       R"("sub":"0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b",)"
                       R"("sid":"0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2c",)"
                       R"("jti":"00112233445566778899aabbccddeeff",)"
                       R"("iat":1800000000,"exp":1800000600,"token_type":"access"})");
}

TEST_F(AccessTokens, PayloadDecodesWithPlainBase64) {
  world.settings.issuer = "https://example.org/a?b~c>d";
  const auto text = token();
  const auto encoded = text.substr(text.find('.') + 1, text.rfind('.') - text.find('.') - 1);
  EXPECT_EQ(encoded.find_first_of("-_"), std::string::npos);
  EXPECT_TRUE(verify_access_token(world.services, text).ok());
}

TEST_F(AccessTokens, EndAtTheSecondTheySay) {
  const auto text = token();
  const auto end = claims().expires_at;
  world.clock.set(end - std::chrono::microseconds(1));
  EXPECT_TRUE(verify_access_token(world.services, text).ok());
  world.clock.set(end);
  EXPECT_EQ(code(text), Errc::TokenExpired);
  world.clock.set(end + seconds(1));
  EXPECT_EQ(code(text), Errc::TokenExpired);
}

TEST_F(AccessTokens, TimesPast2038And2106AreTimes) {
  for (const long long second : {2147483647LL, 2147483648LL, 4294967296LL, 9999999999LL}) {
    world.clock.set(from_unix_seconds(second));
    const auto read = verify_access_token(world.services, token());
    ASSERT_TRUE(read.ok()) << second;
    EXPECT_EQ(unix_seconds(read->expires_at), second + 600);
  }
}

TEST_F(AccessTokens, CVE202627840EveryPrefixExtensionAndBitFlipIsRefused) {
  const auto text = token();
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_EQ(code(text.substr(0, length)), Errc::TokenInvalid) << length;
  }
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(code(text + static_cast<char>(byte)), Errc::TokenInvalid) << byte;
    EXPECT_EQ(code(static_cast<char>(byte) + text), Errc::TokenInvalid) << byte;
  }
  for (std::size_t i = 0; i < text.size() * 8; ++i) {
    auto changed = text;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
    EXPECT_EQ(code(changed), Errc::TokenInvalid) << i;
  }
}

TEST_F(AccessTokens, CVE202454150AlgorithmsOfTheTokensChoiceAreRefused) {
  const auto good = token();
  const auto body = good.substr(good.find('.') + 1, good.rfind('.') - good.find('.') - 1);
  const auto kid = world.signing_keys.public_keys().front().kid;
  const auto signature = good.substr(good.rfind('.'));
  for (const std::string alg : {"none", "None", "NONE", "nOnE", "HS256", "RS256", "ES384", ""}) {
    const auto header =
        segment(R"({"alg":")" + alg + R"(","kid":")" + kid + R"(","typ":"at+jwt"})");
    EXPECT_EQ(code(header + "." + body + "."), Errc::TokenInvalid) << alg;
    EXPECT_EQ(code(header + "." + body + signature), Errc::TokenInvalid) << alg;
  }
  EXPECT_EQ(code(segment(R"({"alg":"none"})") + "." + body + "."), Errc::TokenInvalid);
  EXPECT_EQ(code(good.substr(0, good.rfind('.') + 1)), Errc::TokenInvalid) << "empty signature";
}

TEST_F(AccessTokens, CVE202644699Hs256WithThePublicKeyOrNoKeyIsRefused) {
  const auto key = world.signing_keys.public_keys().front();
  auto point = *base64url_decode(key.x);
  const auto y = *base64url_decode(key.y);
  point.insert(point.end(), y.begin(), y.end());
  auto uncompressed = point;
  uncompressed.insert(uncompressed.begin(), 0x04);
  const auto body = segment(payload());
  for (const std::string alg : {"HS256", "ES256"}) {
    const auto header =
        segment(R"({"alg":")" + alg + R"(","kid":")" + key.kid + R"(","typ":"at+jwt"})");
    for (const auto& secret : {point, uncompressed, *base64url_decode(key.x), Bytes{}}) {
      const auto text = header + "." + body;
      Bytes mac(32);
      HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), nullptr);
      EXPECT_EQ(code(text + "." + base64url_encode(mac)), Errc::TokenInvalid) << alg;
    }
  }
}

TEST_F(AccessTokens, OtherHeadersOfTheSameMeaningAreRefused) {
  const auto good = token();
  const auto rest = good.substr(good.find('.'));
  const auto kid = world.signing_keys.public_keys().front().kid;
  for (const std::string& header :
       {R"({"kid":")" + kid + R"(","alg":"ES256","typ":"at+jwt"})",
        R"({ "alg":"ES256","kid":")" + kid + R"(","typ":"at+jwt"})",
        R"({"alg":"ES256","kid":")" + kid + R"("})",
        R"({"alg":"ES256","kid":")" + kid + R"(","typ":"JWT"})",
        R"({"alg":"ES256","kid":")" + kid + R"(","typ":"at+jwt","jku":"https://x"})",
        std::string(R"({"alg":"ES256","kid":"0000000000000000","typ":"at+jwt"})")}) {
    EXPECT_EQ(code(segment(header) + rest), Errc::TokenInvalid) << header;
  }
}

TEST_F(AccessTokens, ExtraAndMissingSegmentsAreRefused) {
  const auto good = token();
  for (const auto& text :
       {good + ".", good + ".AAAA", "." + good, std::string(".."), std::string("..."),
        std::string("."), good.substr(0, good.rfind('.')), good + "=", good + "\n", " " + good,
        std::string(1 << 20, '.'), std::string(5000, 'A') + ".e30.AAAA"}) {
    EXPECT_EQ(code(text), Errc::TokenInvalid) << text.substr(0, 300);
  }
}

TEST_F(AccessTokens, AKeyOfAnotherInstallationIsRefused) {
  DomainWorld other;
  const auto foreign = other.signing_keys.sign(payload());
  EXPECT_EQ(code(foreign), Errc::TokenInvalid);
  const auto own = token();
  EXPECT_EQ(code(own.substr(0, own.find('.')) + foreign.substr(foreign.find('.'))),
            Errc::TokenInvalid)
      << "its signature under our kid";
}

TEST_F(AccessTokens, CVE202026160TheAudienceIsOneTextAndOurs) {
  const std::string aud = R"("aud":"http://127.0.0.1:8080")";
  EXPECT_EQ(bent(aud + ",", ""), Errc::TokenInvalid) << "missing";
  for (const std::string value :
       {R"(["http://127.0.0.1:8080"])", R"([])", R"("")", "null", "1", R"("http://127.0.0.1:808")",
        R"("http://127.0.0.1:8080/")", R"("https://elsewhere.example")"}) {
    EXPECT_EQ(bent(aud, R"("aud":)" + value), Errc::TokenInvalid) << value;
  }
}

TEST_F(AccessTokens, CVE202026160AnEmptyIssuerIsNotAnybody) {
  world.settings.issuer = "";
  EXPECT_EQ(code(token()), Errc::TokenInvalid);
}

TEST_F(AccessTokens, TheIssuerIsOurs) {
  const std::string iss = R"("iss":"http://127.0.0.1:8080")";
  EXPECT_EQ(bent(iss + ",", ""), Errc::TokenInvalid);
  EXPECT_EQ(bent(iss, R"("iss":"http://127.0.0.1:8081")"), Errc::TokenInvalid);
}

TEST_F(AccessTokens, R10OtherTypesOfTokenAreOfTheWrongKind) {
  EXPECT_EQ(bent(R"("access")", R"("refresh")"), Errc::TokenWrongKind);
  EXPECT_EQ(bent(R"("access")", R"("Access")"), Errc::TokenWrongKind);
  EXPECT_EQ(bent(R"(,"token_type":"access")", ""), Errc::TokenWrongKind);
  EXPECT_EQ(bent(R"("access")", "1"), Errc::TokenWrongKind);
}

TEST_F(AccessTokens, ClaimsThatWeCouldNotHaveWrittenAreRefused) {
  EXPECT_EQ(bent(R"("exp":1800000600)", R"("exp":"1800000600")"), Errc::TokenInvalid);
  EXPECT_EQ(bent(R"("exp":1800000600)", R"("exp":1800000600.5)"), Errc::TokenInvalid);
  EXPECT_EQ(bent(R"("exp":1800000600)", R"("exp":9223372036854775807)"), Errc::TokenInvalid);
  EXPECT_EQ(bent(R"("exp":1800000600)", R"("exp":-1)"), Errc::TokenInvalid);
  EXPECT_EQ(bent(R"("exp":1800000600,)", ""), Errc::TokenInvalid);
  EXPECT_EQ(bent(R"("iat":1800000000,)", ""), Errc::TokenInvalid);
  EXPECT_EQ(bent(R"("exp":1800000600)", R"("exp":1800000600,"exp":1900000000)"),
            Errc::TokenInvalid);
  EXPECT_EQ(bent("0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b", "admin"), Errc::TokenInvalid);
  EXPECT_EQ(bent("0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2c", ""), Errc::TokenInvalid);
  EXPECT_EQ(bent("00112233445566778899aabbccddeeff", "00112233"), Errc::TokenInvalid);
  EXPECT_EQ(bent(R"("token_type")", R"("user_id":5,"token_type")"), Errc::TokenInvalid);
  for (const char* text : {"", "{}", "null", "[]", "\"access\"", "{", "\xff"}) {
    EXPECT_FALSE(verify_signed(text).ok()) << text;
  }
}

TEST_F(AccessTokens, R10CredentialsOfOtherKindsAreSaidToBe) {
  const auto refresh = encode_refresh_token(world.ring, {claims().session, 0, 1});
  EXPECT_EQ(code(refresh.reveal()), Errc::TokenWrongKind);
  const auto key = make_key_text("pst_", "0123456789ab", Secret(std::string(32, 'x')));
  EXPECT_EQ(code(key.reveal()), Errc::TokenWrongKind);
}

TEST_F(AccessTokens, AKeyMadeElsewhereIsLearntOnFirstSightOfIt) {
  test::AnotherWorker worker(world);
  world.clock.advance(minutes(1));
  SigningKeys::create(world.database, world.ring, world.random, world.clock.now());
  world.signing_keys.load(world.database, world.ring, world.clock.now());
  EXPECT_TRUE(verify_access_token(worker.services, token()).ok());
}

TEST_F(AccessTokens, UnknownKidsCostOneLookAtTheDatabaseInAWhile) {
  int statements = 0;
  world.clock.advance(minutes(1));
  world.database.set_fault_hook_for_test([&](std::string_view) { ++statements; });
  const auto header = segment(R"({"alg":"ES256","kid":"0000000000000000","typ":"at+jwt"})");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(code(header + ".e30.AAAA"), Errc::TokenInvalid);
  EXPECT_EQ(statements, 1);
}

}  // namespace
}  // namespace postern::domain

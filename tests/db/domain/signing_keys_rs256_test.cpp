#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

#include "domain/id_token.hpp"
#include "domain/oauth_access_token.hpp"
#include "domain/rs256.hpp"
#include "domain/signed_claims.hpp"
#include "tests/support/oauth_world.hpp"
#include "tests/support/rs256_key.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;

constexpr auto kEs256 = SigningAlgorithm::Es256;
constexpr auto kRs256 = SigningAlgorithm::Rs256;

std::string segment(std::string_view text) {
  return base64url_encode(as_bytes(text));
}

std::string header(std::string_view alg, std::string_view kid, std::string_view typ) {
  return segment(R"({"alg":")" + std::string(alg) + R"(","kid":")" + std::string(kid) +
                 R"(","typ":")" + std::string(typ) + R"("})");
}

std::string header_of(std::string_view token) {
  const auto bytes = base64url_decode(token.substr(0, token.find('.'))).value();
  return {bytes.begin(), bytes.end()};
}

std::string hs256(const Bytes& secret, const std::string& text) {
  Bytes mac(32);
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), as_bytes(text).data(),
       text.size(), mac.data(), nullptr);
  return text + "." + base64url_encode(mac);
}

class SigningKeysOfBothKinds : public testing::Test {
 protected:
  SigningKeysOfBothKinds() : site(world) {
    for (const auto& key : world.signing_keys.public_keys()) {
      (key.algorithm == kRs256 ? rsa : ec) = key;
    }
  }
  [[nodiscard]] bool takes(const std::string& token, TokenType type) const {
    return world.signing_keys.verify(token, type).ok();
  }
  void expect_nothing_takes(const std::string& token, const std::string& what) {
    for (const auto type : kTokenTypes) EXPECT_FALSE(takes(token, type)) << what;
    EXPECT_FALSE(site.is_alive(Secret(token))) << what;
    EXPECT_FALSE(read_id_token_hint(world.services, token)) << what;
  }

  DomainWorld world;
  OAuthWorld site;
  PublicKey ec, rsa;
};

TEST_F(SigningKeysOfBothKinds, EachSignsWithTheHeaderThatSaysSo) {
  const auto by_rsa = world.signing_keys.sign("{}", TokenType::IdToken, kRs256);
  EXPECT_EQ(header_of(by_rsa), R"({"alg":"RS256","kid":")" + rsa.kid + R"(","typ":"JWT"})");
  const auto by_ec = world.signing_keys.sign("{}", TokenType::IdToken, kEs256);
  EXPECT_EQ(header_of(by_ec), R"({"alg":"ES256","kid":")" + ec.kid + R"(","typ":"JWT"})");
  const auto notice = world.signing_keys.sign("{}", TokenType::LogoutToken, kRs256);
  EXPECT_EQ(header_of(notice), R"({"alg":"RS256","kid":")" + rsa.kid + R"(","typ":"logout+jwt"})");
  EXPECT_TRUE(takes(by_rsa, TokenType::IdToken));
  EXPECT_TRUE(takes(by_ec, TokenType::IdToken));
  EXPECT_TRUE(takes(notice, TokenType::LogoutToken));
  EXPECT_FALSE(takes(by_rsa, TokenType::LogoutToken));
}

TEST_F(SigningKeysOfBothKinds, ThePublicHalfIsAllThatAClientNeeds) {
  EXPECT_EQ(base64url_decode(rsa.n)->size(), 256U);
  EXPECT_EQ(rsa.e, "AQAB");
  EXPECT_EQ(rsa.x + rsa.y + ec.n + ec.e, "");
  EXPECT_EQ(rsa.n, world.database_server.sql(
                       "select public_n from postern.signing_key where alg = 'RS256'"));
}

TEST_F(SigningKeysOfBothKinds, R10NoAccessTokenIsSignedByAnRsaKey) {
  EXPECT_THROW(static_cast<void>(world.signing_keys.sign("{}", TokenType::AccessToken, kRs256)),
               std::runtime_error);
}

TEST_F(SigningKeysOfBothKinds, R10AnRsaKeyVerifiesNoAccessToken) {
  // Signed by the right key over the header that it would have.
  const auto der = world.database_server.sql(
      "select encode(sealed_key, 'hex') from postern.signing_key where alg = 'RS256'");
  const auto opened = world.ring.open("signing_key:" + rsa.kid, hex_decode(der).value()).value();
  const auto key = Rs256Key::from_der(opened);
  const auto account = world.account("alice", "contributor");
  const auto good = site.tokens(site.client().client, account).access;
  const std::string text(good.reveal());
  ASSERT_TRUE(site.is_alive(good));
  const auto payload = text.substr(text.find('.'), text.rfind('.') - text.find('.'));
  const auto signed_part = header("RS256", rsa.kid, "at+jwt") + payload;
  const auto forged = signed_part + "." + base64url_encode(key.sign(signed_part));
  expect_nothing_takes(forged, "an access token of RS256");
  EXPECT_FALSE(world.signing_keys.names_unknown_key(forged));
  EXPECT_FALSE(world.signing_keys.names_unknown_key(header("RS256", "0123456789abcdef", "at+jwt") +
                                                    ".e30.AAAA"));
  EXPECT_TRUE(world.signing_keys.names_unknown_key(header("RS256", "0123456789abcdef", "JWT") +
                                                   ".e30.AAAA"));
}

TEST_F(SigningKeysOfBothKinds, R10AnRs256IdTokenIsNoAccessToken) {
  const auto account = world.account("alice", "contributor");
  const auto tokens = site.tokens(site.client().client, account, {.scopes = {"openid", "read"}});
  const std::string id_token(tokens.id_token->reveal());
  ASSERT_NE(header_of(id_token).find("RS256"), std::string::npos);
  EXPECT_FALSE(site.is_alive(*tokens.id_token));
  EXPECT_FALSE(authenticate_access_token(world.services, id_token).ok());
  EXPECT_TRUE(site.is_alive(tokens.access));
  EXPECT_NE(header_of(tokens.access.reveal()).find("ES256"), std::string::npos);
}

TEST_F(SigningKeysOfBothKinds, AClientHasTheAlgorithmThatItRegistered) {
  const auto account = world.account("alice", "contributor");
  for (const auto algorithm : kSigningAlgorithms) {
    ClientMetadata metadata;
    metadata.id_token_alg = algorithm;
    const auto client = site.client(ClientAuth::None, metadata).client;
    const auto tokens = site.tokens(client, account, {.scopes = {"openid", "read"}});
    const auto expected = R"("alg":")" + std::string(name_of(algorithm)) + "\"";
    EXPECT_NE(header_of(tokens.id_token->reveal()).find(expected), std::string::npos) << expected;
    const auto next = site.refresh(world.services, client, *tokens.refresh).value();
    EXPECT_NE(header_of(next.id_token->reveal()).find(expected), std::string::npos) << expected;
    const auto hint = read_id_token_hint(world.services, tokens.id_token->reveal());
    ASSERT_TRUE(hint) << expected;
    EXPECT_EQ(hint->client_id, client.client_id);
  }
}

TEST_F(SigningKeysOfBothKinds, CVE20159235TheTokenDoesNotChooseTheAlgorithm) {
  for (const auto type : {TokenType::IdToken, TokenType::LogoutToken}) {
    const auto by_ec = world.signing_keys.sign("{}", type, kEs256);
    const auto by_rsa = world.signing_keys.sign("{}", type, kRs256);
    for (const auto& token : {by_ec, by_rsa}) {
      const auto rest = token.substr(token.find('.'));
      for (const auto* alg : {"ES256", "RS256", "HS256", "PS256", "none"}) {
        for (const auto& kid : {ec.kid, rsa.kid}) {
          const auto forged = header(alg, kid, name_of(type)) + rest;
          if (forged == token) continue;
          expect_nothing_takes(forged, std::string(alg) + " " + kid);
        }
      }
    }
  }
}

TEST_F(SigningKeysOfBothKinds, CVE20165431Hs256WithThePublicKeyIsRefused) {
  const auto n = base64url_decode(rsa.n).value();
  const auto x = base64url_decode(ec.x).value();
  const auto text_of = [](const std::string& text) { return Bytes(text.begin(), text.end()); };
  const auto jwk = text_of(R"({"e":")" + rsa.e + R"(","kty":"RSA","n":")" + rsa.n + R"("})");
  for (const auto& secret : {n, x, text_of(rsa.n), jwk, Bytes{}}) {
    for (const auto* alg : {"HS256", "RS256", "ES256"}) {
      for (const auto& kid : {ec.kid, rsa.kid}) {
        for (const auto type : kTokenTypes) {
          expect_nothing_takes(hs256(secret, header(alg, kid, name_of(type)) + ".e30"), alg);
        }
      }
    }
  }
}

TEST_F(SigningKeysOfBothKinds, WithoutAnRsaKeyThereIsNoRs256) {
  world.database_server.sql("delete from postern.signing_key where alg = 'RS256'");
  world.signing_keys.load(world.database, world.ring, world.clock.now());
  EXPECT_TRUE(world.signing_keys.ready());
  EXPECT_FALSE(world.signing_keys.ready(kRs256));
  EXPECT_THROW(static_cast<void>(world.signing_keys.sign("{}", TokenType::IdToken, kRs256)),
               std::runtime_error);
}

TEST_F(SigningKeysOfBothKinds, R5AnRsaKeyOfAnotherMasterKeyIsSeenWhenItIsRead) {
  world.database_server.sql(
      "update postern.signing_key set sealed_key = '\\x00' where alg = 'RS256'");
  EXPECT_THROW(world.signing_keys.load(world.database, world.ring, world.clock.now()),
               std::runtime_error);
}

TEST_F(SigningKeysOfBothKinds, R5APrivateKeyCannotPassForTheOtherKind) {
  world.database_server.sql(
      "update postern.signing_key set alg = 'ES256', public_x = '', public_y = '',"
      " public_n = null, public_e = null where alg = 'RS256'");
  world.signing_keys.load(world.database, world.ring, world.clock.now());
  EXPECT_THROW(static_cast<void>(world.signing_keys.public_keys()), std::runtime_error);
}

TEST(SigningKeyRow, SaysWhatItsAlgorithmHas) {
  DomainWorld world;
  for (const auto* change :
       {"alg = 'RS256'", "alg = 'HS256'", "public_x = null", "public_n = 'AQAB'"}) {
    EXPECT_ANY_THROW(
        world.database_server.sql("update postern.signing_key set " + std::string(change)))
        << change;
  }
}

TEST(SigningKeyRow, AMadeRsaKeyIsStoredSealed) {
  DomainWorld world;
  const auto kid = SigningKeys::create(world.database, world.ring, world.random, world.clock.now(),
                                       {}, SigningAlgorithm::Rs256);
  world.signing_keys.load(world.database, world.ring, world.clock.now());
  const auto token = world.signing_keys.sign("{}", TokenType::IdToken, SigningAlgorithm::Rs256);
  EXPECT_NE(header_of(token).find(kid), std::string::npos);
  EXPECT_TRUE(world.signing_keys.verify(token, TokenType::IdToken).ok());
  const auto bytes =
      world.database_server.sql("select sealed_key from postern.signing_key where alg = 'RS256'");
  EXPECT_EQ(bytes.find("2a864886f70d010101"), std::string::npos) << "the name of RSA in PKCS#8";
}

}  // namespace
}  // namespace postern::domain

#include "handlers/webauthn_json.hpp"

#include <gtest/gtest.h>

#include "tests/support/handler_world.hpp"
#include "tests/support/security_key.hpp"

namespace postern::handlers {
namespace {

using domain::Bytes;
using test::json;
using test::SecurityKey;

std::string encoded(std::string_view text) {
  return domain::base64url_encode(domain::as_bytes(text));
}

/// An assertion with these clientDataJSON and these members besides.
Json::Value assertion_with(const std::string& client_data) {
  auto credential = json(test::credential_json(SecurityKey().get({.challenge = "Y2hhbGxlbmdl"})));
  credential["response"]["clientDataJSON"] = encoded(client_data);
  return credential;
}

TEST(WebauthnJson, AnAttestationIsReadToTheByte) {
  const auto sent = SecurityKey().create({.challenge = "Y2hhbGxlbmdl"});
  const auto read = read_attestation(json(test::credential_json(sent)));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->client.raw, sent.client.raw);
  EXPECT_EQ(read->client.type, "webauthn.create");
  EXPECT_EQ(read->client.challenge, "Y2hhbGxlbmdl");
  EXPECT_EQ(read->client.origin, "http://127.0.0.1:8080");
  EXPECT_FALSE(read->client.cross_origin);
  EXPECT_EQ(read->attestation_object, sent.attestation_object);
}

TEST(WebauthnJson, AnAssertionIsReadToTheByte) {
  SecurityKey key;
  key.user_handle = {'m', 'e'};
  const auto sent = key.get({.challenge = "Y2hhbGxlbmdl", .cross_origin = true});
  const auto read = read_assertion(json(test::credential_json(sent)));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->credential_id, key.id);
  EXPECT_EQ(read->client.raw, sent.client.raw);
  EXPECT_TRUE(read->client.cross_origin);
  EXPECT_EQ(read->authenticator_data, sent.authenticator_data);
  EXPECT_EQ(read->signature, sent.signature);
  EXPECT_EQ(read->user_handle, key.user_handle);
}

TEST(WebauthnJson, PaddingIsTakenAndOtherCharactersAreNot) {
  auto credential = json(test::credential_json(SecurityKey().get({.challenge = "x"})));
  auto& response = credential["response"];
  const auto signature = response["signature"].asString();
  response["signature"] = signature + "==";
  EXPECT_TRUE(read_assertion(credential));
  response["signature"] = "+" + signature;
  EXPECT_FALSE(read_assertion(credential));
  response["signature"] = signature + "=A";
  EXPECT_FALSE(read_assertion(credential));
}

TEST(WebauthnJson, WithoutOneOfItsBuffersItIsNone) {
  const auto whole = json(test::credential_json(SecurityKey().get({.challenge = "x"})));
  for (const char* member : {"clientDataJSON", "authenticatorData", "signature"}) {
    auto without = whole;
    without["response"].removeMember(member);
    EXPECT_FALSE(read_assertion(without)) << member;
    without["response"][member] = 7;
    EXPECT_FALSE(read_assertion(without)) << member;
  }
  for (const char* text : {"{}", "[]", "7", "null", R"({"response":[]})", R"({"rawId":"AA"})"}) {
    EXPECT_FALSE(read_assertion(json(text))) << text;
    EXPECT_FALSE(read_attestation(json(text))) << text;
  }
  const auto attestation = json(test::credential_json(SecurityKey().create({.challenge = "x"})));
  for (const char* member : {"clientDataJSON", "attestationObject"}) {
    auto without = attestation;
    without["response"].removeMember(member);
    EXPECT_FALSE(read_attestation(without)) << member;
  }
}

TEST(WebauthnJson, TheIdStandsForARawIdThatIsNotThere) {
  auto credential = json(test::credential_json(SecurityKey().get({.challenge = "x"})));
  credential.removeMember("rawId");
  EXPECT_TRUE(read_assertion(credential));
  credential.removeMember("id");
  EXPECT_FALSE(read_assertion(credential));
}

TEST(WebauthnJson, AUserHandleThatIsNoTextCountsAsNone) {
  auto credential = json(test::credential_json(SecurityKey().get({.challenge = "x"})));
  for (const char* handle : {"{}", "null", "[1]", "7"}) {
    credential["response"]["userHandle"] = json(handle);
    const auto read = read_assertion(credential);
    ASSERT_TRUE(read) << handle;
    EXPECT_TRUE(read->user_handle.empty()) << handle;
  }
}

TEST(WebauthnJson, ClientDataThatIsNotWhatItHasToBeProvesNothing) {
  const std::string good = R"({"type":"webauthn.get","challenge":"x","origin":"http://o"})";
  EXPECT_EQ(read_assertion(assertion_with(good))->client.type, "webauthn.get");
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("null"), std::string("[]"), "[" + good + "]",
        good + "x", good + good, good.substr(0, good.size() - 1),
        std::string(R"({"type":"webauthn.get","origin":"http://o"})"),
        std::string(R"({"type":"webauthn.get","challenge":"x"})"),
        std::string(R"({"challenge":"x","origin":"http://o"})"),
        std::string(R"({"type":7,"challenge":"x","origin":"http://o"})"),
        std::string(R"({"type":"webauthn.get","challenge":["x"],"origin":"http://o"})"),
        std::string(
            R"({"type":"webauthn.get","type":"webauthn.get","challenge":"x","origin":"http://o"})"),
        std::string(
            R"({"type":"webauthn.get","challenge":"x","origin":"http://o","crossOrigin":"no"})"),
        "\xef\xbb\xbf" + good}) {
    const auto read = read_assertion(assertion_with(text));
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->client.type, "") << text;
    EXPECT_EQ(read->client.raw.size(), text.size());
  }
}

TEST(WebauthnJson, AMemberThatNobodyAsksForIsPassedOver) {
  const auto read = read_assertion(assertion_with(
      R"({"type":"webauthn.get","challenge":"x","origin":"http://o","topOrigin":"http://t",)"
      R"("other_keys_can_be_added_here":"do not compare"})"));
  EXPECT_EQ(read->client.type, "webauthn.get");
}

TEST(WebauthnJson, TheOptionsSayWhatABrowserIsToDo) {
  domain::WebauthnCreation creation;
  creation.challenge = "Y2hhbGxlbmdl";
  creation.rp_id = "site.example";
  creation.rp_name = "Site";
  creation.user_handle = {'i', 'd'};
  creation.algorithms = {-7, -8};
  creation.exclude = {Bytes{1, 2, 3}};
  creation.timeout = domain::minutes(5);
  EXPECT_EQ(creation_options(creation, "ann@site.example", "Ann"), json(R"({
    "rp": {"id": "site.example", "name": "Site"},
    "user": {"id": "aWQ", "name": "ann@site.example", "displayName": "Ann"},
    "challenge": "Y2hhbGxlbmdl",
    "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -8}],
    "timeout": 300000,
    "excludeCredentials": [{"type": "public-key", "id": "AQID"}],
    "authenticatorSelection": {"authenticatorAttachment": "cross-platform",
                               "userVerification": "preferred", "residentKey": "discouraged"},
    "attestation": "none"})"));
  const domain::WebauthnRequest request{
      "Y2g", "site.example", {Bytes{1, 2, 3}}, domain::minutes(1)};
  EXPECT_EQ(request_options(request), json(R"({
    "challenge": "Y2g", "timeout": 60000, "rpId": "site.example",
    "allowCredentials": [{"type": "public-key", "id": "AQID"}],
    "userVerification": "preferred"})"));
}

}  // namespace
}  // namespace postern::handlers

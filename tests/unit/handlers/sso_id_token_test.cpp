#include <gtest/gtest.h>

#include "domain/bytes.hpp"
#include "handlers/json_body.hpp"
#include "handlers/sso/id_token.hpp"

namespace postern::handlers::sso {
namespace {

constexpr long long kNow = 1'800'000'000;

Provider provider() {
  Provider made;
  made.name = "company";
  made.issuer = "https://login.example";
  made.client_id = "postern";
  return made;
}

Json::Value claims() {
  Json::Value json(Json::objectValue);
  json["iss"] = "https://login.example";
  json["aud"] = "postern";
  json["sub"] = "ann";
  json["nonce"] = "the nonce";
  json["iat"] = static_cast<Json::Int64>(kNow - 5);
  json["exp"] = static_cast<Json::Int64>(kNow + 300);
  return json;
}

/// "" where the claims are good; else the one that is not.
std::string refusal(const Json::Value& json, const std::string& access_token = "") {
  const auto whose = provider();
  const auto checked =
      check_claims(json, {whose, "the nonce", access_token, domain::from_unix_seconds(kNow)});
  return checked ? "" : checked.error().detail;
}

std::string refusal_with(const char* name, const Json::Value& value) {
  auto json = claims();
  json[name] = value;
  if (value.isNull()) json.removeMember(name);
  return refusal(json);
}

Json::Value list(std::initializer_list<const char*> texts) {
  Json::Value json(Json::arrayValue);
  for (const auto* text : texts) json.append(text);
  return json;
}

Json::Value at(long long seconds) {
  return static_cast<Json::Int64>(kNow + seconds);
}

TEST(SsoIdToken, AGoodOneIsTaken) {
  EXPECT_EQ(refusal(claims()), "");
}

TEST(SsoIdToken, AnotherIssuerIsRefused) {
  EXPECT_EQ(refusal_with("iss", "https://other.example"), "id_token: iss");
  EXPECT_EQ(refusal_with("iss", "https://login.example/"), "id_token: iss");
  EXPECT_EQ(refusal_with("iss", Json::Value()), "id_token: iss");
  EXPECT_EQ(refusal_with("iss", list({"https://login.example"})), "id_token: iss");
}

TEST(SsoIdToken, OnlyOursByAudienceAndAuthorizedParty) {
  EXPECT_EQ(refusal_with("aud", "another"), "id_token: aud");
  EXPECT_EQ(refusal_with("aud", Json::Value()), "id_token: aud");
  EXPECT_EQ(refusal_with("aud", list({"postern"})), "");
  EXPECT_EQ(refusal_with("aud", list({"postern", "another"})), "id_token: aud");
  auto several = claims();
  several["aud"] = list({"postern", "another"});
  several["azp"] = "postern";
  EXPECT_EQ(refusal(several), "");
  several["azp"] = "another";
  EXPECT_EQ(refusal(several), "id_token: aud");
  EXPECT_EQ(refusal_with("azp", "another"), "id_token: aud");
}

TEST(SsoIdToken, TimesHoldWithAMinuteOfLeeway) {
  EXPECT_EQ(refusal_with("exp", at(-59)), "");
  EXPECT_EQ(refusal_with("exp", at(-60)), "id_token: exp");
  EXPECT_EQ(refusal_with("exp", Json::Value()), "id_token: exp");
  EXPECT_EQ(refusal_with("exp", "soon"), "id_token: exp");
  EXPECT_EQ(refusal_with("exp", 1e300), "id_token: exp");
  EXPECT_EQ(refusal_with("exp", -1), "id_token: exp");
  EXPECT_EQ(refusal_with("iat", at(60)), "");
  EXPECT_EQ(refusal_with("iat", at(61)), "id_token: iat");
  EXPECT_EQ(refusal_with("iat", Json::Value()), "id_token: iat");
  EXPECT_EQ(refusal_with("nbf", at(60)), "");
  EXPECT_EQ(refusal_with("nbf", at(61)), "id_token: nbf");
  EXPECT_EQ(refusal_with("nbf", "never"), "id_token: nbf");
}

TEST(SsoIdToken, TheNonceMustBeOurs) {
  EXPECT_EQ(refusal_with("nonce", "another"), "id_token: nonce");
  EXPECT_EQ(refusal_with("nonce", ""), "id_token: nonce");
  EXPECT_EQ(refusal_with("nonce", Json::Value()), "id_token: nonce");
}

TEST(SsoIdToken, TheAccessTokensHashHoldsWhereItStands) {
  auto json = claims();
  // OpenID Connect Core 1.0, appendix A.3, has this pair.
  json["at_hash"] = "77QmUPtjPfzWtF2AnpK9RQ";
  const std::string token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
  EXPECT_EQ(refusal(json, token), "");
  EXPECT_EQ(refusal(json, token + "x"), "id_token: at_hash");
  EXPECT_EQ(refusal(json, ""), "id_token: at_hash");
}

TEST(SsoIdToken, SubjectsAreBounded) {
  EXPECT_EQ(refusal_with("sub", std::string(255, 's')), "");
  EXPECT_EQ(refusal_with("sub", std::string(256, 's')), "id_token: sub");
  EXPECT_EQ(refusal_with("sub", ""), "id_token: sub");
  EXPECT_EQ(refusal_with("sub", 7), "id_token: sub");
  EXPECT_EQ(refusal_with("sub", Json::Value()), "id_token: sub");
}

TEST(SsoIdToken, AnAddressIsVerifiedByTheWordTrueAlone) {
  auto json = claims();
  json["email"] = "ann@example.org";
  EXPECT_FALSE(identity_of(json, provider()).email_verified);
  for (const auto& value : {Json::Value("true"), Json::Value(1), Json::Value(false)}) {
    json["email_verified"] = value;
    EXPECT_FALSE(identity_of(json, provider()).email_verified) << write_json(value);
  }
  json["email_verified"] = true;
  EXPECT_TRUE(identity_of(json, provider()).email_verified);
  EXPECT_EQ(identity_of(json, provider()).email, "ann@example.org");
}

TEST(SsoIdToken, MicrosoftsAddressesNeedTheDomainOwnersWord) {
  auto microsoft = provider();
  microsoft.issuer = "https://login.microsoftonline.com/common/v2.0";
  auto json = claims();
  json["email"] = "ann@example.org";
  json["email_verified"] = true;
  EXPECT_FALSE(identity_of(json, microsoft).email_verified);
  json["xms_edov"] = 1;
  EXPECT_TRUE(identity_of(json, microsoft).email_verified);
  json["xms_edov"] = false;
  EXPECT_FALSE(identity_of(json, microsoft).email_verified);
  json["xms_edov"] = true;
  EXPECT_TRUE(identity_of(json, microsoft).email_verified);
}

TEST(SsoIdToken, ASecondFactorIsBelievedOfWhoIsTrusted) {
  auto json = claims();
  json["amr"] = list({"pwd", "mfa"});
  auto trusted = provider();
  EXPECT_FALSE(identity_of(json, trusted).factor_checked);
  trusted.trust_second_factor = true;
  EXPECT_TRUE(identity_of(json, trusted).factor_checked);
  json["amr"] = list({"pwd"});
  EXPECT_FALSE(identity_of(json, trusted).factor_checked);
}

}  // namespace
}  // namespace postern::handlers::sso

#include <gtest/gtest.h>

#include "handlers/json_body.hpp"
#include "handlers/oauth/client_keys.hpp"
#include "tests/support/token_signer.hpp"

namespace postern::handlers::oauth {
namespace {

using sso::SignatureKind;
using test::TokenSigner;

class OAuthClientKeys : public testing::Test {
 protected:
  static CompactJwt token(const TokenSigner& signer, const Json::Value& kid) {
    Json::Value header(Json::objectValue);
    header["kid"] = kid;
    return *CompactJwt::parse(signer.sign(Json::objectValue, header), 4096);
  }
  static std::string set_of(std::initializer_list<Json::Value> keys) {
    Json::Value set(Json::objectValue);
    set["keys"] = Json::arrayValue;
    for (const auto& key : keys) set["keys"].append(key);
    return write_json(set);
  }
  static Json::Value nameless(const TokenSigner& signer) {
    auto jwk = signer.jwk();
    jwk.removeMember("kid");
    return jwk;
  }

  TokenSigner a{SignatureKind::Es256, "a"};
  TokenSigner b{SignatureKind::Es256, "b"};
};

TEST_F(OAuthClientKeys, TheKidSaysWhichKey) {
  const auto set = test::key_set({&a, &b});
  EXPECT_EQ(match_keys(set, token(a, "a")), KeyMatch::Signed);
  EXPECT_EQ(match_keys(set, token(b, "b")), KeyMatch::Signed);
  EXPECT_EQ(match_keys(set, token(a, "b")), KeyMatch::NotSigned);
  EXPECT_EQ(match_keys(set, token(a, "c")), KeyMatch::Unknown);
}

TEST_F(OAuthClientKeys, WithoutAKidItIsTheOnlyKey) {
  EXPECT_EQ(match_keys(test::key_set({&a}), token(a, Json::nullValue)), KeyMatch::Signed);
  EXPECT_EQ(match_keys(test::key_set({&a}), token(b, Json::nullValue)), KeyMatch::NotSigned);
  EXPECT_EQ(match_keys(test::key_set({&a, &b}), token(a, Json::nullValue)), KeyMatch::Unknown);
  EXPECT_EQ(match_keys(set_of({nameless(a)}), token(a, "any")), KeyMatch::Signed);
  EXPECT_EQ(match_keys(set_of({nameless(a), b.jwk()}), token(a, "any")), KeyMatch::Unknown);
}

TEST_F(OAuthClientKeys, KeysForSomethingElseAreNone) {
  auto for_encryption = a.jwk();
  for_encryption["use"] = "enc";
  EXPECT_EQ(match_keys(set_of({for_encryption}), token(a, "a")), KeyMatch::Unknown);
  auto of_another_kind = a.jwk();
  of_another_kind["alg"] = "RS256";
  EXPECT_EQ(match_keys(set_of({of_another_kind}), token(a, "a")), KeyMatch::NotSigned);
  auto with_private_half = a.jwk();
  with_private_half["d"] = "AQAB";
  EXPECT_EQ(match_keys(set_of({with_private_half}), token(a, "a")), KeyMatch::Unknown);
}

TEST_F(OAuthClientKeys, WhatIsNoSetHasNoKeys) {
  for (const char* text : {"", "{}", "[]", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[1]})",
                           R"({"keys":[{}]})", R"({"keys":[{"kty":"oct","k":"AQAB"}]})"}) {
    EXPECT_FALSE(is_key_set(text)) << text;
    EXPECT_EQ(match_keys(text, token(a, "a")), KeyMatch::Unknown) << text;
  }
  EXPECT_TRUE(is_key_set(test::key_set({&a})));
}

}  // namespace
}  // namespace postern::handlers::oauth

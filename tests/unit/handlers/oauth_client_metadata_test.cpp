#include <gtest/gtest.h>

#include "handlers/json_body.hpp"
#include "handlers/oauth/client_metadata.hpp"
#include "handlers/oauth/public_key_set.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::ClientAuth;
using domain::ClientOrigin;
using Texts = std::vector<std::string>;

class ClientMetadataReading : public ::testing::Test {
 protected:
  ClientMetadataReading() {
    settings_.oauth.resources = {
        {"https://api.example.org", "API", {"posts.read", "posts.write"}, std::nullopt}};
  }
  domain::Result<domain::ClientMetadata> reading(const std::string& members,
                                                 ClientOrigin origin = ClientOrigin::Registered) {
    const auto document = parse_json(R"({"redirect_uris":["https://app.example.org/cb"])" +
                                     (members.empty() ? "" : "," + members) + "}");
    return read_client_metadata(document.value.value(), origin, settings_);
  }
  domain::ClientMetadata read(const std::string& members,
                              ClientOrigin origin = ClientOrigin::Registered) {
    return reading(members, origin).value();
  }
  std::string refusal(const std::string& members, ClientOrigin origin = ClientOrigin::Registered) {
    const auto metadata = reading(members, origin);
    if (metadata) return "ok";
    EXPECT_EQ(metadata.error().code, domain::Errc::InvalidInput);
    return metadata.error().field + " " + metadata.error().reason;
  }
  static std::string shown(const domain::ClientMetadata& metadata) {
    return write_json(show_client_metadata(metadata));
  }

  domain::Settings settings_;
};

TEST_F(ClientMetadataReading, Rfc7592Rule7DefaultsAreFilledInAndTold) {
  const auto metadata = read("");
  EXPECT_EQ(metadata.auth, ClientAuth::SecretBasic);
  EXPECT_EQ(shown(metadata),
            R"({"application_type":"web","dpop_bound_access_tokens":false,)"
            R"("grant_types":["authorization_code","refresh_token"],)"
            R"("id_token_signed_response_alg":"RS256",)"
            R"("redirect_uris":["https://app.example.org/cb"],)"
            R"("require_pushed_authorization_requests":false,"response_types":["code"],)"
            R"("token_endpoint_auth_method":"client_secret_basic"})");
}

TEST_F(ClientMetadataReading, EverythingThatIsRegisteredIsToldAgain) {
  const std::string members =
      R"("application_type":"native","backchannel_logout_session_required":true,)"
      R"("backchannel_logout_uri":"https://app.example.org/logout","client_name":"App",)"
      R"("client_uri":"https://app.example.org","contacts":["ops@example.org"],)"
      R"("default_max_age":3600,"dpop_bound_access_tokens":true,)"
      R"("grant_types":["authorization_code","refresh_token",)"
      R"("urn:ietf:params:oauth:grant-type:device_code"],)"
      R"("id_token_signed_response_alg":"ES256",)"
      R"("initiate_login_uri":"https://app.example.org/start","jwks":{"keys":[{"crv":"P-256",)"
      R"("kty":"EC","x":"a","y":"b"}]},"logo_uri":"https://app.example.org/logo.png",)"
      R"("policy_uri":"https://app.example.org/policy#data",)"
      R"("post_logout_redirect_uris":["https://app.example.org/"],)"
      R"("redirect_uris":["https://app.example.org/cb"],)"
      R"("require_pushed_authorization_requests":true,"response_types":["code"],)"
      R"("scope":"posts.read","software_id":"app","software_version":"1.0",)"
      R"("subject_type":"public","token_endpoint_auth_method":"private_key_jwt",)"
      R"("tos_uri":"https://app.example.org/tos")";
  const auto document = parse_json("{" + members + "}");
  const auto metadata =
      read_client_metadata(document.value.value(), ClientOrigin::Registered, settings_);
  ASSERT_TRUE(metadata.ok()) << metadata.error().field;
  EXPECT_EQ(shown(*metadata), "{" + members + "}");
}

TEST_F(ClientMetadataReading, UnknownMembersAreIgnoredAndNullIsAbsent) {
  const auto metadata =
      read(R"("favourite_colour":{"a":[1]},"client_id":"chosen","client_secret":"chosen",)"
           R"("scope":null,"client_name":null,"grant_types":null,"jwks":null,"logo_uri":null,)"
           R"("token_endpoint_auth_method":null,"software_statement":null,"response_types":null)");
  EXPECT_EQ(shown(metadata), shown(read("")));
}

TEST_F(ClientMetadataReading, Rfc7591WhatDoesNotHoldIsNotToldAsRegistered) {
  const auto metadata = read(
      R"("require_auth_time":true,"default_acr_values":["1"],"userinfo_signed_response_alg":)"
      R"("RS256","request_object_signing_alg":"RS256","require_signed_request_object":true,)"
      R"("id_token_encrypted_response_alg":"RSA-OAEP","id_token_encrypted_response_enc":)"
      R"("A128GCM","token_endpoint_auth_signing_alg":"RS256","sector_identifier_uri":)"
      R"("https://app.example.org/all","frontchannel_logout_uri":"https://app.example.org/out",)"
      R"("tls_client_certificate_bound_access_tokens":true,"tls_client_auth_subject_dn":"CN=x",)"
      R"("authorization_signed_response_alg":"RS256")");
  EXPECT_EQ(shown(metadata), shown(read("")));
}

TEST_F(ClientMetadataReading, AnAssertionsAlgorithmIsOneThatWeTake) {
  const auto naming = [&](const std::string& algorithm) {
    return R"("token_endpoint_auth_signing_alg":")" + algorithm +
           R"(","jwks":{"keys":[{"crv":)"
           R"("P-256","kty":"EC","x":"a","y":"b"}]},"token_endpoint_auth_method":"private_key_jwt")";
  };
  for (const char* ours : {"ES256", "PS256", "RS256"}) EXPECT_EQ(refusal(naming(ours)), "ok");
  for (const char* other : {"EdDSA", "HS256", "none"})
    EXPECT_EQ(refusal(naming(other)), "token_endpoint_auth_signing_alg not_supported");
  EXPECT_EQ(refusal(R"("token_endpoint_auth_signing_alg":"HS256")"), "ok") << "it signs nothing";
}

TEST_F(ClientMetadataReading, TheDefaultMaxAgeIsKnownOfWhatIsRegistered) {
  EXPECT_FALSE(default_max_age(read("")));
  EXPECT_EQ(default_max_age(read(R"("default_max_age":0)")), domain::seconds(0));
  EXPECT_EQ(default_max_age(read(R"("default_max_age":3600)")), domain::seconds(3600));
}

TEST_F(ClientMetadataReading, ANameHoldsNothingThatIsNotSeen) {
  EXPECT_EQ(refusal(R"("client_name":"The App \ud83d\udc69\u200d\ud83d\udcbb")"), "ok");
  for (const char* name : {"\\u200b", "Go\\u2060od", "\\u3164", "\\udb40\\udc41"})
    EXPECT_EQ(refusal(R"("client_name":")" + std::string(name) + "\""),
              "client_name invalid_characters");
  EXPECT_EQ(refusal(R"("client_name":"\u200d")"), "client_name too_short");
}

TEST_F(ClientMetadataReading, EmptyAddressesAreNone) {
  const auto metadata = read(R"("client_uri":"","logo_uri":"","tos_uri":"","software_id":"")");
  EXPECT_EQ(shown(metadata), shown(read(""))) << "no empty string is ever told";
}

TEST_F(ClientMetadataReading, UnknownScopesAreNarrowedNotRefused) {
  EXPECT_EQ(read(R"("scope":"posts.read nonsense openid")").scopes,
            (Texts{"openid", "posts.read"}));
  EXPECT_FALSE(read(R"("scope":"nonsense")").scopes);
  EXPECT_FALSE(read(R"("scope":"")").scopes);
  EXPECT_EQ(refusal(R"("scope":"a  b")"), "scope invalid_characters");
  EXPECT_EQ(refusal(R"("scope":["posts.read"])"), "scope wrong_type");
}

TEST_F(ClientMetadataReading, GrantTypesThatStrangersDoNotGetAreLeftOut) {
  EXPECT_EQ(read(R"("grant_types":["password","implicit","authorization_code",)"
                 R"("client_credentials","refresh_token"])")
                .grant_types,
            (Texts{"authorization_code", "refresh_token"}));
  EXPECT_EQ(read(R"("grant_types":["authorization_code"])").grant_types,
            Texts{"authorization_code"});
  EXPECT_EQ(refusal(R"("grant_types":["client_credentials"])"), "grant_types required");
  EXPECT_EQ(refusal(R"("grant_types":[])"), "grant_types required");
}

TEST_F(ClientMetadataReading, Rfc7592Rule7ResponseTypesGoWithGrantTypes) {
  EXPECT_EQ(refusal(R"("response_types":["code"])"), "ok");
  EXPECT_EQ(refusal(R"("response_types":["token"])"), "response_types not_consistent");
  EXPECT_EQ(refusal(R"("response_types":["code","id_token"])"), "response_types not_consistent");
  EXPECT_EQ(refusal(R"("response_types":[])"), "response_types not_consistent");
  const std::string device = R"("grant_types":["urn:ietf:params:oauth:grant-type:device_code"])";
  EXPECT_EQ(refusal(device + R"(,"response_types":["code"])"), "response_types not_consistent");
  EXPECT_EQ(refusal(device + R"(,"response_types":[])"), "ok");
  EXPECT_FALSE(show_client_metadata(read(device)).isMember("response_types"));
}

TEST_F(ClientMetadataReading, IdTokensAreOfTheAlgorithmThatWasAskedForAndElseRs256) {
  EXPECT_EQ(read("").id_token_alg, domain::SigningAlgorithm::Rs256);
  EXPECT_EQ(read("", ClientOrigin::Document).id_token_alg, domain::SigningAlgorithm::Rs256);
  for (const auto algorithm : domain::kSigningAlgorithms) {
    const std::string name(domain::name_of(algorithm));
    const auto metadata = read(R"("id_token_signed_response_alg":")" + name + "\"");
    EXPECT_EQ(metadata.id_token_alg, algorithm);
    EXPECT_EQ(show_client_metadata(metadata)["id_token_signed_response_alg"], name);
  }
}

TEST_F(ClientMetadataReading, DocumentsHaveNoSecretByDefault) {
  EXPECT_EQ(read("", ClientOrigin::Document).auth, ClientAuth::None);
  EXPECT_EQ(refusal(R"("token_endpoint_auth_method":"client_secret_post")", ClientOrigin::Document),
            "token_endpoint_auth_method not_permitted");
}

TEST_F(ClientMetadataReading, WhatIsOfTheWrongTypeIsNamed) {
  for (const char* name :
       {"client_name", "token_endpoint_auth_method", "scope", "application_type", "jwks_uri",
        "backchannel_logout_uri", "client_uri", "logo_uri", "software_id", "subject_type"})
    EXPECT_EQ(refusal("\"" + std::string(name) + "\":7"), std::string(name) + " wrong_type");
  for (const char* name :
       {"grant_types", "response_types", "contacts", "post_logout_redirect_uris"}) {
    EXPECT_EQ(refusal("\"" + std::string(name) + "\":\"x\""), std::string(name) + " wrong_type");
    EXPECT_EQ(refusal("\"" + std::string(name) + "\":[1]"), std::string(name) + " wrong_type");
  }
  for (const char* name : {"dpop_bound_access_tokens", "require_pushed_authorization_requests",
                           "backchannel_logout_session_required"})
    EXPECT_EQ(refusal("\"" + std::string(name) + "\":\"true\""), std::string(name) + " wrong_type");
  for (const char* age : {"-1", "\"1\"", "1.5", "1e300"})
    EXPECT_EQ(refusal(R"("default_max_age":)" + std::string(age)), "default_max_age out_of_range");
  EXPECT_EQ(read_client_metadata(Json::Value(7), ClientOrigin::Registered, settings_).error().field,
            "client_metadata");
}

TEST_F(ClientMetadataReading, RedirectUrisAreAnErrorOfTheirOwn) {
  const auto field = [&](const char* document) {
    return read_client_metadata(parse_json(document).value.value(), ClientOrigin::Registered,
                                settings_)
        .error()
        .field;
  };
  for (const char* document :
       {"{}", R"({"redirect_uris":[]})", R"({"redirect_uris":"https://app.example.org/cb"})",
        R"({"redirect_uris":[7]})", R"({"redirect_uris":["javascript:1"]})"})
    EXPECT_EQ(field(document), "redirect_uris") << document;
}

TEST_F(ClientMetadataReading, WhatCannotBeHadHereIsRefused) {
  EXPECT_EQ(refusal(R"("token_endpoint_auth_method":"client_secret_jwt")"),
            "token_endpoint_auth_method unknown");
  EXPECT_EQ(refusal(R"("subject_type":"pairwise")"), "subject_type not_supported");
  EXPECT_EQ(refusal(R"("id_token_signed_response_alg":"none")"),
            "id_token_signed_response_alg not_supported");
  EXPECT_EQ(refusal(R"("id_token_signed_response_alg":"HS256")"),
            "id_token_signed_response_alg not_supported");
  EXPECT_EQ(refusal(R"("application_type":"browser")"), "application_type unknown");
  EXPECT_EQ(refusal(R"("software_statement":"a.b.c")"), "software_statement not_supported");
}

TEST_F(ClientMetadataReading, Rfc7592Rule7AddressesAreSecureOnes) {
  for (const char* name :
       {"client_uri", "logo_uri", "tos_uri", "policy_uri", "initiate_login_uri"}) {
    const auto member = [&](const char* uri) {
      return "\"" + std::string(name) + "\":\"" + uri + "\"";
    };
    EXPECT_EQ(refusal(member("https://app.example.org/x#y")), "ok");
    EXPECT_EQ(refusal(member("http://localhost:3000/x")), "ok");
    for (const char* uri : {"http://app.example.org/x", "javascript:alert(1)", "data:text/html,x",
                            "app.example.org", "com.example.app:/x", "https://u:p@app.example.org"})
      EXPECT_EQ(refusal(member(uri)), std::string(name) + " invalid") << uri;
  }
}

TEST_F(ClientMetadataReading, KeysArePublicOnes) {
  const auto with_keys = [&](const std::string& keys) {
    return refusal(R"("token_endpoint_auth_method":"private_key_jwt","jwks":)" + keys);
  };
  EXPECT_EQ(with_keys(R"({"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]})"), "ok");
  for (const char* keys :
       {"7", "{}", R"({"keys":[]})", R"({"keys":{}})", R"({"keys":[7]})", R"({"keys":[{}]})",
        R"({"keys":[{"kty":7}]})", R"({"keys":[{"kty":"oct","k":"c2VjcmV0"}]})",
        R"({"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"secret"}]})"})
    EXPECT_EQ(with_keys(keys), "jwks invalid") << keys;
  std::string many = R"({"kty":"EC"})";
  for (int i = 0; i < 20; ++i) many += R"(,{"kty":"EC"})";
  EXPECT_EQ(with_keys(R"({"keys":[)" + many + "]}"), "jwks invalid");
}

TEST_F(ClientMetadataReading, R9ListsAndTextsAreBounded) {
  std::string many = R"("x")";
  for (int i = 0; i < 100; ++i) many += R"(,"x")";
  EXPECT_EQ(refusal(R"("contacts":[)" + many + "]"), "contacts too_many");
  EXPECT_EQ(refusal(R"("software_version":")" + std::string(201, 'a') + "\""),
            "software_version invalid_characters");
}

}  // namespace
}  // namespace postern::handlers::oauth

#include <gtest/gtest.h>

#include "domain/oauth_client.hpp"
#include "domain/oauth_client_rows.hpp"

namespace postern::domain {
namespace {

ClientMetadata sound() {
  ClientMetadata metadata;
  metadata.name = "App";
  metadata.auth = ClientAuth::None;
  metadata.redirect_uris = {"https://app.example.org/cb"};
  return metadata;
}

std::string checking(const ClientMetadata& metadata,
                     ClientOrigin origin = ClientOrigin::Registered) {
  const auto checked = check_client_metadata(metadata, origin);
  if (checked) return "ok";
  EXPECT_EQ(checked.error().code, Errc::InvalidInput);
  return checked.error().field + " " + checked.error().reason;
}

TEST(OAuthClientMetadata, MethodsHaveTheirRegisteredNames) {
  for (const auto method : {ClientAuth::None, ClientAuth::SecretBasic, ClientAuth::SecretPost,
                            ClientAuth::PrivateKeyJwt})
    EXPECT_EQ(client_auth(name_of(method)), method);
  EXPECT_EQ(name_of(ClientAuth::PrivateKeyJwt), "private_key_jwt");
  EXPECT_FALSE(client_auth("client_secret_jwt"));
  EXPECT_FALSE(client_auth(""));
  EXPECT_TRUE(has_secret(ClientAuth::SecretBasic) && has_secret(ClientAuth::SecretPost));
  EXPECT_FALSE(has_secret(ClientAuth::None) || has_secret(ClientAuth::PrivateKeyJwt));
}

TEST(OAuthClientMetadata, R9SizesAreBounded) {
  EXPECT_EQ(checking(sound()), "ok");
  auto metadata = sound();
  metadata.redirect_uris.assign(20, "https://app.example.org/cb");
  EXPECT_EQ(checking(metadata), "ok");
  metadata.redirect_uris.emplace_back("https://app.example.org/cb");
  EXPECT_EQ(checking(metadata), "redirect_uris too_many");

  metadata = sound();
  metadata.name = std::string(200, 'a');
  EXPECT_EQ(checking(metadata), "ok");
  metadata.name += 'a';
  EXPECT_EQ(checking(metadata), "client_name too_long");

  metadata = sound();
  metadata.scopes.emplace(100, "a");
  EXPECT_EQ(checking(metadata), "ok");
  metadata.scopes->emplace_back("a");
  EXPECT_EQ(checking(metadata), "scope too_many");

  metadata = sound();
  metadata.jwks = std::string(8193, ' ');
  EXPECT_EQ(checking(metadata), "jwks too_long");
  metadata = sound();
  metadata.rest = std::string(4097, ' ');
  EXPECT_EQ(checking(metadata), "client_metadata too_long");
  metadata = sound();
  metadata.post_logout_redirect_uris.assign(21, "https://app.example.org/");
  EXPECT_EQ(checking(metadata), "post_logout_redirect_uris too_many");
}

TEST(OAuthClientMetadata, NamesAreOneLineOfCleanText) {
  auto metadata = sound();
  metadata.name = "";
  EXPECT_EQ(checking(metadata), "ok");
  for (const char* name : {"a\nb",
                           "a\xE2\x80\xAE"
                           "b",
                           "\xFF"}) {
    metadata.name = name;
    EXPECT_EQ(checking(metadata), "client_name invalid_characters");
  }
}

TEST(OAuthClientMetadata, RedirectUrisAreNeededForCodesAlone) {
  auto metadata = sound();
  metadata.redirect_uris.clear();
  EXPECT_EQ(checking(metadata), "redirect_uris required");
  metadata.grant_types = {std::string(grant_type::kDevice)};
  EXPECT_EQ(checking(metadata), "ok");
  metadata.redirect_uris = {"http://app.example.org/cb"};
  EXPECT_EQ(checking(metadata), "redirect_uris insecure");
}

TEST(OAuthClientMetadata, GrantTypesAreOursAndDoSomething) {
  auto metadata = sound();
  for (const char* type : {"password", "implicit", "", "Authorization_Code"}) {
    metadata.grant_types = {"authorization_code", type};
    EXPECT_EQ(checking(metadata), "grant_types unknown") << type;
  }
  metadata.grant_types = {"refresh_token"};
  EXPECT_EQ(checking(metadata), "grant_types required");
  metadata.grant_types = {};
  EXPECT_EQ(checking(metadata), "grant_types required");
}

TEST(OAuthClientMetadata, OnlyAdministratorsMakeClientsThatActForThemselves) {
  auto metadata = sound();
  metadata.auth = ClientAuth::SecretBasic;
  metadata.grant_types = {"client_credentials"};
  EXPECT_EQ(checking(metadata), "grant_types not_permitted");
  EXPECT_EQ(checking(metadata, ClientOrigin::Document), "grant_types not_permitted");
  EXPECT_EQ(checking(metadata, ClientOrigin::Administrator), "ok");
  metadata.auth = ClientAuth::None;
  EXPECT_EQ(checking(metadata, ClientOrigin::Administrator), "token_endpoint_auth_method required");
}

TEST(OAuthClientMetadata, Rfc7592Rule7KeysAreGivenOrFetchedNotBoth) {
  auto metadata = sound();
  metadata.auth = ClientAuth::PrivateKeyJwt;
  EXPECT_EQ(checking(metadata), "jwks required");
  metadata.jwks = R"({"keys":[]})";
  EXPECT_EQ(checking(metadata), "ok");
  metadata.jwks_uri = "https://app.example.org/keys";
  EXPECT_EQ(checking(metadata), "jwks_uri both");
  metadata.jwks.clear();
  EXPECT_EQ(checking(metadata), "ok");
}

TEST(OAuthClientMetadata, WhatWeFetchFromOrSendToIsHttps) {
  for (const char* uri : {"http://app.example.org/x", "http://localhost/x", "com.example.app:/x",
                          "app.example.org/x", "https://u@app.example.org/x", "https://"}) {
    auto metadata = sound();
    metadata.jwks_uri = uri;
    EXPECT_NE(checking(metadata).find("jwks_uri"), std::string::npos) << uri;
    metadata = sound();
    metadata.logout_uri = uri;
    EXPECT_NE(checking(metadata).find("backchannel_logout_uri"), std::string::npos) << uri;
  }
}

TEST(OAuthClientMetadata, Rfc9700Rule25DocumentsHaveNoSecret) {
  auto metadata = sound();
  EXPECT_EQ(checking(metadata, ClientOrigin::Document), "ok");
  metadata.auth = ClientAuth::SecretPost;
  EXPECT_EQ(checking(metadata, ClientOrigin::Document), "token_endpoint_auth_method not_permitted");
}

TEST(OAuthClientMetadata, ScopesAreSingleWords) {
  for (const char* scope : {"", "a b", "a\"b", "a\\b", "\xC3\xA9"}) {
    auto metadata = sound();
    metadata.scopes = {{scope}};
    EXPECT_EQ(checking(metadata), "scope invalid_characters") << scope;
  }
}

TEST(OAuthClientFingerprint, EqualWordsAreEqualWhateverThePort) {
  auto metadata = sound();
  metadata.redirect_uris = {"http://localhost:1/cb"};
  const auto first = client_fingerprint(metadata);
  metadata.redirect_uris = {"http://localhost:2/cb"};
  EXPECT_EQ(client_fingerprint(metadata), first);
  metadata.redirect_uris = {"http://localhost:2/other"};
  EXPECT_NE(client_fingerprint(metadata), first);
}

TEST(OAuthClientFingerprint, EverythingCounts) {
  std::vector<ClientMetadata> all(15, sound());
  all[1].name = "Apq";
  all[2].auth = ClientAuth::SecretBasic;
  all[3].redirect_uris.emplace_back("https://app.example.org/other");
  all[4].grant_types.emplace_back("refresh_token");
  all[5].scopes.emplace();
  all[6].scopes = {{"a"}};
  all[7].is_native = true;
  all[8].dpop_bound = true;
  all[9].require_pushed = true;
  all[10].post_logout_redirect_uris = {"https://app.example.org/"};
  all[11].logout_uri = "https://app.example.org/";
  all[12].jwks_uri = "https://app.example.org/";
  all[13].rest = R"({"client_uri":"https://app.example.org/"})";
  all[14].id_token_alg = SigningAlgorithm::Es256;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k)
      EXPECT_NE(client_fingerprint(all[i]), client_fingerprint(all[k])) << i << " and " << k;
  }
}

}  // namespace
}  // namespace postern::domain

#include <gtest/gtest.h>

#include <utility>

#include "handlers/json_body.hpp"
#include "handlers/oauth/client_document.hpp"
#include "handlers/oauth/find_client.hpp"
#include "tests/support/handler_world.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/oauth_clients.hpp"
#include "tests/support/token_signer.hpp"

namespace postern::handlers::oauth {
namespace {

using namespace std::chrono_literals;
using domain::ClientAuth;
using domain::Errc;
using test::LoopbackServer;
using test::TlsIdentity;
using test::TokenSigner;

/// A site that publishes metadata documents and keys, on this machine.
class OAuthFindClient : public testing::Test {
 protected:
  OAuthFindClient() {
    auto& settings = world.domain.settings.oauth;
    settings.fetch_networks = {"127.0.0.0/8"};
    settings.fetch_ca_file = identity.ca_file();
    document = test::json(R"({"client_name":"Agent",
        "redirect_uris":["https://agent.example.com/callback","http://127.0.0.1/callback"],
        "token_endpoint_auth_method":"none",
        "grant_types":["authorization_code","refresh_token"]})");
    document["client_id"] = address;
  }

  domain::Result<domain::OAuthClient> find(const std::string& client_id) {
    return find_client(world.services, client_id, world.domain.origin);
  }
  domain::Result<domain::OAuthClient> find() { return find(address); }
  Errc refusal(const std::string& client_id) {
    const auto found = find(client_id);
    return found ? Errc{} : found.error().code;
  }
  /// Asks with a limit per address that has been forgotten meanwhile.
  Errc later() {
    world.domain.clock.advance(61s);
    return refusal(address);
  }
  [[nodiscard]] std::size_t asked() const { return site.requests().size(); }

  test::HandlerWorld world;
  TlsIdentity identity{"IP:127.0.0.1"};
  Json::Value document;
  int status = 200;
  std::string type = "application/json";
  std::string headers;
  std::string body;  ///< instead of the document
  LoopbackServer site{[this](const std::string&) {
                        return LoopbackServer::http(status,
                                                    body.empty() ? write_json(document) : body,
                                                    "Content-Type: " + type + "\r\n" + headers);
                      },
                      &identity};
  std::string address = site.url() + "/oauth/agent.json";
};

TEST_F(OAuthFindClient, ADocumentIsFetchedAndBelievedForItsTime) {
  headers = "Cache-Control: max-age=600\r\n";
  const auto client = find();
  ASSERT_TRUE(client.ok()) << client.error().detail;
  EXPECT_EQ(client->client_id, address);
  EXPECT_EQ(client->origin, domain::ClientOrigin::Document);
  EXPECT_EQ(client->metadata.name, "Agent");
  EXPECT_EQ(client->metadata.auth, ClientAuth::None);
  EXPECT_EQ(client->metadata.redirect_uris.size(), 2U);
  EXPECT_EQ(asked(), 1U);
  EXPECT_TRUE(site.requests().at(0).starts_with("GET /oauth/agent.json HTTP/1.1\r\n"));
  world.domain.clock.advance(599s);
  ASSERT_TRUE(find().ok());
  EXPECT_EQ(asked(), 1U);
  world.domain.clock.advance(1s);
  const auto again = find();
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(asked(), 2U);
  EXPECT_EQ(again->id, client->id) << "the same client";
}

TEST_F(OAuthFindClient, CacheControlIsHeardWithinBounds) {
  struct Case {
    const char* field;
    std::chrono::seconds believed;
  };
  for (const auto& [field, believed] : std::initializer_list<Case>{{"no-store", 300s},
                                                                   {"max-age=1", 300s},
                                                                   {"max-age=301", 301s},
                                                                   {"public", 3600s},
                                                                   {"max-age=99999999", 86400s}}) {
    headers = "Cache-Control: " + std::string(field) + "\r\n";
    address += "x";
    document["client_id"] = address;
    const auto client = find();
    ASSERT_TRUE(client.ok()) << client.error().detail;
    EXPECT_EQ(client->fetched_until, world.domain.clock.now() + believed) << field;
  }
}

TEST_F(OAuthFindClient, WhatTheDocumentSaysNowIsSo) {
  ASSERT_TRUE(find().ok());
  document["redirect_uris"] = test::json(R"(["https://agent.example.com/other"])");
  document["client_name"] = "New name";
  world.domain.clock.advance(3601s);
  const auto client = find();
  ASSERT_TRUE(client.ok());
  EXPECT_EQ(client->metadata.redirect_uris,
            std::vector<std::string>{"https://agent.example.com/other"});
  EXPECT_EQ(client->metadata.name, "New name");
}

TEST_F(OAuthFindClient, ADocumentThatCannotBeHadIsBelievedForADayLonger) {
  ASSERT_TRUE(find().ok());
  status = 503;
  world.domain.clock.advance(3600s);
  EXPECT_EQ(later(), Errc{});
  world.domain.clock.advance(22h);
  EXPECT_EQ(later(), Errc{});
  world.domain.clock.advance(2h);
  EXPECT_EQ(later(), Errc::ProviderUnavailable);
  status = 200;
  EXPECT_EQ(later(), Errc{});
}

TEST_F(OAuthFindClient, ADocumentThatWasTakenAwayIsNotBelieved) {
  ASSERT_TRUE(find().ok());
  status = 404;
  world.domain.clock.advance(3601s);
  EXPECT_EQ(later(), Errc::ClientInvalid);
}

TEST_F(OAuthFindClient, ErrorsAreNeverKept) {
  document["client_id"] = "https://another.example.com/x";
  EXPECT_EQ(later(), Errc::ClientInvalid);
  document["client_id"] = address;
  status = 500;
  EXPECT_EQ(later(), Errc::ProviderUnavailable);
  status = 404;
  EXPECT_EQ(later(), Errc::ClientInvalid);
  status = 200;
  EXPECT_EQ(later(), Errc{});
}

TEST_F(OAuthFindClient, TheDocumentNamesItsOwnAddressToTheLetter) {
  for (const auto& other : {address + "/", address + "?", address.substr(0, address.size() - 1),
                            "HTTPS" + address.substr(5), std::string()}) {
    document["client_id"] = other;
    EXPECT_EQ(later(), Errc::ClientInvalid) << other;
  }
  document.removeMember("client_id");
  EXPECT_EQ(later(), Errc::ClientInvalid);
}

TEST_F(OAuthFindClient, ADocumentHoldsNoSecret) {
  for (const char* method : {"client_secret_basic", "client_secret_post", "client_secret_jwt"}) {
    document["token_endpoint_auth_method"] = method;
    EXPECT_EQ(later(), Errc::ClientInvalid) << method;
  }
  document["token_endpoint_auth_method"] = "none";
  for (const char* member : {"client_secret", "client_secret_expires_at"}) {
    document[member] = "x";
    EXPECT_EQ(later(), Errc::ClientInvalid) << member;
    document.removeMember(member);
  }
  document.removeMember("token_endpoint_auth_method");
  EXPECT_EQ(later(), Errc{});
  EXPECT_EQ(find()->metadata.auth, ClientAuth::None);
}

TEST_F(OAuthFindClient, OnlyJsonIsADocument) {
  for (const char* other : {"text/html", "text/plain", "application/javascript", "image/json"}) {
    type = other;
    EXPECT_EQ(later(), Errc::ClientInvalid) << other;
  }
  for (const char* good : {"application/json; charset=utf-8", "application/client+json"}) {
    type = good;
    world.domain.clock.advance(25h);
    EXPECT_EQ(later(), Errc{}) << good;
  }
  for (const char* text : {"null", "[]", "{", "<html>", "{} {}"}) {
    body = text;
    world.domain.clock.advance(25h);
    EXPECT_EQ(later(), Errc::ClientInvalid) << text;
  }
}

TEST_F(OAuthFindClient, MetadataAreJudgedAsThoseOfAnybodyElse) {
  document["redirect_uris"] = test::json(R"x(["javascript:alert(1)"])x");
  EXPECT_EQ(later(), Errc::ClientInvalid);
  document["redirect_uris"] = test::json(R"(["http://agent.example.com/callback"])");
  EXPECT_EQ(later(), Errc::ClientInvalid);
  document.removeMember("redirect_uris");
  EXPECT_EQ(later(), Errc::ClientInvalid);
}

TEST_F(OAuthFindClient, RedirectionsAndOtherStatusesAreNoDocument) {
  for (const int other : {201, 204, 301, 302, 307, 400, 401, 403, 404, 410}) {
    status = other;
    headers = "Location: " + site.url() + "/else\r\n";
    EXPECT_EQ(later(), Errc::ClientInvalid) << other;
  }
  for (const int other : {429, 500, 503}) {
    status = other;
    EXPECT_EQ(later(), Errc::ProviderUnavailable) << other;
  }
}

TEST_F(OAuthFindClient, SsrfAddressesThatAreNotTheirsAreNotAsked) {
  world.domain.settings.oauth.fetch_networks = {};
  EXPECT_EQ(later(), Errc::ProviderUnavailable);
  EXPECT_EQ(asked(), 0U);
}

TEST_F(OAuthFindClient, WhatCannotBeADocumentsAddressIsNotAsked) {
  const auto root = site.url();
  for (const char* bad : {"", "/", "/a?b=c", "/a#b", "/a/../b", "/./a", "/a/%2e%2e/b", "/a/%2E",
                          "/a/..", "/%zz", "/a b", "/\xC3\xA9", "/a\\b"}) {
    EXPECT_EQ(refusal(root + bad), Errc::ClientInvalid) << bad;
  }
  for (const auto& bad : {std::string("https://user@127.0.0.1/a"),
                          std::string("https://user:x@127.0.0.1/a"), std::string("https:///a"),
                          std::string("https://"), "https://127.0.0.1/" + std::string(2048, 'a')}) {
    EXPECT_EQ(refusal(bad), Errc::ClientInvalid) << bad;
  }
  EXPECT_EQ(asked(), 0U);
  EXPECT_TRUE(is_document_address("https://claude.ai/oauth/claude-code-client-metadata"));
  EXPECT_TRUE(is_document_address("https://app.example.com:8443/..a/b..%20c"));
}

TEST_F(OAuthFindClient, DocumentsCanBeSwitchedOff) {
  ASSERT_TRUE(find().ok());
  world.domain.settings.oauth.client_documents = false;
  EXPECT_EQ(refusal(address), Errc::ClientInvalid);
}

TEST_F(OAuthFindClient, R9OneAddressIsAskedTwiceAMinute) {
  status = 500;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(refusal(address), Errc::ProviderUnavailable);
  EXPECT_EQ(asked(), 2U);
  const auto refused = find();
  EXPECT_GT(refused.error().retry_after.count(), 0);
}

TEST_F(OAuthFindClient, R9OneNetworkMayNameTwentyAMinute) {
  status = 404;
  for (int i = 0; i < 40; ++i) (void)find(site.url() + "/" + std::to_string(i));
  EXPECT_EQ(asked(), 20U);
  auto other = world.domain.origin;
  other.address = "198.51.100.7";
  (void)find_client(world.services, site.url() + "/else", other);
  EXPECT_EQ(asked(), 21U) << "nobody is held up by another";
}

TEST_F(OAuthFindClient, R9OneHostIsAskedSixtyTimesAMinuteAndKnownDocumentsBesides) {
  headers = "Cache-Control: max-age=300\r\n";
  ASSERT_TRUE(find().ok());
  world.domain.clock.advance(301s);
  status = 404;
  for (int i = 0; i < 100; ++i) {
    auto stranger = world.domain.origin;
    stranger.address = "198.51.100." + std::to_string(i);
    (void)find_client(world.services, site.url() + "/" + std::to_string(i), stranger);
  }
  EXPECT_EQ(asked(), 61U);
  status = 200;
  EXPECT_EQ(refusal(address), Errc{});
  EXPECT_EQ(asked(), 62U);
}

TEST_F(OAuthFindClient, OthersAreOfTheDatabase) {
  const auto made = test::oauth_client(world.domain, ClientAuth::None);
  EXPECT_EQ(find(made.client.client_id)->id, made.client.id);
  EXPECT_EQ(refusal("unknown"), Errc::ClientInvalid);
  EXPECT_EQ(refusal("http://127.0.0.1/a"), Errc::ClientInvalid);
  EXPECT_EQ(asked(), 0U);
}

/// keys_of()
class OAuthClientKeysOf : public OAuthFindClient {
 protected:
  domain::OAuthClient client() { return *domain::find_client(world.services.domain, id); }
  domain::Result<std::string> keys(const domain::OAuthClient& of, bool refresh = false) {
    return keys_of(world.services, of, refresh, world.domain.origin);
  }
  domain::Result<std::string> keys(bool refresh = false) { return keys(client(), refresh); }
  void publish(std::initializer_list<const TokenSigner*> signers) { body = test::key_set(signers); }

  TokenSigner first{sso::SignatureKind::Es256, "first"};
  TokenSigner second{sso::SignatureKind::Es256, "second"};
  std::string id = [this] {
    domain::ClientMetadata metadata;
    metadata.jwks_uri = site.url() + "/keys";
    return test::oauth_client(world.domain, ClientAuth::PrivateKeyJwt, metadata).client.client_id;
  }();
};

TEST_F(OAuthClientKeysOf, AreFetchedAndKept) {
  publish({&first});
  EXPECT_EQ(*keys(), test::key_set({&first}));
  EXPECT_EQ(*keys(), test::key_set({&first}));
  EXPECT_EQ(asked(), 1U);
  publish({&second});
  world.domain.clock.advance(3601s);
  EXPECT_EQ(*keys(), test::key_set({&second}));
}

TEST_F(OAuthClientKeysOf, AreFetchedAnewForAnUnknownKeyOnceAMinute) {
  publish({&first});
  ASSERT_TRUE(keys().ok());
  publish({&first, &second});
  EXPECT_EQ(*keys(true), test::key_set({&first, &second}));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(keys(true).ok());
  EXPECT_EQ(asked(), 2U);
}

TEST_F(OAuthClientKeysOf, AreBelievedForADayWhereNobodyAnswers) {
  publish({&first});
  ASSERT_TRUE(keys().ok());
  status = 500;
  world.domain.clock.advance(3661s);
  EXPECT_TRUE(keys().ok());
  world.domain.clock.advance(24h);
  EXPECT_EQ(keys().error().code, Errc::ProviderUnavailable);
}

TEST_F(OAuthClientKeysOf, WhatIsNoKeySetIsNotKept) {
  for (const char* text : {"{}", "[]", R"({"keys":[]})", "<html>"}) {
    body = text;
    world.domain.clock.advance(61s);
    EXPECT_EQ(keys().error().code, Errc::ProviderUnavailable);
  }
  EXPECT_EQ(client().metadata.jwks, "");
}

TEST_F(OAuthClientKeysOf, DoNotPutOffTheDocumentTheyBelongTo) {
  document["token_endpoint_auth_method"] = "private_key_jwt";
  document["jwks_uri"] = site.url() + "/keys";
  headers = "Cache-Control: max-age=600\r\n";
  const auto found = find();
  ASSERT_TRUE(found.ok()) << found.error().detail;
  headers = "Cache-Control: max-age=86400\r\n";
  publish({&first});
  ASSERT_TRUE(keys(*found).ok());
  EXPECT_EQ(domain::find_client(world.services.domain, address)->fetched_until,
            found->fetched_until);
}

TEST_F(OAuthClientKeysOf, AreNotTakenForFreshSinceTheirDocumentIs) {
  document["token_endpoint_auth_method"] = "private_key_jwt";
  document["jwks_uri"] = site.url() + "/keys";
  headers = "Cache-Control: max-age=600\r\n";
  ASSERT_TRUE(find().ok());
  publish({&first});
  EXPECT_EQ(*keys(*find()), test::key_set({&first}));
  publish({&second});
  world.domain.clock.advance(600s);
  const auto published = std::exchange(body, "");
  headers = "Cache-Control: max-age=86400\r\n";
  const auto again = find();
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->fetched_until, world.domain.clock.now() + 24h);
  body = published;
  EXPECT_EQ(*keys(*again), test::key_set({&second})) << "the first may be somebody else's by now";
}

TEST_F(OAuthClientKeysOf, OfUnknownAgeAreFetched) {
  publish({&first});
  ASSERT_TRUE(keys().ok());
  world.domain.database_server.sql(
      "update postern.oauth_client set fetched_until = '2100-01-01', keys_fetched_until = null");
  publish({&second});
  EXPECT_EQ(*keys(), test::key_set({&second}));
}

}  // namespace
}  // namespace postern::handlers::oauth

#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "domain/oauth_registration.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/granted.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::DomainWorld;

class OAuthClientDocument : public ::testing::Test {
 protected:
  static constexpr const char* kAddress = "https://app.example.org/client.json";

  static ClientMetadata metadata(const std::string& name = "App") {
    ClientMetadata wanted;
    wanted.name = name;
    wanted.auth = ClientAuth::None;
    wanted.redirect_uris = {"https://app.example.org/cb"};
    return wanted;
  }
  Result<OAuthClient> put(const ClientMetadata& wanted, const std::string& address = kAddress) {
    return put_client_document(world_.services, address, wanted, world_.clock.now() + hours(1),
                               world_.origin);
  }
  std::string sql(const std::string& text) { return world_.database_server.sql(text); }

  DomainWorld world_;
};

TEST_F(OAuthClientDocument, IsKnownOnceItIsWrittenHoweverOld) {
  EXPECT_EQ(find_client(world_.services, kAddress).error().code, Errc::ClientInvalid);
  const auto put_one = put(metadata());
  ASSERT_TRUE(put_one.ok());
  EXPECT_EQ(put_one->client_id, kAddress);
  EXPECT_EQ(put_one->origin, ClientOrigin::Document);
  EXPECT_EQ(put_one->fetched_until, world_.clock.now() + hours(1));
  world_.clock.advance(hours(48));
  EXPECT_EQ(find_client(world_.services, kAddress)->id, put_one->id);
  EXPECT_FALSE(find_client_by_secret(world_.services, kAddress, "").ok());
  EXPECT_FALSE(find_registration(world_.services, kAddress, "").ok()) << "nobody manages it here";
}

TEST_F(OAuthClientDocument, NewOnesAreChargedToTheNetworkAsRegistrationsAre) {
  world_.settings.oauth.registrations_per_network_per_hour = 1;
  ASSERT_TRUE(put(metadata()).ok());
  const auto another = put(metadata(), "https://other.example.org/client.json");
  ASSERT_FALSE(another.ok());
  EXPECT_EQ(another.error().code, Errc::TooManyAttempts);
  EXPECT_EQ(sql("select count(*) from postern.oauth_client"), "1");
  EXPECT_TRUE(put(metadata("App 2")).ok()) << "a known one is charged to nobody";
}

TEST_F(OAuthClientDocument, ALaterOneReplacesItAndKeepsItsIdentity) {
  const auto first = put(metadata());
  note_client_use(world_.database, world_.services, *first);
  auto later = metadata("App 2");
  later.redirect_uris = {"https://app.example.org/other"};
  const auto second = put(later);
  EXPECT_EQ(second->id, first->id);
  EXPECT_EQ(second->metadata.name, "App 2");
  EXPECT_EQ(second->metadata.redirect_uris, later.redirect_uris);
  EXPECT_TRUE(second->last_used_at);
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'client_registered'"), "1");
}

TEST_F(OAuthClientDocument, R6OneThatGivesUpAScopeEndsWhatWasGranted) {
  world_.account();
  auto wanted = metadata();
  wanted.scopes = {{"posts.read", "posts.write"}};
  const auto client = put(wanted);
  const auto tokens = test::grant_to(world_, client->id, "alice", "posts.write");
  const auto lives = [&] {
    return authenticate_access_token(world_.services, tokens.access.reveal()).ok();
  };
  wanted.name = "Another name";
  ASSERT_TRUE(put(wanted).ok());
  EXPECT_TRUE(lives());
  wanted.scopes = {{"posts.read"}};
  ASSERT_TRUE(put(wanted).ok());
  EXPECT_FALSE(lives());
}

TEST_F(OAuthClientDocument, OnlyHttpsNamesAndSoundOnesAreTaken) {
  for (const std::string& address :
       {std::string("http://app.example.org/client.json"), std::string(), std::string("https:/x"),
        std::string("0198c5a2-0000-7000-8000-000000000000"), "https://" + std::string(2048, 'a'),
        std::string("https://a\0b", 11)})
    EXPECT_EQ(put(metadata(), address).error().code, Errc::ClientInvalid);
  auto wanted = metadata();
  wanted.auth = ClientAuth::SecretBasic;
  EXPECT_EQ(put(wanted).error().field, "token_endpoint_auth_method");
  EXPECT_EQ(sql("select count(*) from postern.oauth_client where origin = 3"), "0");
}

TEST_F(OAuthClientDocument, FetchedKeysStayWhileTheirAddressDoes) {
  auto wanted = metadata();
  wanted.auth = ClientAuth::PrivateKeyJwt;
  wanted.jwks_uri = "https://app.example.org/keys";
  const auto client = put(wanted);
  ASSERT_TRUE(put_client_keys(world_.services, *client, R"({"keys":[]})", world_.clock.now()).ok());
  const auto kept_until = world_.clock.now();
  EXPECT_EQ(find_client(world_.services, client->id)->keys_fetched_until, kept_until);
  EXPECT_EQ(find_client(world_.services, client->id)->fetched_until, kept_until + hours(1));
  world_.clock.advance(minutes(1));
  const auto again = put(wanted);
  EXPECT_EQ(again->metadata.jwks, R"({"keys":[]})");
  EXPECT_EQ(again->keys_fetched_until, kept_until) << "a new document makes keys no newer";
  wanted.jwks_uri = "https://app.example.org/other-keys";
  const auto elsewhere = put(wanted);
  EXPECT_EQ(elsewhere->metadata.jwks, "");
  EXPECT_FALSE(elsewhere->keys_fetched_until);
}

TEST_F(OAuthClientDocument, OfKeysThatWereFetchedAtOnceTheLaterStay) {
  auto wanted = metadata();
  wanted.auth = ClientAuth::PrivateKeyJwt;
  wanted.jwks_uri = "https://app.example.org/keys";
  const auto known = *put(wanted);
  const auto due = world_.clock.now() + minutes(5);
  EXPECT_EQ(*put_client_keys(world_.services, known, "the later", due + seconds(2)), "the later");
  EXPECT_EQ(*put_client_keys(world_.services, known, "the older", due), "the later")
      << "who fetched them goes by the others";
  EXPECT_EQ(find_client(world_.services, known.id)->metadata.jwks, "the later");
  EXPECT_EQ(*put_client_keys(world_.services, known, "the latest", due + seconds(4)), "the latest");
  EXPECT_EQ(find_client(world_.services, known.id)->metadata.jwks, "the latest");
  const auto now = *find_client(world_.services, known.id);
  EXPECT_EQ(*put_client_keys(world_.services, now, "for less long", due), "for less long")
      << "nobody else wrote meanwhile";
}

TEST_F(OAuthClientDocument, KeysOfAnAddressThatItHadAreNobodysAnyMore) {
  auto wanted = metadata();
  wanted.auth = ClientAuth::PrivateKeyJwt;
  wanted.jwks_uri = "https://app.example.org/keys";
  const auto known = *put(wanted);
  const auto late = world_.clock.now() + hours(24);
  wanted.jwks_uri = "https://app.example.org/other-keys";
  ASSERT_TRUE(put(wanted).ok());
  EXPECT_EQ(put_client_keys(world_.services, known, "old keys", late).error().code,
            Errc::ProviderUnavailable);
  EXPECT_EQ(find_client(world_.services, known.id)->metadata.jwks, "");
  EXPECT_EQ(find_client(world_.services, known.id)->fetched_until, world_.clock.now() + hours(1));
  ASSERT_TRUE(delete_client(world_.services, known.id, {}, world_.origin).ok());
  EXPECT_EQ(put_client_keys(world_.services, known, "old keys", late).error().code,
            Errc::ClientInvalid);
}

TEST_F(OAuthClientDocument, R9UnusedOnesAreBounded) {
  world_.settings.oauth.most_unused_clients = 5;
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(put(metadata(), "https://app.example.org/" + std::to_string(i)).ok());
    world_.clock.advance(seconds(1));
  }
  EXPECT_EQ(sql("select count(*) from postern.oauth_client"), "5");
  EXPECT_TRUE(find_client(world_.services, "https://app.example.org/11").ok());
}

TEST_F(OAuthClientDocument, MetByManyAtOnceItIsOneClient) {
  constexpr int kWorkers = 8;
  std::vector<std::string> ids(kWorkers);
  std::barrier start(kWorkers);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kWorkers; ++i) {
      threads.emplace_back([&, i] {
        AnotherWorker worker(world_);
        start.arrive_and_wait();
        const auto client = put_client_document(worker.services, kAddress, metadata(),
                                                world_.clock.now(), world_.origin);
        if (client) ids[i] = client->id.text();
      });
    }
  }
  for (const auto& id : ids) EXPECT_EQ(id, ids.front());
  EXPECT_EQ(sql("select count(*) from postern.oauth_client"), "1");
}

}  // namespace
}  // namespace postern::domain

#include <gtest/gtest.h>

#include <barrier>
#include <set>
#include <thread>

#include "domain/oauth_registration.hpp"
#include "tests/support/another_worker.hpp"
#include "tests/support/granted.hpp"

namespace postern::domain {
namespace {

using test::AnotherWorker;
using test::DomainWorld;
using test::patiently;

class OAuthRegistrationChange : public ::testing::Test {
 protected:
  OAuthRegistrationChange() {
    world_.settings.oauth.resources = {
        {"https://api.example.org", "API", {"posts.read", "posts.write"}, std::nullopt}};
  }

  static ClientMetadata metadata(ClientAuth auth = ClientAuth::None) {
    ClientMetadata wanted;
    wanted.name = "Wiki";
    wanted.auth = auth;
    wanted.redirect_uris = {"https://wiki.example.org/cb"};
    wanted.grant_types = {"authorization_code", "refresh_token"};
    return wanted;
  }
  Registered make(const ClientMetadata& wanted = metadata()) {
    return register_client(world_.services, wanted, world_.origin).value();
  }
  Result<Registered> put(const Registered& registered, const Secret& token,
                         const ClientMetadata& wanted,
                         std::optional<std::string_view> secret = std::nullopt) {
    return replace_registration(world_.services, registered.client, token.reveal(), wanted, secret,
                                world_.origin);
  }
  [[nodiscard]] bool shows(const Registered& registered, const Secret& token) {
    return find_registration(world_.services, registered.client.client_id, token.reveal()).ok();
  }
  [[nodiscard]] bool opens(const Registered& registered, const Secret& secret) {
    return find_client_by_secret(world_.services, registered.client.client_id, secret.reveal())
        .ok();
  }
  std::string sql(const std::string& text) { return world_.database_server.sql(text); }

  DomainWorld world_;
};

TEST_F(OAuthRegistrationChange, Rfc7592Rule4PutReplacesEverything) {
  auto before = metadata();
  before.rest = R"({"client_uri":"https://wiki.example.org"})";
  before.logout_uri = "https://wiki.example.org/logout";
  before.id_token_alg = SigningAlgorithm::Es256;
  before.scopes = {{"posts.read"}};
  const auto made = make(before);
  auto after = metadata();
  after.name = "Wiki 2";
  after.redirect_uris = {"https://wiki2.example.org/cb"};
  ASSERT_TRUE(put(made, *made.registration_token, after).ok());
  const auto found = find_client(world_.services, made.client.client_id);
  EXPECT_EQ(found->metadata.name, "Wiki 2");
  EXPECT_EQ(found->metadata.redirect_uris, after.redirect_uris);
  EXPECT_EQ(found->metadata.rest, "{}");
  EXPECT_EQ(found->metadata.logout_uri, "");
  EXPECT_EQ(found->metadata.id_token_alg, SigningAlgorithm::Rs256);
  EXPECT_FALSE(found->metadata.scopes);
  EXPECT_EQ(found->created_at, made.client.created_at);
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'client_changed'"), "1");
}

TEST_F(OAuthRegistrationChange, Rfc7592Rule4WhatIsNotSoundChangesNothing) {
  const auto made = make();
  auto wanted = metadata();
  wanted.redirect_uris = {"https://wiki.example.org/#x"};
  EXPECT_EQ(put(made, *made.registration_token, wanted).error().field, "redirect_uris");
  wanted = metadata(ClientAuth::SecretBasic);
  wanted.grant_types = {"client_credentials"};
  EXPECT_EQ(put(made, *made.registration_token, wanted).error().field, "grant_types");
  EXPECT_EQ(find_client(world_.services, made.client.client_id)->metadata.redirect_uris,
            made.client.metadata.redirect_uris);
  EXPECT_TRUE(shows(made, *made.registration_token));
}

TEST_F(OAuthRegistrationChange, Rfc7592Rule6TheFormerTokenIsGoodUntilTheNewOneIsShown) {
  const auto made = make();
  const auto first = put(made, *made.registration_token, metadata());
  ASSERT_TRUE(first.ok() && first->registration_token);
  EXPECT_FALSE(first->registration_token->equals(made.registration_token->reveal()));
  EXPECT_TRUE(shows(made, *made.registration_token)) << "the answer may have been lost";
  EXPECT_TRUE(shows(made, *made.registration_token)) << "any number of times";
  EXPECT_TRUE(shows(made, *first->registration_token));
  EXPECT_FALSE(shows(made, *made.registration_token)) << "the new one arrived";
  EXPECT_FALSE(put(made, *made.registration_token, metadata()).ok());
  EXPECT_TRUE(shows(made, *first->registration_token));
}

TEST_F(OAuthRegistrationChange, Rfc7592Rule6OnlyPutRotates) {
  const auto made = make();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(shows(made, *made.registration_token));
  EXPECT_EQ(sql("select count(*) from postern.oauth_client"
                " where former_registration_hash is not null"),
            "0");
}

TEST_F(OAuthRegistrationChange, Rfc7592Rule6ARepeatedPutAnswersTheSameTokenAndSecret) {
  const auto made = make();
  const auto first = put(made, *made.registration_token, metadata(ClientAuth::SecretBasic));
  const auto again = put(made, *made.registration_token, metadata(ClientAuth::SecretBasic));
  ASSERT_TRUE(first->secret && again->secret);
  EXPECT_EQ(first->registration_token->reveal(), again->registration_token->reveal());
  EXPECT_EQ(first->secret->reveal(), again->secret->reveal());
  EXPECT_TRUE(opens(made, *first->secret));
  const auto next = put(made, *again->registration_token, metadata(ClientAuth::SecretBasic));
  ASSERT_TRUE(next.ok());
  EXPECT_FALSE(next->secret) << "it has it";
  EXPECT_TRUE(opens(made, *first->secret));
  EXPECT_NE(next->registration_token->reveal(), first->registration_token->reveal());
}

TEST_F(OAuthRegistrationChange, R10TheNewTokenAndTheNewSecretDiffer) {
  const auto made = make();
  const auto put_once = put(made, *made.registration_token, metadata(ClientAuth::SecretBasic));
  EXPECT_EQ(put_once->registration_token->reveal().substr(0, 4), "reg_");
  EXPECT_EQ(put_once->registration_token->size(), 47U);
  EXPECT_NE(put_once->registration_token->reveal().substr(4), put_once->secret->reveal());
  EXPECT_FALSE(opens(made, *put_once->registration_token));
  EXPECT_FALSE(shows(made, *put_once->secret));
}

TEST_F(OAuthRegistrationChange, Rfc7592Rule4ASecretThatIsSentMustBeThePresentOne) {
  const auto made = make(metadata(ClientAuth::SecretBasic));
  const auto wanted = metadata(ClientAuth::SecretPost);
  for (const std::string_view wrong : {std::string_view(), std::string_view("chosen by myself"),
                                       made.registration_token->reveal()}) {
    const auto refused = put(made, *made.registration_token, wanted, wrong);
    EXPECT_EQ(refused.error().code, Errc::InvalidInput);
    EXPECT_EQ(refused.error().field, "client_secret");
  }
  const auto taken = put(made, *made.registration_token, wanted, made.secret->reveal());
  ASSERT_TRUE(taken.ok());
  EXPECT_FALSE(taken->secret);
  EXPECT_TRUE(opens(made, *made.secret)) << "the secret stays";
}

TEST_F(OAuthRegistrationChange, Rfc7592Rule4NobodyWithoutASecretSendsOne) {
  const auto made = make();
  EXPECT_EQ(put(made, *made.registration_token, metadata(), "").error().field, "client_secret");
}

TEST_F(OAuthRegistrationChange, GivingTheSecretUpEndsIt) {
  const auto made = make(metadata(ClientAuth::SecretBasic));
  const auto open = put(made, *made.registration_token, metadata());
  EXPECT_FALSE(open->secret);
  EXPECT_FALSE(opens(made, *made.secret));
  const auto closed = put(made, *open->registration_token, metadata(ClientAuth::SecretBasic));
  ASSERT_TRUE(closed->secret);
  EXPECT_TRUE(opens(made, *closed->secret));
  EXPECT_FALSE(opens(made, *made.secret));
}

TEST_F(OAuthRegistrationChange, Rfc7592Rule2AForeignTokenChangesNothing) {
  const auto made = make();
  const auto other = make();
  for (const Secret& token : {*other.registration_token, Secret(""), Secret("reg_")}) {
    const auto refused = put(made, token, metadata());
    EXPECT_EQ(refused.error().code, Errc::TokenInvalid);
  }
  ASSERT_TRUE(delete_client(world_.services, made.client.id, {}, world_.origin).ok());
  EXPECT_EQ(put(made, *made.registration_token, metadata()).error().code, Errc::TokenInvalid);
}

TEST_F(OAuthRegistrationChange, R6GivingUpAScopeOrAGrantTypeEndsWhatWasGranted) {
  world_.account();
  for (const bool gives_up_scope : {true, false}) {
    const auto made = make();
    const auto tokens = test::grant_to(world_, made.client.id, "alice", "posts.write");
    auto wanted = metadata();
    if (gives_up_scope) {
      wanted.scopes = {{"posts.read"}};
    } else {
      wanted.grant_types = {"authorization_code"};
    }
    ASSERT_TRUE(put(made, *made.registration_token, wanted).ok());
    EXPECT_FALSE(authenticate_access_token(world_.services, tokens.access.reveal()).ok());
  }
}

TEST_F(OAuthRegistrationChange, WhatTakesNothingAwayEndsNothing) {
  world_.account();
  const auto made = make();
  const auto tokens = test::grant_to(world_, made.client.id, "alice", "posts.write");
  auto wanted = metadata(ClientAuth::SecretBasic);
  wanted.name = "Another name";
  wanted.redirect_uris.emplace_back("https://wiki.example.org/other");
  // What a client that named none is told it has, so that it can send it back.
  wanted.scopes = {{"email", "offline_access", "openid", "posts.read", "posts.write", "profile"}};
  const auto first = put(made, *made.registration_token, wanted);
  ASSERT_TRUE(first.ok());
  wanted.scopes = std::nullopt;
  ASSERT_TRUE(put(made, *first->registration_token, wanted).ok());
  EXPECT_TRUE(authenticate_access_token(world_.services, tokens.access.reveal()).ok());
}

TEST_F(OAuthRegistrationChange, R5TokensOutliveTheRotationOfTheMasterKey) {
  const auto line = KeyRing::make_line(1, world_.random);
  world_.ring = KeyRing::parse(line).value();
  const auto made = make(metadata(ClientAuth::SecretBasic));
  world_.ring = KeyRing::parse(KeyRing::make_line(2, world_.random) + "\n" + line).value();
  const auto first = put(made, *made.registration_token, metadata(ClientAuth::SecretBasic));
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(opens(made, *made.secret));
  EXPECT_TRUE(shows(made, *made.registration_token));
  EXPECT_TRUE(shows(made, *first->registration_token));
}

// Whichever of the answers a client keeps, and whether or not any arrives: it is never locked out.
TEST_F(OAuthRegistrationChange, Rfc7592Rule6TwentyPutsAtOnceLockNobodyOut) {
  constexpr int kWorkers = 20;
  const auto made = make();
  std::vector<std::string> tokens(kWorkers);
  std::vector<std::string> secrets(kWorkers);
  std::barrier start(kWorkers);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kWorkers; ++i) {
      threads.emplace_back([&, i] {
        AnotherWorker worker(world_);
        start.arrive_and_wait();
        const auto replaced = patiently([&] {
          return replace_registration(worker.services, made.client,
                                      made.registration_token->reveal(),
                                      metadata(ClientAuth::SecretBasic), {}, world_.origin);
        });
        if (!replaced) return;
        tokens[static_cast<std::size_t>(i)] = replaced->registration_token->reveal();
        if (replaced->secret) secrets[static_cast<std::size_t>(i)] = replaced->secret->reveal();
      });
    }
  }
  EXPECT_EQ(std::set(tokens.begin(), tokens.end()).size(), 1U);
  EXPECT_EQ(std::set(secrets.begin(), secrets.end()).size(), 1U);
  EXPECT_TRUE(opens(made, Secret(secrets.front())));
  EXPECT_TRUE(shows(made, *made.registration_token));
  EXPECT_TRUE(shows(made, Secret(tokens.front())));
}

}  // namespace
}  // namespace postern::domain

#include "domain/oauth_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "domain/oauth_client_rows.hpp"
#include "domain/oauth_registration.hpp"
#include "tests/support/granted.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::grant_to;

class OAuthClients : public ::testing::Test {
 protected:
  OAuthClients() { world_.account(); }

  static ClientMetadata metadata(const std::string& name = "Wiki") {
    ClientMetadata wanted;
    wanted.name = name;
    wanted.redirect_uris = {"https://wiki.example.org/cb", "http://localhost/cb"};
    wanted.grant_types = {"authorization_code", "refresh_token"};
    return wanted;
  }
  MadeClient make(const ClientMetadata& wanted = metadata()) {
    return create_client(world_.services, {wanted}, {}, world_.origin).value();
  }
  std::string creating(const NewClient& wanted) {
    const auto made = create_client(world_.services, wanted, {}, world_.origin);
    if (made) return "ok";
    return std::string(name_of(made.error().code)) + " " + made.error().field + " " +
           made.error().reason;
  }
  [[nodiscard]] bool opens(const OAuthClient& client, std::string_view secret) {
    const auto found = find_client_by_secret(world_.services, client.client_id, secret);
    EXPECT_TRUE(found.ok() || found.error().code == Errc::ClientInvalid);
    return found.ok();
  }
  [[nodiscard]] bool is_alive(const Tokens& tokens) {
    return authenticate_access_token(world_.services, tokens.access.reveal()).ok() &&
           refresh_session(world_.services, SessionKind::Native, tokens.refresh.reveal(),
                           world_.origin)
               .ok();
  }
  std::string sql(const std::string& text) { return world_.database_server.sql(text); }
  std::string count(const std::string& table) {
    return sql("select count(*) from postern." + table);
  }

  DomainWorld world_;
};

TEST_F(OAuthClients, AreFoundAsTheyWereMade) {
  auto wanted = metadata();
  wanted.scopes = {{"posts.read", "posts.write"}};
  wanted.is_native = wanted.dpop_bound = wanted.require_pushed = true;
  wanted.post_logout_redirect_uris = {"https://wiki.example.org/"};
  wanted.logout_uri = "https://wiki.example.org/logout";
  wanted.id_token_alg = SigningAlgorithm::Es256;
  wanted.jwks_uri = "https://wiki.example.org/keys";
  wanted.rest = R"({"client_uri":"https://wiki.example.org"})";
  const auto made = make(wanted);
  const auto found = find_client(world_.services, made.client.client_id);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->id, made.client.id);
  EXPECT_EQ(found->client_id, made.client.id.text());
  EXPECT_EQ(found->origin, ClientOrigin::Administrator);
  EXPECT_EQ(found->created_at, world_.clock.now());
  EXPECT_FALSE(found->last_used_at || found->fetched_until || found->account);
  EXPECT_EQ(client_fingerprint(found->metadata), client_fingerprint(wanted));
  EXPECT_EQ(found->metadata.redirect_uris, wanted.redirect_uris);
  EXPECT_EQ(find_client(world_.services, made.client.id)->client_id, made.client.client_id);
}

TEST_F(OAuthClients, UnknownOnesAreOneRefusal) {
  const auto made = make();
  for (const std::string& name :
       {std::string(), std::string("nobody"), std::string("a\0b", 3), std::string("\xFF"),
        std::string(5000, 'a'), made.client.client_id + " "})
    EXPECT_EQ(find_client(world_.services, name).error().code, Errc::ClientInvalid);
  EXPECT_EQ(find_client(world_.services, OAuthClientId{}).error().code, Errc::ClientInvalid);
}

TEST_F(OAuthClients, OneSecretProvesThemWhateverTheMethod) {
  for (const auto method : {ClientAuth::SecretBasic, ClientAuth::SecretPost}) {
    auto wanted = metadata();
    wanted.auth = method;
    const auto made = make(wanted);
    ASSERT_TRUE(made.secret);
    EXPECT_EQ(made.secret->size(), 43U);
    EXPECT_TRUE(std::all_of(made.secret->reveal().begin(), made.secret->reveal().end(),
                            [](char c) { return std::isalnum(static_cast<unsigned char>(c)); }));
    EXPECT_TRUE(opens(made.client, made.secret->reveal()));
    const std::string secret(made.secret->reveal());
    for (const std::string& other : {std::string(), secret + "x", secret.substr(1),
                                     std::string(43, 'a'), secret + std::string(1, '\0')})
      EXPECT_FALSE(opens(made.client, other));
  }
}

TEST_F(OAuthClients, R10NoSecretOpensAClientWithoutOne) {
  auto wanted = metadata();
  wanted.auth = ClientAuth::None;
  const auto made = make(wanted);
  EXPECT_FALSE(made.secret);
  EXPECT_FALSE(opens(made.client, ""));
  const auto other = make();
  EXPECT_FALSE(opens(made.client, other.secret->reveal()));
  const auto third = make(metadata("Third"));
  EXPECT_FALSE(opens(third.client, other.secret->reveal()));
}

TEST_F(OAuthClients, R5SecretsOutliveTheRotationOfTheMasterKeyAndNotItsEnd) {
  const auto first_line = KeyRing::make_line(1, world_.random);
  world_.ring = KeyRing::parse(first_line).value();
  const auto before = make();
  world_.ring = KeyRing::parse(KeyRing::make_line(2, world_.random) + "\n" + first_line).value();
  const auto after = make(metadata("After"));
  EXPECT_TRUE(opens(before.client, before.secret->reveal()));
  EXPECT_TRUE(opens(after.client, after.secret->reveal()));
  EXPECT_EQ(sql("select string_agg(hash_key_id::text, ' ' order by hash_key_id) from "
                "postern.oauth_client"),
            "1 2");
  world_.ring = KeyRing::parse(KeyRing::make_line(3, world_.random)).value();
  EXPECT_FALSE(opens(before.client, before.secret->reveal()));
  EXPECT_FALSE(opens(after.client, after.secret->reveal()));
}

TEST_F(OAuthClients, AreFoundByOneStatement) {
  const auto made = make();
  std::vector<std::string> statements;
  world_.database.set_fault_hook_for_test(
      [&](std::string_view name) { statements.emplace_back(name); });
  EXPECT_TRUE(find_client(world_.services, made.client.client_id).ok());
  EXPECT_TRUE(opens(made.client, made.secret->reveal()));
  note_client_use(world_.database, world_.services, made.client);
  auto used = made.client;
  used.last_used_at = world_.clock.now();
  note_client_use(world_.database, world_.services, used);
  world_.database.set_fault_hook_for_test({});
  EXPECT_EQ(statements, (std::vector<std::string>{"find_oauth_client", "find_oauth_client",
                                                  "note_oauth_client_use"}))
      << "its use is noted once";
}

TEST_F(OAuthClients, UseIsNotedOnceAnHour) {
  auto client = make().client;
  const auto used = [&] { return *find_client(world_.services, client.id)->last_used_at; };
  note_client_use(world_.database, world_.services, client);
  const Instant first = world_.clock.now();
  EXPECT_EQ(used(), first);
  world_.clock.advance(hours(1) - seconds(1));
  note_client_use(world_.database, world_.services, client);
  EXPECT_EQ(used(), first);
  world_.clock.advance(seconds(1));
  note_client_use(world_.database, world_.services, client);
  EXPECT_EQ(used(), world_.clock.now());
}

TEST_F(OAuthClients, ActForAnAccountThatMayAct) {
  NewClient wanted{metadata()};
  wanted.metadata.grant_types = {"client_credentials"};
  wanted.metadata.redirect_uris.clear();
  EXPECT_EQ(creating(wanted), "invalid_input account required");
  wanted.account = AccountId::make(world_.clock.now(), world_.random);
  EXPECT_EQ(creating(wanted), "invalid_input account unknown");
  const auto backup = world_.account("backup");
  wanted.account = backup.id;
  EXPECT_EQ(creating(wanted), "ok");
  AccountChange disabling;
  disabling.is_active = false;
  ASSERT_TRUE(update_account(world_.services, backup.id, disabling, {}, world_.origin).ok());
  EXPECT_EQ(creating(wanted), "invalid_input account unknown");
  EXPECT_EQ(creating({metadata(), backup.id}), "invalid_input account not_used");
}

TEST_F(OAuthClients, WhatIsNotSoundIsNotMade) {
  auto wanted = metadata();
  wanted.redirect_uris = {"http://wiki.example.org/cb"};
  EXPECT_EQ(creating({wanted}), "invalid_input redirect_uris insecure");
  EXPECT_EQ(count("oauth_client"), "0");
}

TEST_F(OAuthClients, ListGoesThroughAllOfThemNewestFirst) {
  for (const char* name : {"One", "Two", "Three"}) {
    make(metadata(name));
    world_.clock.advance(seconds(1));
  }
  PageRequest request;
  request.limit = 2;
  const auto first = list_clients(world_.services, request).value();
  ASSERT_EQ(first.items.size(), 2U);
  EXPECT_EQ(first.items[0].metadata.name, "Three");
  request.after = first.next_cursor;
  const auto rest = list_clients(world_.services, request).value();
  ASSERT_EQ(rest.items.size(), 1U);
  EXPECT_EQ(rest.items[0].metadata.name, "One");
  EXPECT_FALSE(rest.next_cursor);
  request.limit = 0;
  EXPECT_EQ(list_clients(world_.services, request).error().field, "limit");
}

TEST_F(OAuthClients, R6DeletingOneEndsAllItWasGrantedAndNothingElse) {
  const auto client = make().client;
  const auto other = make(metadata("Other")).client;
  world_.account("bob");
  const auto alices = grant_to(world_, client.id, "alice");
  const auto bobs = grant_to(world_, client.id, "bob");
  const auto elsewhere = grant_to(world_, other.id, "alice");
  const auto own = world_.login();
  ASSERT_TRUE(is_alive(alices) && is_alive(bobs));
  ASSERT_TRUE(delete_client(world_.services, client.id, {}, world_.origin).ok());
  EXPECT_FALSE(is_alive(alices));
  EXPECT_FALSE(is_alive(bobs));
  EXPECT_TRUE(is_alive(elsewhere));
  EXPECT_TRUE(is_alive(own));
  EXPECT_EQ(count("oauth_consent"), "1");
  EXPECT_EQ(count("oauth_grant"), "1");
  EXPECT_EQ(find_client(world_.services, client.id).error().code, Errc::ClientInvalid);
  EXPECT_EQ(delete_client(world_.services, client.id, {}, world_.origin).error().code,
            Errc::NotFound);
  EXPECT_EQ(count("audit where event = 'client_deleted'"), "1");
}

TEST_F(OAuthClients, R6AnAccountTakesItsClientsWithItForEverybody) {
  const auto backup = world_.account("backup");
  NewClient wanted{metadata("Backup")};
  wanted.metadata.grant_types.emplace_back("client_credentials");
  wanted.account = backup.id;
  const auto client = create_client(world_.services, wanted, {}, world_.origin)->client;
  const auto shared = make().client;
  const auto alices = grant_to(world_, client.id, "alice");
  const auto its_own = grant_to(world_, client.id, "backup");
  const auto elsewhere = grant_to(world_, shared.id, "alice");
  const auto there = grant_to(world_, shared.id, "backup");
  world_.account("root", "admin");
  ASSERT_TRUE(delete_account(world_.services, backup.id, {}, world_.origin).ok());
  EXPECT_FALSE(is_alive(alices));
  EXPECT_FALSE(is_alive(its_own));
  EXPECT_FALSE(is_alive(there));
  EXPECT_TRUE(is_alive(elsewhere));
  EXPECT_EQ(count("oauth_client"), "1");
  EXPECT_EQ(count("oauth_consent"), "1");
  EXPECT_EQ(count("audit where event = 'client_deleted'"), "1");
}

TEST_F(OAuthClients, MakingThemIsRecordedWithoutTheSecret) {
  const auto made = make();
  const auto audit = sql("select string_agg(t::text, ' ') from postern.audit t");
  EXPECT_NE(audit.find("client_registered"), std::string::npos);
  EXPECT_NE(audit.find(made.client.client_id), std::string::npos);
  EXPECT_EQ(audit.find(made.secret->reveal()), std::string::npos);
}

}  // namespace
}  // namespace postern::domain

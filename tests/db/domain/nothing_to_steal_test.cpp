#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "domain/oauth_registration.hpp"
#include "domain/password_change.hpp"
#include "domain/refresh_token.hpp"
#include "domain/session.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;

std::string segment_of(std::string_view token, int which) {
  std::istringstream stream{std::string(token)};
  std::string segment;
  for (int i = 0; i <= which; ++i) std::getline(stream, segment, '.');
  return segment;
}

/// Rule R5: what a thief of the database holds.
class StolenDatabase : public testing::Test {
 protected:
  /// Every row of every table, as text; binary columns as hexadecimal.
  std::string dump() {
    std::istringstream tables(
        sql("select string_agg(tablename, ' ') from pg_tables"
            " where schemaname = 'postern'"));
    std::string all, table;
    while (tables >> table) {
      all += sql("select coalesce(string_agg(t::text, E'\\n'), '') from postern." + table + " t");
    }
    return all;
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }

  void hide(const std::string& what, std::string_view secret) {
    secrets.emplace(what, secret);
    secrets.emplace(what + " in hexadecimal", hex_encode(as_bytes(secret)));
    secrets.emplace(what + " in base64", base64url_encode(as_bytes(secret)));
  }
  void hide_key(const std::string& what, const Secret& text) {
    hide(what, text.reveal());
    hide(what + ", secret part", text.reveal().substr(17, kKeySecretLength));
  }
  void hide_tokens(const std::string& what, const Tokens& tokens) {
    hide(what + " access", tokens.access.reveal());
    hide(what + " access, signature", segment_of(tokens.access.reveal(), 2));
    hide(what + " refresh", tokens.refresh.reveal());
    const auto bytes = *base64url_decode(tokens.refresh.reveal().substr(4, 56));
    secrets.emplace(what + " refresh, MAC", hex_encode(ByteView(bytes).subspan(26)));
  }

  DomainWorld world;
  std::map<std::string, std::string> secrets;
};

TEST_F(StolenDatabase, R5HoldsNoSecretThatLetsAnybodyIn) {
  world.settings.keys.read_back = true;
  const auto account = world.account();
  hide("password", DomainWorld::kPassword);
  hide("new password", "another horse battery");
  hide("wrong password", "not the right one at all");
  hide("mistyped username", "secret-typed-as-name");

  const auto first = world.login();
  hide_tokens("first", first);
  auto next =
      refresh_session(world.services, SessionKind::Native, first.refresh.reveal(), world.origin);
  hide_tokens("second", *next);
  hide_tokens("dispatcharr", world.login("alice", SessionKind::Dispatcharr));
  const auto named = issue_key(world.services, account.id, {"ci", {}, {}}, {}, world.origin);
  hide_key("named key", named->text);
  hide_key("replaced key",
           generate_personal_key(world.services, account.id, {}, world.origin)->text);
  hide_key("personal key",
           generate_personal_key(world.services, account.id, {}, world.origin)->text);
  hide_key("rotated key",
           rotate_key(world.services, account.id, named->key.id, seconds(60), world.origin)->text);
  ASSERT_TRUE(authenticate_key(world.services, named->text.reveal()).ok());
  for (const std::string login : {"alice", "secret-typed-as-name"}) {
    ASSERT_FALSE(
        sign_in(world.services, {login, Secret("not the right one at all")}, world.origin).ok());
  }
  ASSERT_TRUE(change_password(world.services, account.id, Secret(DomainWorld::kPassword),
                              Secret("another horse battery"), {}, world.origin)
                  .ok());

  const auto stolen = dump();
  ASSERT_NE(stolen.find("alice"), std::string::npos);
  ASSERT_NE(stolen.find("$argon2id$"), std::string::npos);
  ASSERT_NE(stolen.find("key_rotated"), std::string::npos);
  for (const auto& [what, secret] : secrets) {
    EXPECT_EQ(stolen.find(secret), std::string::npos) << what;
  }
}

TEST_F(StolenDatabase, R5HoldsNoSecretOfAnyOAuthClient) {
  ClientMetadata metadata;
  metadata.name = "Wiki";
  metadata.redirect_uris = {"https://wiki.example.org/cb"};
  const auto made = create_client(world.services, {metadata}, {}, world.origin);
  hide("secret", made->secret->reveal());
  const auto registered = register_client(world.services, metadata, world.origin);
  hide("registered secret", registered->secret->reveal());
  const auto token = registered->registration_token->reveal();
  hide("registration token", token);
  hide("registration token, random part", token.substr(4));
  const auto put = [&](const Registered& last, ClientAuth auth) {
    metadata.auth = auth;
    return replace_registration(world.services, registered->client,
                                last.registration_token->reveal(), metadata, {}, world.origin);
  };
  const auto open = put(*registered, ClientAuth::None);
  hide("second token, random part", open->registration_token->reveal().substr(4));
  const auto closed = put(*open, ClientAuth::SecretPost);
  hide("third token, random part", closed->registration_token->reveal().substr(4));
  hide("later secret", closed->secret->reveal());

  const auto stolen = dump();
  ASSERT_NE(stolen.find("Wiki"), std::string::npos);
  ASSERT_NE(stolen.find("client_changed"), std::string::npos);
  for (const auto& [what, secret] : secrets)
    EXPECT_EQ(stolen.find(secret), std::string::npos) << what;
}

TEST_F(StolenDatabase, R5HoldsNoSigningKeyInClear) {
  // How a P-256 private key begins as PKCS#8 and as SEC 1.
  const auto stolen = dump();
  ASSERT_NE(stolen.find(world.signing_keys.public_keys()[0].kid), std::string::npos);
  EXPECT_EQ(stolen.find("301306072a8648ce3d0201"), std::string::npos);
  EXPECT_EQ(stolen.find("0201010420"), std::string::npos);
}

TEST_F(StolenDatabase, R5UnderAnotherMasterKeyMakesNothingValid) {
  world.account();
  const auto tokens = world.login();
  DomainWorld thief;
  Services services{world.settings, world.database,     world.clock,     world.random,
                    thief.ring,     thief.signing_keys, world.passwords, world.limiter};
  const auto forged = refresh_session(
      world.services, SessionKind::Native,
      encode_refresh_token(thief.ring, {tokens.session, 0, 1}).reveal(), world.origin);
  EXPECT_EQ(forged.error().code, Errc::RefreshInvalid);
  EXPECT_FALSE(
      refresh_session(services, SessionKind::Native, tokens.refresh.reveal(), world.origin).ok());
  EXPECT_EQ(sql("select counter from postern.session"), "0");
}

}  // namespace
}  // namespace postern::domain

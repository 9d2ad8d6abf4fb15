#include <gtest/gtest.h>

#include <functional>

#include "domain/browser_session.hpp"
#include "domain/password_change.hpp"
#include "domain/session.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;

class GrantRevocation : public testing::Test {
 protected:
  GrantRevocation()
      : account(world.account("alice", "contributor")), client(site.client().client) {}

  void revoke(const OAuthClient* by, const Secret& token) {
    revoke_token(world.services, by, token.reveal(), world.origin);
  }
  /// A browser signs in.
  SessionId enter() {
    return sign_in_browser(world.services, {"alice", Secret(DomainWorld::kPassword), {}},
                           world.origin)
        ->id;
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }
  std::string grants() { return sql("select count(*) from postern.oauth_grant"); }

  DomainWorld world;
  OAuthWorld site{world};
  Account account;
  OAuthClient client;
};

TEST_F(GrantRevocation, Rfc9700Rule24ARefreshTokenTakesItsAccessTokensAlong) {
  const auto tokens = site.tokens(client, account);
  revoke(&client, *tokens.refresh);
  EXPECT_FALSE(site.is_alive(tokens.access));
  EXPECT_FALSE(site.refresh(world.services, client, *tokens.refresh).ok());
  EXPECT_EQ(grants(), "0");
  EXPECT_EQ(sql("select count(*) from postern.session"), "0");
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'grant_revoked'"), "1");
  revoke(&client, *tokens.refresh);
  EXPECT_EQ(sql("select count(*) from postern.audit where event = 'grant_revoked'"), "1");
}

TEST_F(GrantRevocation, AnAccessTokenEndsItsGrant) {
  const auto tokens = site.tokens(client, account);
  revoke(&client, tokens.access);
  EXPECT_FALSE(site.is_alive(tokens.access));
  EXPECT_FALSE(site.refresh(world.services, client, *tokens.refresh).ok());
}

TEST_F(GrantRevocation, ASpentRefreshTokenEndsItToo) {
  const auto tokens = site.tokens(client, account);
  const auto next = site.refresh(world.services, client, *tokens.refresh);
  revoke(&client, *tokens.refresh);
  EXPECT_FALSE(site.is_alive(next->access));
}

TEST_F(GrantRevocation, Rfc7009ForeignTokensStayAsTheyAre) {
  const auto tokens = site.tokens(client, account);
  const auto other = site.client().client;
  revoke(&other, *tokens.refresh);
  revoke(&other, tokens.access);
  EXPECT_TRUE(site.is_alive(tokens.access));
  EXPECT_EQ(grants(), "1");
}

TEST_F(GrantRevocation, WithoutANameOnlyAPublicClientsTokens) {
  const auto tokens = site.tokens(client, account);
  revoke(nullptr, *tokens.refresh);
  EXPECT_EQ(grants(), "0");
  const auto confidential = site.client(ClientAuth::SecretBasic).client;
  const auto theirs = site.tokens(confidential, account);
  revoke(nullptr, *theirs.refresh);
  EXPECT_TRUE(site.is_alive(theirs.access));
}

TEST_F(GrantRevocation, R10NoOtherKindOfSessionEndsHere) {
  const auto native = world.login("alice");
  revoke(nullptr, native.refresh);
  revoke(nullptr, native.access);
  revoke(&client, native.refresh);
  EXPECT_TRUE(authenticate_access_token(world.services, native.access.reveal()).ok());
  EXPECT_TRUE(
      refresh_session(world.services, SessionKind::Native, native.refresh.reveal(), world.origin)
          .ok());
}

TEST_F(GrantRevocation, GarbageChangesNothing) {
  static_cast<void>(site.tokens(client, account));
  for (const auto* token : {"", "x", "prt_", "a.b.c"}) revoke(&client, Secret(token));
  EXPECT_EQ(grants(), "1");
}

TEST_F(GrantRevocation, Rfc9700Rule8ChangingThePasswordOrSigningOutEverywhereEndsGrants) {
  const auto tokens = site.tokens(client, account);
  ASSERT_TRUE(end_sessions(world.services, account.id, {}, account.id, world.origin).ok());
  EXPECT_FALSE(site.is_alive(tokens.access));
  EXPECT_FALSE(site.refresh(world.services, client, *tokens.refresh).ok());
}

TEST_F(GrantRevocation, OidcLogoutEndsWhatHangsOnTheBrowser) {
  const auto browser = enter();
  const auto session =
      site.tokens(client, account, {.scopes = {"openid", "read"}, .browser_session = browser});
  const auto standing =
      site.tokens(client, account,
                  {.scopes = {"offline_access", "openid", "read"}, .browser_session = browser});
  const auto plain = site.tokens(client, account, {.scopes = {"read"}, .browser_session = browser});
  const auto elsewhere =
      site.tokens(client, account, {.scopes = {"openid"}, .browser_session = enter()});
  const auto ended = world.database.transaction([&](Transaction& tx) -> Result<std::int64_t> {
    return revoke_grants_of_browser(tx, world.services, account.id, browser);
  });
  EXPECT_EQ(*ended, 1);
  EXPECT_FALSE(site.is_alive(session.access));
  EXPECT_TRUE(site.is_alive(standing.access));
  EXPECT_TRUE(site.is_alive(plain.access)) << "an app of one's own, not a sign-in";
  EXPECT_TRUE(site.is_alive(elsewhere.access));
}

TEST_F(GrantRevocation, OidcLogoutTellsTheClientsOfAllSignInsInThatBrowser) {
  ClientMetadata metadata;
  metadata.logout_uri = "https://app.example.com/logout";
  const auto told = site.client(ClientAuth::SecretBasic, metadata).client;
  const auto browser = enter();
  for (const std::vector<std::string>& scopes :
       {std::vector<std::string>{"openid"}, {"offline_access", "openid"}, {"read"}}) {
    static_cast<void>(site.tokens(told, account, {.scopes = scopes, .browser_session = browser}));
  }
  ASSERT_TRUE(world.database
                  .transaction([&](Transaction& tx) -> Result<std::int64_t> {
                    return revoke_grants_of_browser(tx, world.services, account.id, browser);
                  })
                  .ok());
  EXPECT_EQ(sql("select count(*) from postern.oauth_logout"), "2");
}

/// Whoever ends all sessions of an account.
struct End {
  const char* name;
  std::function<bool(Services&, AccountId, const Origin&)> now;
};

TEST_F(GrantRevocation, ClientsThatPeopleSignInAtAreToldOfEachEndOfAllSessions) {
  ClientMetadata metadata;
  metadata.logout_uri = "https://app.example.com/logout";
  const auto told = site.client(ClientAuth::SecretBasic, metadata).client;
  const auto bob = world.account("bob", "contributor");
  int number = 0;
  for (const End& end : std::initializer_list<End>{
           {"signing out everywhere",
            [](Services&services, AccountId id, const Origin&origin) {
              return end_sessions(services, id, {}, id, origin).ok();
            }},
           {"a new password",
            [](Services&services, AccountId id, const Origin&origin) {
              return set_password(services, id, Secret("another horse battery"), {}, origin).ok();
            }},
           {"disabling",
            [](Services&services, AccountId id, const Origin&origin) {
              return update_account(services, id, {.is_active = false}, {}, origin).ok();
            }},
           {"deletion", [](Services&services, AccountId id, const Origin&origin) {
              return delete_account(services, id, {}, origin).ok();
            }}}) {
    const auto person = world.account("person" + std::to_string(++number), "contributor");
    static_cast<void>(site.tokens(told, bob, {.scopes = {"openid"}}));
    static_cast<void>(site.tokens(told, person, {.scopes = {"openid"}}));
    static_cast<void>(site.tokens(told, person, {.scopes = {"offline_access", "openid"}}));
    static_cast<void>(site.tokens(told, person, {.scopes = {"read"}}));
    static_cast<void>(site.tokens(client, person, {.scopes = {"openid"}}));
    const auto expected =
        sql("select string_agg(s.id::text, ' ' order by s.id) from postern.session s"
            " join postern.oauth_grant g on g.session_id = s.id where s.account_id = '" +
            person.id.text() + "' and 'openid' = any (g.scopes) and g.client = '" + told.id.text() +
            "'");
    ASSERT_TRUE(end.now(world.services, person.id, world.origin)) << end.name;
    EXPECT_EQ(sql("select string_agg(sid::text, ' ' order by sid) from postern.oauth_logout"
                  " where account_id = '" +
                  person.id.text() + "'"),
              expected)
        << end.name;
  }
  EXPECT_EQ(
      sql("select count(*) from postern.oauth_logout where account_id = '" + bob.id.text() + "'"),
      "0");
}

TEST_F(GrantRevocation, NobodyIsToldOfTheSessionThatStays) {
  ClientMetadata metadata;
  metadata.logout_uri = "https://app.example.com/logout";
  const auto told = site.client(ClientAuth::SecretBasic, metadata).client;
  for (int i = 0; i < 2; ++i) {
    static_cast<void>(site.tokens(told, account, {.scopes = {"openid"}}));
  }
  const auto keep = sql("select max(id::text) from postern.session");
  ASSERT_TRUE(
      end_sessions(world.services, account.id, SessionId::parse(keep), account.id, world.origin)
          .ok());
  EXPECT_EQ(sql("select count(*) from postern.oauth_logout where sid <> '" + keep + "'"), "1");
  EXPECT_EQ(sql("select count(*) from postern.oauth_logout"), "1");
}

}  // namespace
}  // namespace postern::domain

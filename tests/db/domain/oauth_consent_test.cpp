#include "domain/oauth_consent.hpp"

#include <gtest/gtest.h>

#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;

class Consents : public testing::Test {
 protected:
  Consents() : account(world.account("alice", "contributor")), client(site.client().client) {}

  std::optional<ConsentId> find(std::vector<std::string> scopes,
                                std::vector<std::string> resources = {OAuthWorld::kSite}) {
    return find_consent(world.services, account.id, client.id,
                        {std::move(scopes), std::move(resources)});
  }
  std::string sql(const std::string& text) { return world.database_server.sql(text); }
  std::string events(const std::string& event) {
    return sql("select count(*) from postern.audit where event = '" + event + "'");
  }

  DomainWorld world;
  OAuthWorld site{world};
  Account account;
  OAuthClient client;
};

TEST_F(Consents, CoversWhatWasConsentedAndLess) {
  EXPECT_FALSE(find({"read"}));
  const auto id = site.consent(client, account, {.scopes = {"read", "submit"}});
  EXPECT_EQ(find({"read"}), id);
  EXPECT_EQ(find({"read", "submit"}), id);
  EXPECT_FALSE(find({"moderate", "read"}));
  EXPECT_FALSE(find({"read"}, {OAuthWorld::kApi}));
  EXPECT_FALSE(find({"read"}, {OAuthWorld::kApi, OAuthWorld::kSite}));
}

TEST_F(Consents, IsOneRowThatWidens) {
  const auto id = site.consent(client, account, {.scopes = {"submit"}});
  EXPECT_EQ(site.consent(client, account, {.scopes = {"read"}}), id);
  EXPECT_EQ(site.consent(client, account, {.scopes = {"read", "submit"}}), id);
  EXPECT_EQ(sql("select scopes from postern.oauth_consent"), "{read,submit}");
  EXPECT_EQ(events("consent_given"), "2") << "the last one was no news";
}

TEST_F(Consents, BelongsToOnePersonAndOneClient) {
  site.consent(client, account);
  const auto other = site.client().client;
  const auto bob = world.account("bob", "contributor");
  EXPECT_FALSE(find_consent(world.services, account.id, other.id, {{"read"}, {OAuthWorld::kSite}}));
  EXPECT_FALSE(find_consent(world.services, bob.id, client.id, {{"read"}, {OAuthWorld::kSite}}));
}

TEST_F(Consents, ADisabledAccountGivesNone) {
  ASSERT_TRUE(
      update_account(world.services, account.id, {.is_active = false}, {}, world.origin).ok());
  const auto given = world.database.transaction([&](Transaction& tx) {
    return give_consent(tx, world.services, account.id, client, {{"read"}, {OAuthWorld::kSite}},
                        world.origin);
  });
  ASSERT_FALSE(given.ok());
  EXPECT_EQ(given.error().code, Errc::AccountInactive);
  EXPECT_EQ(sql("select count(*) from postern.oauth_consent"), "0");
}

TEST_F(Consents, AreListedNewestFirstWithTheirLiveGrants) {
  static_cast<void>(site.tokens(client, account));
  static_cast<void>(site.tokens(client, account));
  world.clock.advance(seconds(1));
  ClientMetadata metadata;
  metadata.name = "Second";
  const auto second = site.client(ClientAuth::SecretBasic, metadata).client;
  site.consent(second, account, {.scopes = {"read"}, .resources = {OAuthWorld::kApi}});
  const auto page = list_consents(world.services, account.id, {});
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->items.size(), 2U);
  EXPECT_EQ(page->items[0].client_name, "Second");
  EXPECT_EQ(page->items[0].resource, OAuthWorld::kApi);
  EXPECT_EQ(page->items[0].live_grants, 0);
  EXPECT_EQ(page->items[1].client_id, client.client_id);
  EXPECT_EQ(page->items[1].live_grants, 2);
  const auto first = list_consents(world.services, account.id, {.limit = 1, .after = {}});
  ASSERT_TRUE(first->next_cursor);
  const auto rest =
      list_consents(world.services, account.id, {.limit = 1, .after = first->next_cursor});
  EXPECT_EQ(rest->items.front().client_id, client.client_id);
  EXPECT_FALSE(list_consents(world.services, account.id, {.limit = 0, .after = {}}).ok());
}

TEST_F(Consents, R6WithdrawingEndsAllThatRestsOnItAndNothingElse) {
  const auto tokens = site.tokens(client, account);
  const auto code = site.code(client, account);
  const auto elsewhere =
      site.tokens(client, account, {.scopes = {"read"}, .resources = {OAuthWorld::kApi}});
  const auto bob = world.account("bob", "contributor");
  const auto bobs = site.tokens(client, bob);
  EXPECT_EQ(withdraw_consent(world.services, bob.id, code.consent, {}, world.origin).error().code,
            Errc::NotFound)
      << "not his";
  ASSERT_TRUE(
      withdraw_consent(world.services, account.id, code.consent, account.id, world.origin).ok());
  EXPECT_FALSE(site.is_alive(tokens.access));
  EXPECT_TRUE(site.is_alive(elsewhere.access));
  EXPECT_TRUE(site.is_alive(bobs.access));
  EXPECT_EQ(sql("select count(*) from postern.oauth_code where session_id is null"), "0");
  EXPECT_EQ(events("consent_withdrawn"), "1");
  EXPECT_EQ(
      withdraw_consent(world.services, account.id, code.consent, {}, world.origin).error().code,
      Errc::NotFound);
  EXPECT_FALSE(find({"read"}));
}

}  // namespace
}  // namespace postern::domain

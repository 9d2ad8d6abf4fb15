#include <gtest/gtest.h>

#include "tests/support/growth.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;
using test::Stored;

TEST(GrantGrowth, R1ThousandsOfRefreshesLeaveTheTablesAsTheyWere) {
  DomainWorld world;
  OAuthWorld site{world};
  const auto account = world.account("alice", "contributor");
  auto client = site.client().client;
  auto tokens = site.tokens(client, account);
  client = find_client(world.services, client.client_id).value();
  const auto before = Stored::measure(world.database_server);
  for (int i = 1; i <= 5'000; ++i) {
    auto next = site.refresh(world.services, client, *tokens.refresh);
    ASSERT_TRUE(next.ok()) << i;
    tokens = *std::move(next);
    if (i % 1'000 == 0) world.database_server.sql("vacuum postern.session");
  }
  expect_not_grown(before, Stored::measure(world.database_server));
}

TEST(GrantGrowth, ThousandsOfTokensOfAClientForItselfWriteNothing) {
  DomainWorld world;
  OAuthWorld site{world};
  auto client = site.service().client;
  ASSERT_TRUE(issue_to_client(world.services, {.client = client}, world.origin).ok());
  client = find_client(world.services, client.client_id).value();
  const auto before = Stored::measure(world.database_server);
  for (int i = 0; i < 2'000; ++i) {
    ASSERT_TRUE(issue_to_client(world.services, {.client = client}, world.origin).ok());
  }
  expect_not_grown(before, Stored::measure(world.database_server));
}

}  // namespace
}  // namespace postern::domain

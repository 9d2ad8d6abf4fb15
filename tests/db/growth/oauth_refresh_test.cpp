#include <gtest/gtest.h>

#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;

std::string measure(DomainWorld& world) {
  world.database_server.sql("vacuum analyze postern.session, postern.oauth_grant");
  return world.database_server.sql(
      "select (select count(*) from postern.session) || ' sessions, ' ||"
      " (select count(*) from postern.oauth_grant) || ' grants, ' ||"
      " (select count(*) from postern.oauth_code) || ' codes, ' ||"
      " (select count(*) from postern.audit) || ' audit, ' ||"
      " pg_relation_size('postern.session') || ' and ' ||"
      " pg_relation_size('postern.oauth_grant') || ' bytes, indexes ' ||"
      " pg_indexes_size('postern.session') || ' and ' || pg_indexes_size('postern.oauth_grant')");
}

TEST(GrantGrowth, R1ThousandsOfRefreshesLeaveTheTablesAsTheyWere) {
  DomainWorld world;
  OAuthWorld site{world};
  const auto account = world.account("alice", "contributor");
  auto client = site.client().client;
  auto tokens = site.tokens(client, account);
  client = find_client(world.services, client.client_id).value();
  const auto before = measure(world);
  for (int i = 1; i <= 5'000; ++i) {
    auto next = site.refresh(world.services, client, *tokens.refresh);
    ASSERT_TRUE(next.ok()) << i;
    tokens = *std::move(next);
    if (i % 1'000 == 0) world.database_server.sql("vacuum postern.session");
  }
  EXPECT_EQ(measure(world), before);
}

TEST(GrantGrowth, ThousandsOfTokensOfAClientForItselfWriteNothing) {
  DomainWorld world;
  OAuthWorld site{world};
  auto client = site.service().client;
  ASSERT_TRUE(issue_to_client(world.services, {.client = client}, world.origin).ok());
  client = find_client(world.services, client.client_id).value();
  const auto before = measure(world);
  for (int i = 0; i < 2'000; ++i) {
    ASSERT_TRUE(issue_to_client(world.services, {.client = client}, world.origin).ok());
  }
  EXPECT_EQ(measure(world), before);
}

}  // namespace
}  // namespace postern::domain

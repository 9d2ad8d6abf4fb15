#include <gtest/gtest.h>

#include "domain/oauth_client.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::domain {
namespace {

using test::DomainWorld;
using test::OAuthWorld;

class ClientRemoval : public testing::Test {
 protected:
  /// So many let it in, each with a grant.
  void let_in(const OAuthClient& client, int many) {
    sql("with people as ("
        "  insert into postern.session select gen_random_uuid(), a.id, 6, 0, s.created_at,"
        "    s.rotated_at, s.idle_expires_at, s.expires_at, '', ''"
        "  from postern.account a, (select * from postern.session where kind <> 6) s, "
        "generate_series(1, " +
        std::to_string(many) +
        ")"
        "  returning id, account_id, created_at"
        "), consents as ("
        "  insert into postern.oauth_consent select id, account_id, '" +
        client.id.text() +
        "', id::text, '{read}', created_at, created_at from people returning id"
        ") insert into postern.oauth_grant (session_id, client, consent_id, scopes, resources,"
        "    signed_in_at, methods) select p.id, '" +
        client.id.text() +
        "', p.id, '{read}', '{}', p.created_at, 'pwd' from people p join consents using (id)");
  }
  /// No statement may take more of a table than 5000 rows.
  void bound_statements(const std::string& table) {
    sql("create or replace function postern.bounded() returns trigger language plpgsql as $$ begin"
        " if (select count(*) from gone) > 5000 then raise 'too many at once'; end if;"
        " return null; end $$");
    sql("create trigger bounded after delete on postern." + table +
        " referencing old table as gone for each statement execute function postern.bounded()");
  }
  std::string sql(const std::string& text) { return world_.database_server.sql(text); }

  DomainWorld world_;
  OAuthWorld site_{world_};
};

TEST_F(ClientRemoval, R6EndsWhatItWasGrantedHoweverManyLetItIn) {
  world_.account();
  world_.login();
  const auto client = site_.client().client;
  const auto other = site_.client().client;
  let_in(client, 12'000);
  let_in(other, 3);
  bound_statements("session");
  bound_statements("oauth_consent");
  ASSERT_TRUE(delete_client(world_.services, client.id, {}, world_.origin).ok());
  EXPECT_EQ(sql("select count(*) from postern.oauth_client"), "1");
  EXPECT_EQ(sql("select count(*) from postern.oauth_consent"), "3");
  EXPECT_EQ(sql("select count(*) from postern.oauth_grant"), "3");
  EXPECT_EQ(sql("select count(*) from postern.session"), "4");
}

/// Each row that goes makes PostgreSQL look for those that refer to it.
TEST_F(ClientRemoval, WhatRefersToAClientConsentAccountOrBrowserIsFoundByAnIndex) {
  for (const char* column :
       {"oauth_device.client", "oauth_device.account_id", "oauth_device.consent_id",
        "oauth_device.browser_session", "oauth_code.client", "oauth_code.account_id",
        "oauth_code.consent_id", "oauth_pushed.client", "oauth_logout.client",
        "oauth_consent.client", "oauth_consent.account_id", "oauth_grant.client",
        "oauth_grant.consent_id", "oauth_grant.browser_session"}) {
    const std::string name(column);
    const auto dot = name.find('.');
    EXPECT_NE(
        sql("select count(*) from pg_index i join pg_attribute a on a.attrelid = i.indrelid"
            " and a.attnum = i.indkey[0] where i.indrelid = 'postern." +
            name.substr(0, dot) + "'::regclass and a.attname = '" + name.substr(dot + 1) + "'"),
        "0")
        << column;
  }
}

}  // namespace
}  // namespace postern::domain

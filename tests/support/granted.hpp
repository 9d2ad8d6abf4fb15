#pragma once

#include <string>

#include "domain/oauth_client.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::test {

/// As if the person had just let the client in: consent, grant and the session it rests on, whose
/// tokens are those of a sign-in. Written straight to the database, so that tests of clients depend
/// on nothing else.
inline domain::Tokens grant_to(DomainWorld& world, domain::OAuthClientId client,
                               const std::string& username, const std::string& scopes = "read") {
  const auto tokens = world.login(username);
  const auto session = tokens.session.text();
  const auto consent = domain::ConsentId::make(world.clock.now(), world.random).text();
  const auto now = "'" + std::to_string(domain::unix_seconds(world.clock.now())) + "'";
  world.database_server.sql(
      "insert into postern.oauth_consent select '" + consent + "', account_id, '" + client.text() +
      "', 'https://api.example.org/" + session + "', '{" + scopes + "}', to_timestamp(" + now +
      "), to_timestamp(" + now + ") from postern.session where id = '" + session + "'");
  world.database_server.sql(
      "insert into postern.oauth_grant (session_id, client, consent_id, scopes, resources,"
      " signed_in_at, methods) values ('" +
      session + "', '" + client.text() + "', '" + consent + "', '{" + scopes +
      "}', '{https://api.example.org}', to_timestamp(" + now + "), 'pwd')");
  return tokens;
}

}  // namespace postern::test

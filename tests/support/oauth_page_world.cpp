#include "tests/support/oauth_page_world.hpp"

#include "domain/id_token.hpp"
#include "domain/oauth_registration.hpp"
#include "domain/role.hpp"
#include "tests/support/oauth_clients.hpp"
#include "tests/support/rs256_key.hpp"

namespace postern::test {
namespace {

domain::ClientMetadata with_defaults(domain::ClientMetadata metadata) {
  metadata.auth = domain::ClientAuth::None;
  if (metadata.name.empty()) metadata.name = "The App";
  if (metadata.redirect_uris.empty()) metadata.redirect_uris = {OAuthPageWorld::kBack};
  return metadata;
}

}  // namespace

OAuthPageWorld::OAuthPageWorld() {
  add_rs256_key(domain);
  domain.settings.issuer = kIssuer;
  auto& oauth = domain.settings.oauth;
  oauth.issuer = kIssuer;
  oauth.resources = {
      {.uri = "https://www.example.org/api",
       .name = "The archive",
       .scopes = {"posts.compose", "posts.read", "submit"},
       .path = "/api"},
      {.uri = "https://elsewhere.example/", .name = "Elsewhere", .scopes = {"admin"}, .path = {}}};
  settings.oauth.title = "Example";
  (void)domain::put_role(domain.services, "writer",
                         {{"posts.compose", "posts.read", "submit"}, "Writes"}, {}, domain.origin);
  alice = domain.account("alice", "writer");
}

domain::OAuthClient OAuthPageWorld::stranger(const domain::ClientMetadata& metadata) {
  return domain::register_client(domain.services, with_defaults(metadata), domain.origin)
      .value()
      .client;
}

domain::OAuthClient OAuthPageWorld::trusted(const domain::ClientMetadata& metadata) {
  return oauth_client(domain, domain::ClientAuth::None, with_defaults(metadata)).client;
}

std::string OAuthPageWorld::id_token_of(const domain::Account& account,
                                        const std::string& client_id) {
  auto& its = domain.services;
  const domain::IdTokenContent content{
      .account = account,
      .client_id = client_id,
      .algorithm = domain::SigningAlgorithm::Rs256,
      .session = domain::SessionId::make(its.clock.now(), its.random),
      .signed_in_at = its.clock.now()};
  return std::string(domain::issue_id_token(its, content).reveal());
}

std::string OAuthPageWorld::question(const domain::OAuthClient& client, const Fields& changes) {
  Fields fields{{"response_type", "code"},
                {"client_id", client.client_id},
                {"redirect_uri", client.metadata.redirect_uris.front()},
                {"scope", "posts.read submit"},
                {"state", "a state & more=?"},
                {"code_challenge", kChallenge},
                {"code_challenge_method", "S256"}};
  for (const auto& change : changes) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& each) { return each.first == change.first; });
    if (found == fields.end()) {
      fields.push_back(change);
    } else {
      found->second = change.second;
    }
  }
  std::erase_if(fields, [](const auto& each) { return each.second.empty(); });
  return "/oauth/authorize?" + form_text(fields);
}

}  // namespace postern::test

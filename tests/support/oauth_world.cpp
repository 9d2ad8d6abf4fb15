#include "tests/support/oauth_world.hpp"

#include <stdexcept>

#include "domain/pkce.hpp"
#include "domain/random.hpp"
#include "tests/support/oauth_clients.hpp"
#include "tests/support/rs256_key.hpp"

namespace postern::test {
namespace {

using namespace domain;

template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(std::string("OAuthWorld: ") + name_of(result.error().code));
  return std::move(*result);
}

Wanted wanted_of(const OAuthWorld::Wish& wish) {
  return {wish.scopes, wish.resources};
}

}  // namespace

OAuthWorld::OAuthWorld(DomainWorld& wanted) : world(wanted) {
  add_rs256_key(world);
  world.settings.oauth.issuer = "https://www.example.org";
  world.settings.oauth.resources = {
      {.uri = kSite, .name = "The site", .scopes = {"moderate", "read", "submit"}, .path = ""},
      {.uri = kApi, .name = "An API", .scopes = {"export", "read"}, .path = {}}};
}

MadeClient OAuthWorld::client(ClientAuth auth, ClientMetadata metadata) {
  metadata.grant_types = {std::string(grant_type::kCode), std::string(grant_type::kRefresh),
                          std::string(grant_type::kDevice)};
  return oauth_client(world, auth, metadata);
}

MadeClient OAuthWorld::service(const std::string& username, const std::string& role) {
  NewClient wanted;
  wanted.metadata.auth = ClientAuth::SecretBasic;
  wanted.metadata.grant_types = {std::string(grant_type::kClient)};
  wanted.account = world.account(username, role).id;
  return value_of(create_client(world.services, wanted, std::nullopt, world.origin));
}

ConsentId OAuthWorld::consent(const OAuthClient& client, const Account& account, const Wish& wish) {
  return value_of(world.database.transaction([&](Transaction& tx) {
    return give_consent(tx, world.services, account.id, client, wanted_of(wish), world.origin);
  }));
}

OAuthWorld::Code OAuthWorld::code(const OAuthClient& client, const Account& account,
                                  const Wish& wish) {
  Code code{.text = {},
            .verifier = random_base62(world.random, 64),
            .redirect_uri = client.metadata.redirect_uris.front(),
            .consent = consent(client, account, wish)};
  code.text = value_of(world.database.transaction([&](Transaction& tx) -> Result<Secret> {
    return issue_code(tx, world.services,
                      {.client = client,
                       .basis = {.account = account.id,
                                 .consent = code.consent,
                                 .granted = wanted_of(wish),
                                 .dpop_jkt = wish.dpop_jkt,
                                 .browser_session = wish.browser_session,
                                 .signed_in_at = world.clock.now(),
                                 .methods = "pwd"},
                       .redirect_uri = code.redirect_uri,
                       .challenge = challenge_of(code.verifier).value(),
                       .nonce = wish.nonce});
  }));
  return code;
}

Result<OAuthTokens> OAuthWorld::redeem(Services& services, const OAuthClient& client,
                                       const Code& code, const TokenProof& proof) {
  return redeem_code(services,
                     {.client = client,
                      .code = code.text.reveal(),
                      .verifier = code.verifier,
                      .redirect_uri = code.redirect_uri,
                      .proof = proof},
                     world.origin);
}

Result<OAuthTokens> OAuthWorld::refresh(Services& services, const OAuthClient& client,
                                        const Secret& token, const TokenProof& proof) {
  return refresh_grant(
      services, {.client = &client, .refresh_token = token.reveal(), .proof = proof}, world.origin);
}

OAuthTokens OAuthWorld::tokens(const OAuthClient& client, const Account& account,
                               const Wish& wish) {
  return value_of(redeem(world.services, client, code(client, account, wish)));
}

bool OAuthWorld::is_alive(const Secret& access) {
  return authenticate_oauth_token(world.services, PresentedAs::Bearer, access.reveal()).ok();
}

}  // namespace postern::test

#include "domain/oauth_registration.hpp"
#include "tests/support/matrix_world.hpp"

namespace postern::test {
namespace {

constexpr const char* kThumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

std::string form(std::string_view name, const domain::Secret& value,
                 const domain::OAuthClient& client) {
  return std::string(name) + "=" + std::string(value.reveal()) + "&client_id=" + client.client_id;
}

}  // namespace

/// A stranger's client: whatever is asked of it is asked by somebody else's credential.
domain::Registered MatrixWorld::registered() {
  domain::ClientMetadata metadata;
  metadata.name = "An app " + std::to_string(++things_);
  metadata.auth = domain::ClientAuth::None;
  metadata.redirect_uris = {OAuthWorld::kCallback};
  return domain::register_client(domain.services, metadata, domain.origin).value();
}

void MatrixWorld::hold_oauth_credentials() {
  const auto client = oauth_.client().client;
  const auto person = make_account("contributor");
  hold("OAuth access token", oauth_.tokens(client, person).access, person.id);
  hold("OAuth refresh token", *oauth_.tokens(client, person).refresh, person.id);

  const OAuthWorld::Wish bound{.dpop_jkt = kThumbprint};
  const auto code = oauth_.code(client, person, bound);
  hold("OAuth access token bound to a key",
       oauth_.redeem(domain.services, client, code, {kThumbprint}).value().access, person.id);

  const auto revoked = oauth_.tokens(client, person);
  domain::revoke_token(domain.services, &client, revoked.refresh->reveal(), domain.origin);
  hold("revoked OAuth access token", revoked.access, person.id);

  const auto session = domain::sign_in_browser(
      domain.services, {person.username, domain::Secret(DomainWorld::kPassword)}, domain.origin,
      nullptr);
  hold("cookie of a browser", domain::browser_cookie(domain.ring, session.value().id), person.id);
  hold("registration access token", *registered().registration_token);
}

std::string MatrixWorld::sealed_request() {
  const auto answer =
      send("GET", "/oauth/authorize?response_type=code&client_id=" + registered().client.client_id +
                      "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
                      "&code_challenge_method=S256&scope=read&state=s");
  const std::string address(answer.get("Location"));
  return address.substr(address.find("request=") + sizeof("request=") - 1);
}

/// What stands in place of a name that begins with "oauth-", for this person and a client of ours.
std::string MatrixWorld::make_for_client(const std::string& name, const domain::Account& owner) {
  auto& with = domain.services;
  if (name == "oauth-client") return registered().client.client_id;
  if (name == "oauth-request") return sealed_request();
  if (name == "oauth-secret") {
    const auto made = oauth_.client(domain::ClientAuth::SecretPost);
    return form("client_secret", *made.secret, made.client);
  }
  const auto client = oauth_.client().client;
  if (name == "oauth-client-row") return client.id.text();
  if (name == "oauth-consent") return oauth_.consent(client, owner).text();
  if (name == "oauth-access") return form("token", oauth_.tokens(client, owner).access, client);
  if (name == "oauth-refresh") {
    return form("refresh_token", *oauth_.tokens(client, owner).refresh, client);
  }
  if (name == "oauth-code") {
    const auto code = oauth_.code(client, owner);
    return form("code", code.text, client) + "&code_verifier=" + code.verifier;
  }
  const auto device =
      domain::begin_device(with, {client, {{"read"}, {OAuthWorld::kSite}}}, domain.origin);
  if (name == "oauth-device") return form("device_code", device.value().device_code, client);
  if (name == "oauth-user-code") return device.value().user_code;
  return {};
}

}  // namespace postern::test

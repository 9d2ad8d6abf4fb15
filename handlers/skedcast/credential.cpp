#include "handlers/skedcast/credential.hpp"

#include "domain/identity.hpp"
#include "domain/oauth_worth.hpp"
#include "handlers/client_token.hpp"
#include "handlers/credential.hpp"

namespace postern::handlers::skedcast {
namespace {

using domain::Errc;
using Checked = domain::Result<domain::Principal>;

/// Alive, for the resource that the path belongs to, and with its proof. It may what that resource
/// lists.
Checked authenticate_client(const Request& request, Services& services,
                            const PresentedCredential& presented) {
  const auto& oauth = services.domain.settings.oauth;
  if (!oauth.enabled) return Errc::TokenWrongKind;
  auto principal = domain::authenticate_oauth_token(services.domain, presented.as, presented.value);
  if (!principal.ok()) return principal;
  const domain::IdentityText identity(*principal);
  const auto fields = identity.fields();
  const auto* place = oauth.resources.at(request.uri->path);
  const auto admitted = admit_client_token({request, presented.value, fields, place}, oauth,
                                           services.domain.limiter, services.domain.clock);
  if (!admitted.ok()) return Errc::TokenInvalid;
  std::erase_if(principal->permissions,
                [&](const std::string& name) { return !domain::lists(*place, name); });
  return principal;
}

/// An own token or key; a client's token is another kind.
Checked authenticate_own(Services& services, std::string_view value) {
  auto principal = domain::authenticate_bearer(services.domain, value);
  if (principal && principal->key && principal->key_dialect != "skedcast" &&
      principal->key_dialect != "native") {
    return Errc::KeyInvalid;
  }
  return principal;
}

}  // namespace

std::optional<Checked> authenticate(const Request& request, Services& services) {
  const auto presented = find_credential(request.header("authorization"), std::nullopt);
  if (!presented || presented->as == PresentedCredential::As::Key) return std::nullopt;
  if (presented->as == PresentedCredential::As::Dpop) {
    return authenticate_client(request, services, *presented);
  }
  auto own = authenticate_own(services, presented->value);
  if (own.ok() || own.error().code != Errc::TokenWrongKind) return own;
  return authenticate_client(request, services, *presented);
}

void lead_to_server(Response& response, const Request& request,
                    const domain::OAuthSettings& oauth) {
  const auto challenge = response.get("WWW-Authenticate");
  const auto* place = oauth.enabled ? oauth.resources.at(request.uri->path) : nullptr;
  if (place == nullptr || challenge.empty()) return;
  const auto whole = std::string(challenge) + ", " + resource_metadata_parameter(*place);
  response.set("WWW-Authenticate", whole);
}

}  // namespace postern::handlers::skedcast

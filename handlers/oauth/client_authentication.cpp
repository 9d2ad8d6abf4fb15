#include "handlers/oauth/client_authentication.hpp"

#include "handlers/oauth/basic_credentials.hpp"
#include "handlers/oauth/client_assertion.hpp"
#include "handlers/oauth/find_client.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using Found = domain::Result<std::optional<AuthenticatedClient>>;

Found proven(domain::Result<domain::OAuthClient> client) {
  if (!client) return client.error();
  return std::optional(AuthenticatedClient{*std::move(client), true});
}

/// Whoever can prove itself has to.
Found public_client(const Call& call, Services& services, std::string_view client_id) {
  auto client = find_client(services, client_id, call.origin());
  if (!client) return client.error();
  if (client->metadata.auth != domain::ClientAuth::None) return Errc::ClientInvalid;
  return std::optional(AuthenticatedClient{*std::move(client), false});
}

Found by_header(const Call& call, Services& services, const Parameters& form,
                std::string_view header) {
  const auto credentials = BasicCredentials::parse(header);
  if (!credentials) return Errc::ClientInvalid;
  const auto named = form.get("client_id");
  if (named && *named != credentials->client_id) {
    return domain::Error{Errc::InvalidInput, "client_id", "not_the_header's"};
  }
  if (credentials->secret.empty()) return public_client(call, services, credentials->client_id);
  return proven(domain::find_client_by_secret(services.domain, credentials->client_id,
                                              credentials->secret.reveal()));
}

}  // namespace

domain::Result<std::optional<AuthenticatedClient>> authenticate_client(const Call& call,
                                                                       Services& services,
                                                                       const Parameters& form,
                                                                       bool& basic) {
  const auto header = call.request.header("authorization");
  const auto secret = form.get("client_secret");
  const bool asserts = form.get("client_assertion") || form.get("client_assertion_type");
  basic = header.has_value();
  if (int{header.has_value()} + int{secret.has_value()} + int{asserts} > 1) {
    return domain::Error{Errc::InvalidInput, "client_secret", "several_ways"};
  }
  if (header) return by_header(call, services, form, *header);
  if (asserts) return proven(check_assertion(call, services, form));
  const auto client_id = form.get("client_id");
  if (secret) {
    if (!client_id) return Errc::ClientInvalid;
    return proven(domain::find_client_by_secret(services.domain, *client_id, *secret));
  }
  if (!client_id) return std::optional<AuthenticatedClient>();
  return public_client(call, services, *client_id);
}

}  // namespace postern::handlers::oauth

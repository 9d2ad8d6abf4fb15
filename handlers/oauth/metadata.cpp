#include <array>

#include "domain/oauth_client.hpp"
#include "domain/oauth_scope.hpp"
#include "handlers/oauth/document.hpp"
#include "handlers/oauth/endpoints.hpp"
#include "handlers/oauth/errors.hpp"
#include "handlers/oauth/handlers.hpp"

namespace postern::handlers::oauth {
namespace {

using Words = std::initializer_list<std::string_view>;

/// Of client assertions (client_authentication.hpp) and of DPoP proofs (dpop_proof.hpp).
constexpr std::array<std::string_view, 3> kTakenAlgorithms{"ES256", "RS256", "PS256"};
constexpr std::array<std::string_view, 4> kClientMethods{"none", "client_secret_basic",
                                                         "client_secret_post", "private_key_jwt"};

struct Endpoint {
  const char* name;
  std::string_view path;
};
constexpr std::array kEndpoints{
    Endpoint{"authorization_endpoint", "/oauth/authorize"},
    Endpoint{"token_endpoint", "/oauth/token"},
    Endpoint{"jwks_uri", "/.well-known/jwks.json"},
    Endpoint{"revocation_endpoint", "/oauth/revoke"},
    Endpoint{"introspection_endpoint", "/oauth/introspect"},
    Endpoint{"userinfo_endpoint", "/oauth/userinfo"},
    Endpoint{"device_authorization_endpoint", "/oauth/device_authorization"},
    Endpoint{"pushed_authorization_request_endpoint", "/oauth/par"},
    Endpoint{"end_session_endpoint", "/oauth/logout"},
};

void add_endpoints(Json::Value& body, const domain::Settings& settings) {
  for (const auto& each : kEndpoints) body[each.name] = endpoint(settings, each.path);
  if (settings.oauth.registration) {
    body["registration_endpoint"] = endpoint(settings, "/oauth/register");
  }
}

/// How clients prove to be who they are, at each endpoint that asks.
void add_client_methods(Json::Value& body) {
  for (const std::string where : {"token", "revocation", "introspection"}) {
    body[where + "_endpoint_auth_methods_supported"] = json_list(kClientMethods);
    body[where + "_endpoint_auth_signing_alg_values_supported"] = json_list(kTakenAlgorithms);
  }
  // Nobody looks into tokens without saying who he is.
  body["introspection_endpoint_auth_methods_supported"] =
      json_list(Words{"client_secret_basic", "client_secret_post", "private_key_jwt"});
}

void add_authorization(Json::Value& body, const domain::Settings& settings) {
  body["scopes_supported"] = json_list(domain::supported_scopes(settings));
  body["response_types_supported"] = json_list(Words{"code"});
  body["response_modes_supported"] = json_list(Words{"query", "form_post"});
  body["grant_types_supported"] =
      json_list(Words{domain::grant_type::kCode, domain::grant_type::kRefresh,
                      domain::grant_type::kClient, domain::grant_type::kDevice});
  body["code_challenge_methods_supported"] = json_list(Words{"S256"});
  body["authorization_response_iss_parameter_supported"] = true;
  body["client_id_metadata_document_supported"] = settings.oauth.client_documents;
  body["require_pushed_authorization_requests"] = false;
  body["request_parameter_supported"] = false;
  body["request_uri_parameter_supported"] = false;
  body["dpop_signing_alg_values_supported"] = json_list(kTakenAlgorithms);
}

/// RS256 is there as soon as there is a key of it, which the housekeeper sees to.
Json::Value id_token_algorithms(const domain::SigningKeys& keys) {
  const auto es256 = domain::name_of(domain::SigningAlgorithm::Es256);
  const auto rs256 = domain::name_of(domain::SigningAlgorithm::Rs256);
  if (!keys.ready(domain::SigningAlgorithm::Rs256)) return json_list(Words{es256});
  return json_list(Words{rs256, es256});
}

void add_openid(Json::Value& body, const domain::SigningKeys& keys) {
  body["subject_types_supported"] = json_list(Words{"public"});
  body["id_token_signing_alg_values_supported"] = id_token_algorithms(keys);
  body["claim_types_supported"] = json_list(Words{"normal"});
  body["claims_supported"] =
      json_list(Words{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "amr",
                      "sid", "name", "preferred_username", "email", "email_verified"});
  body["claims_parameter_supported"] = false;
  body["prompt_values_supported"] = json_list(Words{"none", "login", "consent", "select_account"});
  body["backchannel_logout_supported"] = true;
  body["backchannel_logout_session_supported"] = true;
}

/// RFC 8414 section 3.1, OpenID Connect Discovery 1.0 section 4: the issuer's path stands behind
/// the well-known part, or (what OpenID does) before it.
bool is_the_issuers(const Call& call, const domain::Settings& settings) {
  const auto issuer_path = path_of(settings.oauth.issuer);
  const auto named = call.path.find("path");
  if (named != call.path.end()) return "/" + named->second == issuer_path;
  const std::string_view path = call.request.uri->path;
  const bool mounted = !path.starts_with("/.well-known/");
  return mounted || issuer_path.empty();
}

}  // namespace

Response show_metadata(const Call& call, Services& services) {
  const auto& settings = services.domain.settings;
  if (!is_the_issuers(call, settings)) return failure(call.request, 404);
  Json::Value body(Json::objectValue);
  body["issuer"] = settings.oauth.issuer;
  add_endpoints(body, settings);
  add_client_methods(body);
  add_authorization(body, settings);
  add_openid(body, services.domain.signing_keys);
  Json::Value& resources = body["protected_resources"] = Json::Value(Json::arrayValue);
  for (const auto& resource : settings.oauth.resources) resources.append(resource.uri);
  return document(body, kMetadataMaxAge);
}

/// One document says all, for either kind of client.
Response show_openid_metadata(const Call& call, Services& services) {
  return show_metadata(call, services);
}

}  // namespace postern::handlers::oauth

#include "domain/oauth_scope.hpp"
#include "handlers/json_body.hpp"
#include "handlers/oauth/client_metadata.hpp"
#include "handlers/oauth/document.hpp"

namespace postern::handlers::oauth {
namespace {

/// Nothing for an empty list.
void put(Json::Value& body, const char* name, const std::vector<std::string>& texts) {
  if (!texts.empty()) body[name] = json_list(texts);
}

/// Nothing for "".
void put(Json::Value& body, const char* name, const std::string& text) {
  if (!text.empty()) body[name] = text;
}

/// What was given, to be given back.
Json::Value rest_of(const domain::ClientMetadata& metadata) {
  return parse_json(metadata.rest).value.value_or(Json::Value(Json::objectValue));
}

}  // namespace

std::optional<domain::seconds> default_max_age(const domain::ClientMetadata& metadata) {
  const Json::Value rest = rest_of(metadata);
  if (!rest.isMember("default_max_age")) return {};
  return domain::seconds(rest["default_max_age"].asInt64());
}

Json::Value show_client_metadata(const domain::ClientMetadata& metadata) {
  Json::Value body = rest_of(metadata);
  put(body, "client_name", metadata.name);
  body["token_endpoint_auth_method"] = std::string(domain::name_of(metadata.auth));
  put(body, "redirect_uris", metadata.redirect_uris);
  put(body, "grant_types", metadata.grant_types);
  if (metadata.allows(domain::grant_type::kCode)) body["response_types"].append("code");
  if (metadata.scopes) put(body, "scope", domain::join_scope(*metadata.scopes));
  body["application_type"] = metadata.is_native ? "native" : "web";
  body["dpop_bound_access_tokens"] = metadata.dpop_bound;
  body["require_pushed_authorization_requests"] = metadata.require_pushed;
  put(body, "post_logout_redirect_uris", metadata.post_logout_redirect_uris);
  put(body, "backchannel_logout_uri", metadata.logout_uri);
  body["id_token_signed_response_alg"] = std::string(domain::name_of(metadata.id_token_alg));
  if (const auto keys = parse_json(metadata.jwks).value; keys && metadata.jwks_uri.empty())
    body["jwks"] = *keys;
  put(body, "jwks_uri", metadata.jwks_uri);
  return body;
}

}  // namespace postern::handlers::oauth

#include "handlers/native/client_views.hpp"

#include "domain/text.hpp"

namespace postern::handlers::native {
namespace {

Json::Value json(const std::vector<std::string>& texts) {
  Json::Value list(Json::arrayValue);
  for (const auto& text : texts) list.append(text);
  return list;
}

Json::Value json(const std::optional<std::vector<std::string>>& texts) {
  return texts ? json(*texts) : Json::Value();
}

const char* name_of(domain::ClientOrigin origin) {
  switch (origin) {
    case domain::ClientOrigin::Registered:
      return "registered";
    case domain::ClientOrigin::Administrator:
      return "administrator";
    case domain::ClientOrigin::Document:
      return "document";
  }
  return "unknown";
}

}  // namespace

Json::Value view(const domain::OAuthClient& client) {
  const domain::ClientMetadata& metadata = client.metadata;
  Json::Value body(Json::objectValue);
  body["id"] = client.id.text();
  body["client_id"] = client.client_id;
  body["name"] = metadata.name;
  body["origin"] = name_of(client.origin);
  body["redirect_uris"] = json(metadata.redirect_uris);
  body["grant_types"] = json(metadata.grant_types);
  body["scopes"] = json(metadata.scopes);
  body["token_endpoint_auth_method"] = std::string(domain::name_of(metadata.auth));
  body["id_token_signed_response_alg"] = std::string(domain::name_of(metadata.id_token_alg));
  body["account_id"] = client.account ? Json::Value(client.account->text()) : Json::Value();
  body["created_at"] = domain::rfc3339(client.created_at);
  body["last_used_at"] =
      client.last_used_at ? Json::Value(domain::rfc3339(*client.last_used_at)) : Json::Value();
  return body;
}

Json::Value view(const domain::MadeClient& made) {
  Json::Value body = view(made.client);
  body["client_secret"] =
      made.secret ? Json::Value(std::string(made.secret->reveal())) : Json::Value();
  return body;
}

Json::Value view(const domain::Consent& consent) {
  Json::Value body(Json::objectValue);
  body["id"] = consent.id.text();
  body["client"]["client_id"] = consent.client_id;
  body["client"]["name"] = consent.client_name;
  body["resource"] = consent.resource;
  body["scopes"] = json(consent.scopes);
  body["created_at"] = domain::rfc3339(consent.created_at);
  body["updated_at"] = domain::rfc3339(consent.updated_at);
  body["live"] = static_cast<Json::Int64>(consent.live_grants);
  return body;
}

}  // namespace postern::handlers::native

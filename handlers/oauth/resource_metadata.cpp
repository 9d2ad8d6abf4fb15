#include "handlers/oauth/document.hpp"
#include "handlers/oauth/endpoints.hpp"
#include "handlers/oauth/errors.hpp"
#include "handlers/oauth/handlers.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::OAuthResource;

std::string_view host_of(std::string_view url) {
  const auto origin = origin_of(url);
  const auto begin = origin.find("://");
  return begin == std::string_view::npos ? std::string_view() : origin.substr(begin + 3);
}

/// Whose address has this path (without a '/' at its end): on the host that was asked, if several
/// have. Null: nobody's.
const OAuthResource* find_by_path(const domain::OAuthSettings& settings, const std::string& path,
                                  std::string_view host) {
  const OAuthResource* found = nullptr;
  for (const auto& resource : settings.resources) {
    auto own = path_of(resource.uri);
    if (own.ends_with('/')) own.remove_suffix(1);
    if (own != path) continue;
    if (host_of(resource.uri) == host) return &resource;
    if (found == nullptr) found = &resource;
  }
  return found;
}

}  // namespace

/// RFC 9728 section 3.
Response show_resource_metadata(const Call& call, Services& services) {
  const auto& settings = services.domain.settings.oauth;
  const auto named = call.path.find("path");
  auto path = named == call.path.end() ? std::string() : "/" + named->second;
  if (path.ends_with('/')) path.pop_back();  // it means nothing in a resource's address
  const auto* resource = find_by_path(settings, path, call.request.host);
  if (resource == nullptr) return failure(call.request, 404);
  Json::Value body(Json::objectValue);
  body["resource"] = resource->uri;
  body["authorization_servers"] = json_list(std::initializer_list<std::string>{settings.issuer});
  if (!resource->scopes.empty()) body["scopes_supported"] = json_list(resource->scopes);
  body["bearer_methods_supported"] = json_list(std::initializer_list<std::string_view>{"header"});
  if (!resource->name.empty()) body["resource_name"] = resource->name;
  body["dpop_signing_alg_values_supported"] =
      json_list(std::initializer_list<std::string_view>{"ES256", "RS256", "PS256"});
  return document(body, kMetadataMaxAge);
}

}  // namespace postern::handlers::oauth

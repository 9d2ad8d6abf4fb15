#include "domain/settings.hpp"

namespace postern::domain {
namespace {

/// One '/' at the end means nothing: clients add one and take one away (RFC 8707, oauth.md 2a).
std::string_view without_slash(std::string_view uri) {
  if (uri.ends_with('/')) uri.remove_suffix(1);
  return uri;
}

bool is_at_or_below(std::string_view path, std::string_view place) {
  return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
}

}  // namespace

const OAuthResource* OAuthSettings::find_resource(std::string_view uri) const {
  const auto wanted = without_slash(uri);
  for (const auto& resource : resources) {
    if (without_slash(resource.uri) == wanted) return &resource;
  }
  return nullptr;
}

const OAuthResource* OAuthSettings::resource_at(std::string_view path) const {
  const OAuthResource* closest = nullptr;
  for (const auto& resource : resources) {
    if (!resource.path || !is_at_or_below(path, *resource.path)) continue;
    if (closest == nullptr || resource.path->size() > closest->path->size()) closest = &resource;
  }
  return closest;
}

}  // namespace postern::domain

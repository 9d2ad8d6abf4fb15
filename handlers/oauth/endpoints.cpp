#include "handlers/oauth/endpoints.hpp"

#include <algorithm>

namespace postern::handlers::oauth {

std::string endpoint(const domain::Settings& settings, std::string_view path) {
  return settings.oauth.issuer + std::string(path);
}

std::string resource_metadata_url(const domain::OAuthResource& resource) {
  auto path = path_of(resource.uri);
  if (path.ends_with('/')) path.remove_suffix(1);
  std::string url(origin_of(resource.uri));
  return url.append("/.well-known/oauth-protected-resource").append(path);
}

std::string_view origin_of(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return {};
  return url.substr(0, std::min(url.find_first_of("/?#", scheme_end + 3), url.size()));
}

std::string_view path_of(std::string_view url) {
  url.remove_prefix(origin_of(url).size());
  url = url.substr(0, url.find_first_of("?#"));
  return url.starts_with('/') ? url : std::string_view();
}

}  // namespace postern::handlers::oauth

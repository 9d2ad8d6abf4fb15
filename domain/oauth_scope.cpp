#include "domain/oauth_scope.hpp"

#include <algorithm>
#include <array>

namespace postern::domain {
namespace {

constexpr std::size_t kLongestScope = 2048;
constexpr std::size_t kMostScopes = 100;
constexpr std::array<std::string_view, 4> kIdentity{"email", "offline_access", "openid", "profile"};

void sort_once(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

/// scope-token of RFC 6749 section 3.3.
bool is_scope_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7F && c != '"' && c != '\\';
  });
}

/// The resources meant, sorted; none where one is unknown.
std::optional<std::vector<const OAuthResource*>> find_resources(
    const OAuthSettings& settings, const std::vector<std::string>& named) {
  std::vector<const OAuthResource*> found;
  if (named.empty() && !settings.resources.empty()) found.push_back(&settings.resources.front());
  for (const std::string& uri : named) {
    const OAuthResource* resource = settings.resources.find(uri);
    if (resource == nullptr) return {};
    found.push_back(resource);
  }
  return found;
}

bool is_known(const std::vector<const OAuthResource*>& resources, const std::string& scope) {
  return std::any_of(resources.begin(), resources.end(), [&](const OAuthResource* resource) {
    return contains(resource->scopes, scope);
  });
}

bool client_has(const ClientMetadata& client, const std::string& scope) {
  return !client.scopes || contains(*client.scopes, scope);
}

/// Where none are named: everything that the client may have there, but nothing about the person.
std::vector<std::string> all_scopes(const std::vector<const OAuthResource*>& resources,
                                    const ClientMetadata& client) {
  std::vector<std::string> scopes;
  for (const OAuthResource* resource : resources) {
    std::copy_if(resource->scopes.begin(), resource->scopes.end(), std::back_inserter(scopes),
                 [&](const std::string& scope) {
                   return client_has(client, scope) && !is_identity_scope(scope);
                 });
  }
  sort_once(scopes);
  return scopes;
}

}  // namespace

std::optional<std::vector<std::string>> parse_scope(std::string_view text) {
  std::vector<std::string> scopes;
  if (text.empty()) return scopes;
  if (text.size() > kLongestScope) return {};
  while (true) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    if (!is_scope_token(word) || scopes.size() == kMostScopes) return {};
    scopes.emplace_back(word);
    if (space == std::string_view::npos) break;
    text.remove_prefix(space + 1);
  }
  sort_once(scopes);
  return scopes;
}

std::string join_scope(const std::vector<std::string>& scopes) {
  std::string text;
  for (const std::string& scope : scopes) {
    if (!text.empty()) text += ' ';
    text += scope;
  }
  return text;
}

bool contains(const std::vector<std::string>& scopes, std::string_view scope) {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

bool is_identity_scope(std::string_view scope) {
  return std::find(kIdentity.begin(), kIdentity.end(), scope) != kIdentity.end();
}

Result<Wanted> settle_request(const Services& services, const ClientMetadata& client,
                              const std::vector<std::string>& resources,
                              std::optional<std::string_view> scope) {
  const auto found = find_resources(services.settings.oauth, resources);
  if (!found || found->empty()) return Errc::TargetInvalid;
  Wanted wanted;
  for (const OAuthResource* resource : *found) wanted.resources.push_back(resource->uri);
  sort_once(wanted.resources);
  if (!scope || scope->empty()) {
    wanted.scopes = all_scopes(*found, client);
    return wanted;
  }
  const auto named = parse_scope(*scope);
  if (!named) return Errc::ScopeInvalid;
  std::copy_if(
      named->begin(), named->end(), std::back_inserter(wanted.scopes), [&](const std::string& one) {
        return client_has(client, one) && (is_identity_scope(one) || is_known(*found, one));
      });
  if (wanted.scopes.empty()) return Errc::ScopeInvalid;
  return wanted;
}

std::vector<std::string> supported_scopes(const Settings& settings) {
  std::vector<std::string> scopes(kIdentity.begin(), kIdentity.end());
  for (const OAuthResource& resource : settings.oauth.resources)
    scopes.insert(scopes.end(), resource.scopes.begin(), resource.scopes.end());
  sort_once(scopes);
  return scopes;
}

}  // namespace postern::domain

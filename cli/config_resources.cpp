#include "cli/config_resources.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "cli/config_forms.hpp"
#include "cli/config_keys_oauth.hpp"
#include "cli/config_keys_scriptix.hpp"
#include "cli/config_members.hpp"
#include "handlers/oauth/endpoints.hpp"

namespace postern::cli {
namespace {

using domain::OAuthResource;

constexpr std::size_t kMostResources = 64;
constexpr std::size_t kMostScopes = 64;
constexpr std::size_t kLongestUri = 512;
constexpr std::array<std::string_view, 4> kMembers{"uri", "name", "scopes", "path"};

bool is_scope_name(std::string_view text) {
  const auto parsed = domain::Requirement::parse("permission:" + std::string(text));
  return parsed.ok();
}

/// An origin and a path, as two programs compare them alike. One '/' may stand at the end.
bool is_resource_uri(std::string_view text) {
  const auto origin = handlers::oauth::origin_of(text);
  auto path = text.substr(origin.size());
  if (path.ends_with('/')) path.remove_suffix(1);
  return text.size() <= kLongestUri && is_issuer(origin) && is_safe_issuer(origin) &&
         (path.empty() || is_plain_path(path));
}

/// "" and "/" are all of the site.
bool is_place(std::string_view text) {
  return text.empty() || text == "/" || is_plain_path(text);
}

OAuthResource read_resource(const TomlNode& node, const std::string& site,
                            std::vector<Problem>& problems) {
  Members members(node, "oauth.resource", problems);
  members.refuse_unknown(kMembers, "a resource");
  OAuthResource resource;
  resource.uri = members.text("uri", is_resource_uri,
                              "\"https://host/path\" (http:// for this machine alone), the host in "
                              "lower case, without \"?\" and \"#\"");
  resource.name =
      members.text("name", is_shown_line, "1 to 100 characters in one line", resource.uri);
  resource.scopes = members.texts("scopes", is_scope_name, kMostScopes,
                                  "an array of at most 64 names of permissions");
  std::sort(resource.scopes.begin(), resource.scopes.end());
  resource.scopes.erase(std::unique(resource.scopes.begin(), resource.scopes.end()),
                        resource.scopes.end());
  resource.path = members.text_or_none(
      "path", is_place, "an absolute, normalised path, or \"/\" for all of the site");
  if (!members.has("path") && handlers::oauth::origin_of(resource.uri) == site) {
    resource.path = std::string(handlers::oauth::path_of(resource.uri));
  }
  if (resource.path && resource.path->ends_with('/')) resource.path->pop_back();
  return resource;
}

/// Each address and each place once: a token must be for one of them.
void refuse_repeated(const std::vector<PlacedResource>& all, std::vector<Problem>& problems) {
  std::set<std::string> uris, places;
  for (const auto& [resource, place] : all) {
    auto uri = resource.uri;
    if (uri.ends_with('/')) uri.pop_back();
    if (!uri.empty() && !uris.insert(uri).second) {
      problems.push_back({place, "oauth.resource.uri", "stands twice: " + uri});
    } else if (resource.path && !places.insert(*resource.path).second) {
      problems.push_back({place, "oauth.resource.path",
                          "is another resource's, too: " +
                              (resource.path->empty() ? std::string("/") : *resource.path)});
    }
  }
}

}  // namespace

std::vector<PlacedResource> read_resources(const TomlNode& node, const std::string& site,
                                           std::vector<Problem>& problems) {
  std::vector<PlacedResource> resources;
  if (node.type != TomlNode::Type::Array || node.items.size() > kMostResources) {
    problems.push_back(
        {node.place, "oauth.resource", "must be written as [[oauth.resource]], once a resource"});
    return resources;
  }
  for (const auto& item : node.items) {
    if (item.type == TomlNode::Type::Table) {
      resources.push_back({read_resource(item, site, problems), item.place});
    } else {
      problems.push_back({item.place, "oauth.resource", "must be a table"});
    }
  }
  refuse_repeated(resources, problems);
  return resources;
}

OAuthResource resource_of_site(const domain::Settings& settings) {
  std::set<std::string> scopes;
  for (const auto& rule : settings.policy.rules()) {
    if (rule.requirement.kind == domain::Requirement::Kind::Permission) {
      scopes.insert(rule.requirement.name);
    }
  }
  // Whoever registers himself asks for all there is: not for this without the site's own word.
  scopes.erase("admin");
  const std::string site(handlers::oauth::origin_of(settings.oauth.issuer));
  return {.uri = site, .name = site, .scopes = {scopes.begin(), scopes.end()}, .path = ""};
}

}  // namespace postern::cli

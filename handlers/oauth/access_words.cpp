#include "handlers/oauth/access_words.hpp"

#include <algorithm>

#include "domain/oauth_redirect.hpp"
#include "domain/permission_words.hpp"
#include "handlers/oauth/pages.hpp"

namespace postern::handlers::oauth {
namespace {

std::string words_of_identity(std::string_view scope) {
  if (scope == "openid") return "Know who you are here";
  if (scope == "profile") return "See your username";
  if (scope == "email") return "See your e-mail address";
  return "Stay connected while you are away";
}

PageValues describe_scope(const std::string& scope, const std::map<std::string, std::string>& words,
                          const std::vector<std::string>& role) {
  PageValues item;
  if (domain::is_identity_scope(scope)) {
    item.texts["text"] = words_of_identity(scope);
    return item;
  }
  const auto found = words.find(scope);
  item.texts["text"] = found == words.end() ? scope : shown_name(found->second);
  if (!domain::contains(role, scope)) item.texts["idle"] = "1";
  return item;
}

}  // namespace

void describe_wanted(PageValues& values, Services& services, const domain::Wanted& wanted,
                     const domain::Account& account) {
  const auto words = domain::permission_words(services.domain, wanted.scopes);
  const auto role = domain::role_permissions(services.domain.database, account.role);
  const std::vector<std::string> none;
  auto& scopes = values.lists["scopes"];
  for (const auto& scope : wanted.scopes) {
    scopes.push_back(describe_scope(scope, words, role ? *role : none));
  }
  if (!scopes.empty()) values.texts["has_scopes"] = "1";
  for (const auto& uri : wanted.resources) {
    const auto* resource = services.domain.settings.oauth.resources.find(uri);
    const bool named = resource != nullptr && !resource->name.empty();
    values.lists["resources"].push_back({{{"name", named ? resource->name : uri}}, {}});
  }
}

void describe_client(PageValues& values, const domain::OAuthClient& client) {
  values.texts["client"] = shown_name(client.metadata.name);
  if (client.origin == domain::ClientOrigin::Document) {
    values.texts["publisher"] = domain::place_of(client.client_id);
  }
  if (client.origin == domain::ClientOrigin::Registered) values.texts["unverified"] = "1";
}

std::string edition_of(const domain::OAuthClient& client) {
  if (!client.answers_changed_at) return {};
  return std::to_string(client.answers_changed_at->time_since_epoch().count());
}

}  // namespace postern::handlers::oauth

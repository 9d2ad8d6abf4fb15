#include "domain/oauth_worth.hpp"

#include <algorithm>
#include <functional>

#include "domain/oauth_scope.hpp"

namespace postern::domain {

bool lists(const OAuthResource& resource, std::string_view scope) {
  return std::binary_search(resource.scopes.begin(), resource.scopes.end(), scope, std::less<>());
}

std::vector<std::string> scopes_at(const OAuthResources& all,
                                   const std::vector<std::string>& resources,
                                   std::vector<std::string> scopes) {
  const auto counts = [&](const std::string& scope) {
    if (is_identity_scope(scope)) return true;
    return std::any_of(resources.begin(), resources.end(), [&](const std::string& uri) {
      const OAuthResource* resource = all.find(uri);
      return resource != nullptr && lists(*resource, scope);
    });
  };
  scopes.erase(std::remove_if(scopes.begin(), scopes.end(), std::not_fn(counts)), scopes.end());
  return scopes;
}

std::string_view listed_words(const OAuthResource& resource, std::string_view words,
                              std::span<char> room) {
  auto end = room.begin();
  while (!words.empty()) {
    const auto word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(word.size() + 1, words.size()));
    if (!lists(resource, word)) continue;
    if (end != room.begin()) *end++ = ' ';
    end = std::copy(word.begin(), word.end(), end);
  }
  return {room.begin(), end};
}

}  // namespace postern::domain

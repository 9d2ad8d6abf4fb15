#include "domain/oauth_resources.hpp"

#include <algorithm>

namespace postern::domain {
namespace {

/// One '/' at the end means nothing: clients add one and take one away (RFC 8707, oauth.md 2a).
std::string_view without_slash(std::string_view uri) {
  if (uri.ends_with('/')) uri.remove_suffix(1);
  return uri;
}

std::string_view key_of(const OAuthResource& resource) {
  return without_slash(resource.uri);
}

std::string_view path_of(const OAuthResource& resource) {
  return *resource.path;
}

/// Of equal ones the first stays the first.
template <class Key>
void sort_by(std::vector<std::size_t>& places, const std::vector<OAuthResource>& all, Key key) {
  std::stable_sort(places.begin(), places.end(),
                   [&](std::size_t a, std::size_t b) { return key(all[a]) < key(all[b]); });
}

template <class Key>
const OAuthResource* look_up(const std::vector<std::size_t>& places,
                             const std::vector<OAuthResource>& all, std::string_view wanted,
                             Key key) {
  const auto found =
      std::lower_bound(places.begin(), places.end(), wanted,
                       [&](std::size_t i, std::string_view text) { return key(all[i]) < text; });
  if (found == places.end() || key(all[*found]) != wanted) return nullptr;
  return &all[*found];
}

}  // namespace

OAuthResources::OAuthResources(std::vector<OAuthResource> all) : all_(std::move(all)) {
  for (std::size_t i = 0; i < all_.size(); ++i) {
    std::sort(all_[i].scopes.begin(), all_[i].scopes.end());
    by_uri_.push_back(i);
    if (!all_[i].path) continue;
    by_path_.push_back(i);
    longest_path_ = std::max(longest_path_, all_[i].path->size());
  }
  sort_by(by_uri_, all_, key_of);
  sort_by(by_path_, all_, path_of);
}

const OAuthResource* OAuthResources::find(std::string_view uri) const {
  return look_up(by_uri_, all_, without_slash(uri), key_of);
}

const OAuthResource* OAuthResources::just_at(std::string_view path) const {
  return look_up(by_path_, all_, path, path_of);
}

/// From the path upwards, a segment at a time, beginning where one can lie at the deepest: a path
/// of any length costs no more than the longest that was configured (rule R9).
const OAuthResource* OAuthResources::at(std::string_view path) const {
  auto end = path.size() <= longest_path_ ? path.size() : path.rfind('/', longest_path_);
  while (end != std::string_view::npos) {
    if (const auto* found = just_at(path.substr(0, end))) return found;
    end = end == 0 ? std::string_view::npos : path.rfind('/', end - 1);
  }
  return nullptr;
}

}  // namespace postern::domain

#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::domain {

/// A place that access tokens are shown to (RFC 8707): an API, or a part of this site.
struct OAuthResource {
  std::string uri;   ///< as clients name it and as `aud` says it: absolute, without a fragment
  std::string name;  ///< for people
  std::vector<std::string> scopes;  ///< names of permissions; OAuthResources has them sorted
  /// Where it lies behind this gate: absolute, without a '/' at its end ("" for all of the site).
  /// None: it is somewhere else, and checks tokens by itself. No two have the same.
  std::optional<std::string> path;
};

/// An installation's resources in the order in which they were configured. They do not change, so
/// that the gate finds one of a thousand as soon as the only one. Pointers into it are good as long
/// as it is neither assigned to nor moved.
class OAuthResources {
 public:
  OAuthResources() = default;
  OAuthResources(std::vector<OAuthResource> all);  // NOLINT(*-explicit-*)
  OAuthResources(std::initializer_list<OAuthResource> all) : OAuthResources(std::vector(all)) {}

  /// By its name, with or without a '/' at the end. Null: there is none.
  [[nodiscard]] const OAuthResource* find(std::string_view uri) const;
  /// Whose part of the site a path is: the longest `path` that is it or above it. Null: nobody's.
  [[nodiscard]] const OAuthResource* at(std::string_view path) const;

  [[nodiscard]] const std::vector<OAuthResource>& all() const { return all_; }
  [[nodiscard]] auto begin() const { return all_.begin(); }
  [[nodiscard]] auto end() const { return all_.end(); }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] const OAuthResource& front() const { return all_.front(); }
  [[nodiscard]] const OAuthResource& operator[](std::size_t i) const { return all_[i]; }

 private:
  [[nodiscard]] const OAuthResource* just_at(std::string_view path) const;

  std::vector<OAuthResource> all_;
  std::vector<std::size_t> by_uri_;   ///< places in all_
  std::vector<std::size_t> by_path_;  ///< of those that have one
  std::size_t longest_path_ = 0;
};

}  // namespace postern::domain

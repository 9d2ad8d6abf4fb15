#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/oauth_client.hpp"
#include "domain/services.hpp"

namespace postern::domain {

/// Words separated by single spaces (RFC 6749 section 3.3), sorted, each once. None for what is no
/// scope. At most 2048 bytes and 100 words (rule R9). "" has none.
[[nodiscard]] std::optional<std::vector<std::string>> parse_scope(std::string_view text);
[[nodiscard]] std::string join_scope(const std::vector<std::string>& scopes);
[[nodiscard]] bool contains(const std::vector<std::string>& scopes, std::string_view scope);

/// openid, profile, email, offline_access: about the person, not permissions.
[[nodiscard]] bool is_identity_scope(std::string_view scope);

/// What a request for scopes at resources comes to.
struct Wanted {
  std::vector<std::string> scopes;     ///< sorted
  std::vector<std::string> resources;  ///< uris as configured, sorted; never empty
};
/// Resources as configured (one '/' at the end is ignored on either side, RFC 8707); none named:
/// the default. Scopes: what the resources and the client have, without what is unknown; none
/// named: all of them that the client has, without openid and the like. TargetInvalid for an
/// unknown resource, ScopeInvalid where scopes were named and none is left.
[[nodiscard]] Result<Wanted> settle_request(const Services& services, const ClientMetadata& client,
                                            const std::vector<std::string>& resources,
                                            std::optional<std::string_view> scope);

/// All that can be asked for: the resources' and the identity scopes, sorted.
[[nodiscard]] std::vector<std::string> supported_scopes(const Settings& settings);

}  // namespace postern::domain

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/oauth_resources.hpp"

namespace postern::domain {

/// What scopes are worth where. A scope means what the resource that lists it means by it, and
/// opens nothing at another one, although a grant or a token may be for both (RFC 9068 section
/// 2.2.3). Those about the person (is_identity_scope()) belong to no resource.

[[nodiscard]] bool lists(const OAuthResource& resource, std::string_view scope);

/// Of `scopes` those that at least one of the resources (uris) lists, and those about the person:
/// what a token for them is given (RFC 8707 section 2.2). A resource that is not there any more
/// lists nothing.
[[nodiscard]] std::vector<std::string> scopes_at(const OAuthResources& all,
                                                 const std::vector<std::string>& resources,
                                                 std::vector<std::string> scopes);

/// Of a list of permissions with one space between those that the resource lists, written to
/// `room`, which has to be as large as the list. Takes no memory besides.
[[nodiscard]] std::string_view listed_words(const OAuthResource& resource, std::string_view words,
                                            std::span<char> room);

}  // namespace postern::domain

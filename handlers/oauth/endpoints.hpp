#pragma once

#include <string>
#include <string_view>

#include "domain/settings.hpp"

namespace postern::handlers::oauth {

/// Absolute addresses, all below the issuer: endpoint(settings, "/oauth/token").
[[nodiscard]] std::string endpoint(const domain::Settings& settings, std::string_view path);
/// RFC 9728 section 3.1: where a resource's metadata are, on its own host.
[[nodiscard]] std::string resource_metadata_url(const domain::OAuthResource& resource);
/// scheme://host[:port] of an absolute address.
[[nodiscard]] std::string_view origin_of(std::string_view url);
/// What is behind it, "" or beginning with '/'.
[[nodiscard]] std::string_view path_of(std::string_view url);

}  // namespace postern::handlers::oauth

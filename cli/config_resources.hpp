#pragma once

#include <vector>

#include "cli/config.hpp"
#include "cli/toml_document.hpp"

namespace postern::cli {

/// What an accepted [[oauth.resource]] says and where it was written; without a file: it goes
/// without saying.
struct PlacedResource {
  domain::OAuthResource resource;
  Place place;
};

/// Reads `oauth.resource`, an array of tables with uri, name, scopes and path. What is wrong with
/// any of them is added to `problems`. A resource of the site's own origin lies where its uri says,
/// unless `path` says otherwise; one of another origin without `path` lies somewhere else.
[[nodiscard]] std::vector<PlacedResource> read_resources(const TomlNode& node,
                                                         const std::string& site,
                                                         std::vector<Problem>& problems);

/// The one there is where none is written: all of the site, with the permissions that the gate's
/// rules name but `admin`, which only a site that lists it gives to clients.
[[nodiscard]] domain::OAuthResource resource_of_site(const domain::Settings& settings);

}  // namespace postern::cli

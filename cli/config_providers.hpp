#pragma once

#include <string>
#include <vector>

#include "cli/toml_document.hpp"
#include "handlers/sso/settings.hpp"

namespace postern::cli {

/// What an accepted [[sso.provider]] says and where it was written.
struct PlacedProvider {
  handlers::sso::Provider provider;
  std::string client_secret_file;  ///< "" where the secret stands in the configuration, or there is
                                   ///< none
  Place place;
};

/// Reads `sso.provider`, an array of tables. What is wrong with any of them is added to `problems`;
/// a client secret is never quoted. NOT read: client_secret_file (provider_secret.hpp).
[[nodiscard]] std::vector<PlacedProvider> read_providers(const TomlNode& node,
                                                         std::vector<Problem>& problems);

}  // namespace postern::cli

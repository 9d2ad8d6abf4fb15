#pragma once

#include <filesystem>

#include "cli/config_file.hpp"
#include "domain/secret.hpp"

namespace postern::cli {

/// One line: a client secret of 1 to 1024 visible characters. Throws CommandError (kRefused) where
/// the file cannot be read, holds something else, or group or others may read it.
[[nodiscard]] domain::Secret read_secret_file(const std::filesystem::path& file);

/// Reads the client_secret_file of each provider into the settings that its handlers see. For who
/// serves; all else works without.
void read_provider_secrets(LoadedConfig& loaded);

}  // namespace postern::cli

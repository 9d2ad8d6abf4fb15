#pragma once

#include <map>
#include <string>

#include "cli/config_file.hpp"

namespace postern::test {

/// Keys and their values as TOML writes them. Without the two that are required, these are added.
using Keys = std::map<std::string, std::string>;
std::string config_text(Keys keys = {});

/// Checks a text as if it stood in "test.toml".
cli::LoadedConfig check_text(const std::string& text);
/// What is wrong with it, one line each; empty when nothing is.
std::vector<std::string> problems_of(const std::string& text);

}  // namespace postern::test

#pragma once

#include "cli/config_key_table.hpp"

namespace postern::cli {

/// `sso.*`: what holds for all providers. Each provider is an [[sso.provider]]
/// (config_providers.hpp).
void add_sso_keys(KeyTable& table);

}  // namespace postern::cli

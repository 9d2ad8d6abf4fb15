#pragma once

#include "cli/config_key_table.hpp"

namespace postern::cli {

/// The rows of [skedcast].
void add_skedcast_keys(KeyTable& table);

}  // namespace postern::cli

#pragma once

#include "cli/config_key_table.hpp"

namespace postern::cli {

/// Second factors, and how long a password beside one must be.
void add_mfa_keys(KeyTable& t);

}  // namespace postern::cli

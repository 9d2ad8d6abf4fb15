#pragma once

#include "cli/config_key_table.hpp"

namespace postern::cli {

/// The rows of [mail].
void add_mail_keys(KeyTable& table);

}  // namespace postern::cli

#pragma once

#include <string_view>

#include "domain/random.hpp"
#include "domain/secret.hpp"

namespace postern::domain {

/// `pml_`, 43 characters of base62 (256 bits), and six that let scanners and typing errors be told
/// (checksum6). Nothing else is looked up (rule R10).
[[nodiscard]] Secret make_mail_link_text(Random& random);
[[nodiscard]] bool is_mail_link_text(std::string_view text);

}  // namespace postern::domain

#pragma once

#include <string_view>

namespace postern::domain {

/// Whether a password is among the most common ones (ASVS 6.2.4; NIST SP 800-63B-4
/// section 3.1.1.2), without regard to the case of ASCII letters: some 125,000 of 8 characters and
/// more, which travel in the binary as a table of hashes (script/common-passwords says what it was
/// made from and how). One hash and one short look: microseconds. Of passwords that are not on the
/// list one in eight million is taken for one. NOT checked: words of the site or the account's own
/// name.
[[nodiscard]] bool is_common_password(std::string_view password);

}  // namespace postern::domain

#pragma once

#include <filesystem>
#include <string>

#include "domain/services.hpp"

namespace postern::cli {

struct FirstAdmin {
  std::string username, email;
  std::filesystem::path credentials_file;
  std::size_t password_length = 24;
};

/// Makes an administrator with a random password, unless one exists; answers what was done, for
/// people. The file with {"username","email","password"} (mode 0600) is complete before the account
/// is: whatever happens in between, the password is never lost. A file that an earlier attempt left
/// behind, private and for this very name and address, is used as it stands; any other file
/// refuses. When the account is refused, the file that was made for it goes again; when the
/// database's outcome is unknown it stays, and running this again settles it. The caller holds
/// init's lock.
[[nodiscard]] std::string ensure_first_admin(domain::Services& services, const FirstAdmin& wanted);

}  // namespace postern::cli

#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace postern::cli {

/// A user of this machine, as far as file permissions look at him.
struct Identity {
  std::string name;
  uid_t uid = 0;
  std::vector<gid_t> groups;
};

[[nodiscard]] std::optional<Identity> identity_of(const std::string& user);
/// This process's own.
[[nodiscard]] Identity own_identity();

enum class Access : unsigned { Read = 4, Write = 2, Search = 1 };

/// By the permission bits alone. NOT looked at: access control lists, security modules.
[[nodiscard]] bool may(const struct stat& status, const Identity& who, Access access);

/// The first directory on the way to `file` that `who` cannot pass, or that does not exist.
[[nodiscard]] std::optional<std::filesystem::path> blocked_directory(
    const std::filesystem::path& file, const Identity& who);

/// "drwxr-x--- root:www-data" in octal: "0750 root:www-data".
[[nodiscard]] std::string describe(const struct stat& status);

}  // namespace postern::cli

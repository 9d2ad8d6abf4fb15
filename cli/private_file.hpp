#pragma once

#include <filesystem>
#include <string_view>

namespace postern::cli {

/// Makes a file of mode 0600 with exactly this content, or none at all: it is written and synced
/// under a name of its own beside the goal, then linked to it, which fails where something exists.
/// False when something exists there already (left untouched). Throws std::system_error.
[[nodiscard]] bool create_private_file(const std::filesystem::path& file, std::string_view content);

}  // namespace postern::cli

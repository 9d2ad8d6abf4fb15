#pragma once

#include <span>
#include <string_view>

namespace postern::handlers::oauth {

/// A file of web/pages, as it was when the program was built.
struct PageFile {
  std::string_view name, text;
};
[[nodiscard]] std::span<const PageFile> page_files();
/// Throws std::out_of_range for a name that none has.
[[nodiscard]] std::string_view page_file(std::string_view name);

}  // namespace postern::handlers::oauth

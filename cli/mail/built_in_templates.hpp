#pragma once

#include <span>
#include <string_view>

namespace postern::cli {

/// A file of cli/mail/templates, as it was when the program was built.
struct BuiltInTemplate {
  std::string_view name, text;
};
[[nodiscard]] std::span<const BuiltInTemplate> built_in_templates();

}  // namespace postern::cli

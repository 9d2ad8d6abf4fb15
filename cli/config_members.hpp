#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/toml_document.hpp"

namespace postern::cli {

/// Reads the members of one table of a `[[list]]`. What is wrong is added to the problems, with its
/// place; what was written is never quoted.
class Members {
 public:
  using Check = bool (*)(std::string_view);

  /// `list`: as it is written, "sso.provider".
  Members(const TomlNode& node, std::string list, std::vector<Problem>& problems)
      : node_(node), list_(std::move(list)), problems_(problems) {}

  /// Without a fallback the member is required. "" where a problem was added.
  std::string text(std::string_view name, Check check, std::string_view form,
                   std::optional<std::string> fallback = std::nullopt);
  /// None when it is absent, or a problem was added.
  std::optional<std::string> text_or_none(std::string_view name, Check check,
                                          std::string_view form);
  /// False when it is absent.
  bool flag(std::string_view name);
  /// An array of at most so many texts; empty when it is absent.
  std::vector<std::string> texts(std::string_view name, Check check, std::size_t most,
                                 std::string_view form);

  [[nodiscard]] bool has(std::string_view name) const { return node_.find(name) != nullptr; }
  void refuse(std::string_view name, std::string message);
  /// `what`: "a provider".
  void refuse_unknown(std::span<const std::string_view> known, std::string_view what);

 private:
  const TomlNode& node_;
  std::string list_;
  std::vector<Problem>& problems_;
};

}  // namespace postern::cli

#pragma once

#include <vector>

#include "cli/toml_document.hpp"
#include "domain/policy.hpp"

namespace postern::cli {

/// What an accepted [[gate.rule]] says and where it was written.
struct PlacedRule {
  domain::Rule rule;
  Place place;
};

/// Reads `gate.rule`, an array of tables with path, methods (optional) and allow. What is wrong
/// with any of them is added to `problems`.
[[nodiscard]] std::vector<PlacedRule> read_rules(const TomlNode& node,
                                                 std::vector<Problem>& problems);

/// `public`, `signed_in`, `permission:<name>`, `role:<name>`: the text that parses to it.
[[nodiscard]] std::string text_of(const domain::Requirement& requirement);

}  // namespace postern::cli

#include "cli/config_rules.hpp"

#include <algorithm>
#include <array>

#include "cli/config_forms.hpp"

namespace postern::cli {
namespace {

constexpr std::string_view kPathForm =
    "an absolute, normalised path in which `*` stands for a whole segment and a final `/**` for "
    "everything below";
constexpr std::string_view kMethodsForm =
    "an array of method names in capital letters, such as [\"GET\", \"HEAD\"]; without it all";
constexpr std::string_view kAllowForm =
    "\"public\", \"signed_in\", \"permission:NAME\" or \"role:NAME\"";

void refuse(std::vector<Problem>& problems, const Place& place, std::string key,
            std::string_view form) {
  problems.push_back({place, std::move(key), "must be " + std::string(form)});
}

std::vector<std::string> read_methods(const TomlNode& node, std::vector<Problem>& problems) {
  std::vector<std::string> methods;
  bool good = node.type == TomlNode::Type::Array && !node.items.empty();
  for (const auto& item : node.items) {
    good = good && item.type == TomlNode::Type::Text && is_method(item.text);
    methods.push_back(item.text);
  }
  if (!good) refuse(problems, node.place, "gate.rule.methods", kMethodsForm);
  return methods;
}

/// Asks the domain about this path alone, so that the complaint can name its line.
bool is_path(const std::string& path) {
  domain::Rule rule;
  rule.path = path;
  return domain::Policy::make({rule}).ok();
}

void refuse_unknown_members(const TomlNode& node, std::vector<Problem>& problems) {
  constexpr std::array<std::string_view, 3> kMembers{"path", "methods", "allow"};
  for (const auto& [name, value] : node.members) {
    if (std::find(kMembers.begin(), kMembers.end(), name) != kMembers.end()) continue;
    problems.push_back(
        {value.place, "gate.rule." + name, "is no key of a rule; there are path, methods, allow"});
  }
}

PlacedRule read_rule(const TomlNode& node, std::vector<Problem>& problems) {
  PlacedRule placed;
  placed.place = node.place;
  refuse_unknown_members(node, problems);
  const auto* path = node.find("path");
  if (path != nullptr && path->type == TomlNode::Type::Text && is_path(path->text)) {
    placed.rule.path = path->text;
  } else {
    refuse(problems, path != nullptr ? path->place : node.place, "gate.rule.path", kPathForm);
  }
  if (const auto* methods = node.find("methods"); methods != nullptr) {
    placed.rule.methods = read_methods(*methods, problems);
  }
  const auto* allow = node.find("allow");
  const bool is_text = allow != nullptr && allow->type == TomlNode::Type::Text;
  auto requirement = domain::Requirement::parse(is_text ? allow->text : "");
  if (requirement.ok()) {
    placed.rule.requirement = std::move(requirement).value();
  } else {
    refuse(problems, allow != nullptr ? allow->place : node.place, "gate.rule.allow", kAllowForm);
  }
  return placed;
}

}  // namespace

std::vector<PlacedRule> read_rules(const TomlNode& node, std::vector<Problem>& problems) {
  std::vector<PlacedRule> rules;
  if (node.type != TomlNode::Type::Array) {
    problems.push_back({node.place, "gate.rule", "must be written as [[gate.rule]], once a rule"});
    return rules;
  }
  for (const auto& item : node.items) {
    if (item.type == TomlNode::Type::Table) {
      rules.push_back(read_rule(item, problems));
    } else {
      problems.push_back({item.place, "gate.rule", "must be a table with path and allow"});
    }
  }
  return rules;
}

std::string text_of(const domain::Requirement& requirement) {
  switch (requirement.kind) {
    case domain::Requirement::Kind::Public:
      return "public";
    case domain::Requirement::Kind::SignedIn:
      return "signed_in";
    case domain::Requirement::Kind::Permission:
      return "permission:" + requirement.name;
    case domain::Requirement::Kind::Role:
      return "role:" + requirement.name;
  }
  return "";
}

}  // namespace postern::cli

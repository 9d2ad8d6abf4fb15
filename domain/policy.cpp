#include "domain/policy.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "domain/ascii.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kMostRules = 1000;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestMethod = 32;

/// The names that the schema allows for permissions and roles.
bool is_name(std::string_view text, std::string_view also) {
  const auto allowed = [also](char c) {
    return is_lower(c) || is_digit(c) || also.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kLongestName && is_lower(text.front()) &&
         std::all_of(text.begin(), text.end(), allowed);
}

std::optional<std::string> fault_of_segment(std::string_view segment, bool last) {
  if (segment.empty() && !last) return "empty_segment";
  if (segment == "." || segment == "..") return "dot_segment";
  if (segment == "*" || (segment == "**" && last)) return {};
  if (segment.find('*') != std::string_view::npos) return "misplaced_star";
  return {};
}

std::optional<std::string> fault_of_path(std::string_view path) {
  if (path.empty() || path.front() != '/') return "not_absolute";
  if (path.size() > PolicyIndex::kLongestPattern) return "too_long";
  // '%', '?', '#' and '\' cannot stand in what is matched, so a pattern with one was meant
  // otherwise than it would work.
  if (!is_clean_text(path) || path.find_first_of("%?#\\") != std::string_view::npos) {
    return "invalid_characters";
  }
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(path.begin(), path.end(), control)) return "invalid_characters";
  while (!path.empty()) {
    const auto segment = take_segment(path);
    if (auto fault = fault_of_segment(segment, path.empty())) return fault;
  }
  return {};
}

bool is_method(std::string_view method) {
  return !method.empty() && method.size() <= kLongestMethod &&
         std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

Error invalid(std::string field, std::string reason, std::string detail) {
  return {.code = Errc::InvalidInput,
          .field = std::move(field),
          .reason = std::move(reason),
          .detail = std::move(detail)};
}

}  // namespace

Result<Requirement> Requirement::parse(std::string_view text) {
  if (text == "public") return Requirement{Kind::Public, {}};
  if (text == "signed_in") return Requirement{Kind::SignedIn, {}};
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    const auto word = text.substr(0, colon);
    const auto name = text.substr(colon + 1);
    if (word == "permission" && is_name(name, "_.-")) {
      return Requirement{Kind::Permission, std::string(name)};
    }
    if (word == "role" && is_name(name, "_-")) return Requirement{Kind::Role, std::string(name)};
  }
  return invalid("requirement", "unknown_requirement",
                 "a rule asks for public, signed_in, permission:<name> or role:<name>");
}

Result<Policy> Policy::make(std::vector<Rule> rules) {
  if (rules.size() > kMostRules) return invalid("rules", "too_many", "at most 1000 rules");
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto where = "rule " + std::to_string(i + 1) + ", path '" + rules[i].path + "'";
    if (auto fault = fault_of_path(rules[i].path)) return invalid("path", *fault, where);
    for (const auto& method : rules[i].methods) {
      if (!is_method(method)) return invalid("methods", "invalid_characters", where);
    }
  }
  Policy policy;
  policy.index_ = PolicyIndex(rules);
  policy.rules_ = std::move(rules);
  return policy;
}

const Requirement* Policy::find(std::string_view method, std::string_view path) const {
  const auto number = index_.find(method, path).rule;
  return number == PolicyIndex::kNoRule ? nullptr : &rules_[number].requirement;
}

}  // namespace postern::domain

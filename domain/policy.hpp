#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/policy_index.hpp"
#include "domain/result.hpp"

namespace postern::domain {

/// What a rule asks of a visitor. A role is asked of who has all of its power: a key that may less
/// than its owner's role does not pass for it.
struct Requirement {
  enum class Kind { Public, SignedIn, Permission, Role };
  Kind kind = Kind::SignedIn;
  std::string name;  ///< of the permission or role

  /// `public`, `signed_in`, `permission:<name>`, `role:<name>`.
  static Result<Requirement> parse(std::string_view text);
};

/// One rule. A path pattern is absolute; `*` stands for one whole segment, a final `/**` for
/// everything below and the place itself. No methods means all.
struct Rule {
  std::string path;
  std::vector<std::string> methods;
  Requirement requirement;
};

/// The ordered rules of the gate: the first whose path and method match decides; none means no.
class Policy {
 public:
  Policy() = default;
  /// Refuses a pattern that is not absolute, not normalised, or has `*` inside a segment.
  static Result<Policy> make(std::vector<Rule> rules);

  /// `path` must be decoded and normalised (fcgi/uri.hpp). Null: denied to everybody.
  /// Does not allocate; its cost follows the segments of the path, not the number of rules
  /// (domain/policy_index.hpp states the bound). The pointer is into this policy's rules.
  [[nodiscard]] const Requirement* find(std::string_view method, std::string_view path) const;
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }

 private:
  std::vector<Rule> rules_;
  PolicyIndex index_;  // of rules_
};

}  // namespace postern::domain

// The gate's rules, and the path they are asked about.
#include <array>
#include <memory>

#include "bench/micro/operation.hpp"
#include "domain/policy.hpp"
#include "fcgi/plain_path.hpp"

namespace postern::bench {
namespace {

using domain::Policy;
using domain::Rule;
using Kind = domain::Requirement::Kind;

constexpr std::size_t kMany = 1000;

std::shared_ptr<const Policy> policy_of(std::vector<Rule> rules) {
  return std::make_shared<const Policy>(Policy::make(std::move(rules)).value());
}

Run asking(const std::shared_ptr<const Policy>& policy, std::string path, Kind expected) {
  const auto* found = policy->find("GET", path);
  must(found != nullptr && found->kind == expected, "the rule that was meant");
  return repeat([policy, path = std::move(path)] { keep(policy->find("GET", path)); });
}

Run prepare_few() {
  return asking(policy_of({{"/open/**", {}, {Kind::Public, ""}},
                           {"/admin/**", {}, {Kind::Role, "admin"}},
                           {"/notes/*/shares", {"GET"}, {Kind::Permission, "notes.share"}},
                           {"/notes/**", {"GET", "HEAD"}, {Kind::Permission, "notes.read"}},
                           {"/**", {}, {Kind::SignedIn, ""}}}),
                "/notes/4711/attachments/3", Kind::Permission);
}

/// As a site of many parts has them: each with places of its own, and one of any name.
Run prepare_many() {
  std::vector<Rule> rules;
  for (std::size_t part = 0; rules.size() + 3 < kMany; ++part) {
    const std::string place = "/site/part-" + std::to_string(part);
    rules.push_back({place + "/admin/**", {}, {Kind::Role, "admin"}});
    rules.push_back({place + "/*/edit", {"GET", "POST"}, {Kind::Permission, "site.edit"}});
    rules.push_back({place + "/**", {"GET", "HEAD"}, {Kind::Permission, "site.read"}});
  }
  while (rules.size() + 1 < kMany) {
    rules.push_back({"/more/" + std::to_string(rules.size()), {}, {Kind::Public, ""}});
  }
  rules.push_back({"/**", {}, {Kind::SignedIn, ""}});
  must(rules.size() == kMany, "so many rules");
  return asking(policy_of(std::move(rules)), "/site/part-300/pages/17", Kind::Permission);
}

Run prepare_plain_path() {
  const std::string target = "/notes/4711/attachments/3?size=large&from=%2Fnotes";
  must(fcgi::plain_path(target) == "/notes/4711/attachments/3", "the path is plain");
  return repeat([target] { keep(fcgi::plain_path(target)); });
}

const Registered kFew({"policy_5", "Rule found among 5", prepare_few});
const Registered kManyRules({"policy_1000", "Rule found among 1,000", prepare_many});
const Registered kPlainPath({"plain_path", "Path of a target judged", prepare_plain_path});

}  // namespace
}  // namespace postern::bench

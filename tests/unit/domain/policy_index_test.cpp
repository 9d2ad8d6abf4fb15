#include "domain/policy_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

#include "domain/policy.hpp"

namespace postern::domain {
namespace {

using Texts = std::vector<std::string>;

Rule rule(std::string path, Texts methods = {}) {
  return {std::move(path), std::move(methods), {Requirement::Kind::Public, {}}};
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (; times > 0; --times) text += piece;
  return text;
}

std::size_t segments(std::string_view path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

std::size_t segments(const std::vector<Rule>& rules) {
  std::size_t sum = 0;
  for (const auto& each : rules) sum += segments(each.path);
  return sum;
}

bool oracle_matches(std::string_view pattern, std::string_view path) {
  const bool below = pattern.ends_with("/**");
  if (below) pattern.remove_suffix(3);
  while (!pattern.empty()) {
    if (path.empty()) return false;
    const auto wanted = take_segment(pattern);
    const auto found = take_segment(path);
    if (wanted == "*" ? found.empty() : wanted != found) return false;
  }
  return below || path.empty();
}

/// The meaning of a policy in its plainest form: every rule is tried in order.
std::uint32_t oracle(const std::vector<Rule>& rules, std::string_view method,
                     std::string_view path) {
  if (!path.starts_with('/')) return PolicyIndex::kNoRule;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    const auto& methods = rules[i].methods;
    if (!methods.empty() && std::find(methods.begin(), methods.end(), method) == methods.end()) {
      continue;
    }
    if (oracle_matches(rules[i].path, path)) return i;
  }
  return PolicyIndex::kNoRule;
}

class Chance {
 public:
  explicit Chance(std::uint32_t seed) : engine_(seed) {}

  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_);
  }
  const std::string& one_of(const Texts& choices) { return choices[below(choices.size())]; }

  std::string pattern() {
    static const Texts kSegments = {"a", "b", "*", "*", "ab", "c;x"}, kEnds = {"", "", "/", "/**"};
    std::string text;
    for (std::size_t i = below(6); i > 0; --i) text += "/" + one_of(kSegments);
    text += one_of(kEnds);
    return text.empty() ? "/" : text;
  }
  std::string path() {
    static const Texts kSegments = {"a", "a", "b", "b", "ab", "*", "**", "", "c;x", "z"};
    std::string text;
    for (std::size_t i = below(8); i > 0; --i) text += "/" + one_of(kSegments);
    return below(4) == 0 ? text + "/" : text;
  }
  Texts methods() {
    static const Texts kMethods = {"GET", "HEAD", "POST", "BREW"};
    Texts some;
    for (std::size_t i = below(2) * below(4); i > 0; --i) some.push_back(one_of(kMethods));
    return some;
  }
  std::vector<Rule> rules(std::size_t count) {
    std::vector<Rule> some;
    for (; count > 0; --count) some.push_back(rule(pattern(), methods()));
    return some;
  }

 private:
  std::mt19937 engine_;
};

void expect_as_oracle(Chance& chance, const std::vector<Rule>& rules, int paths, int& found) {
  static const Texts kMethods = {"GET", "HEAD", "POST", "BREW", "PUT", "get", ""};
  ASSERT_TRUE(Policy::make(rules).ok());
  const PolicyIndex index(rules);
  for (; paths > 0; --paths) {
    const auto path = chance.path();
    const auto& method = chance.one_of(kMethods);
    const auto answer = index.find(method, path);
    ASSERT_EQ(answer.rule, oracle(rules, method, path)) << method << " " << path;
    ASSERT_LE(answer.visits, 1 + segments(rules));
    found += answer.rule != PolicyIndex::kNoRule ? 1 : 0;
  }
}

TEST(PolicyIndexMatching, AHundredThousandRandomCasesAgreeWithTryingEveryRule) {
  Chance chance(20263);
  int found = 0;
  for (int round = 0; round < 4'000; ++round) {
    expect_as_oracle(chance, chance.rules(chance.below(25)), 25, found);
  }
  EXPECT_GT(found, 20'000);
  EXPECT_LT(found, 80'000);
}

TEST(PolicyIndexMatching, AThousandRandomRulesAgreeWithTryingEveryRule) {
  Chance chance(1000);
  int found = 0;
  for (int round = 0; round < 20; ++round) expect_as_oracle(chance, chance.rules(1000), 500, found);
  EXPECT_GT(found, 1'000);
}

TEST(PolicyIndexMatching, TheFirstRuleWinsWhicheverBranchItIsOn) {
  const PolicyIndex star_first({rule("/*/x"), rule("/a/x"), rule("/a/**"), rule("/**")});
  EXPECT_EQ(star_first.find("GET", "/a/x").rule, 0U);
  EXPECT_EQ(star_first.find("GET", "/a/y").rule, 2U);
  EXPECT_EQ(star_first.find("GET", "/b/y").rule, 3U);
  const PolicyIndex all_first({rule("/**", {"POST"}), rule("/a/x"), rule("/*/x"), rule("/a/x")});
  EXPECT_EQ(all_first.find("POST", "/a/x").rule, 0U);
  EXPECT_EQ(all_first.find("GET", "/a/x").rule, 1U);
  EXPECT_EQ(all_first.find("GET", "/b/x").rule, 2U);
}

TEST(PolicyIndexMatching, CopiesAndMovesFindTheirOwnRules) {
  Policy copy, moved;
  {
    auto policy = Policy::make({rule("/a"), rule("/b/*"), rule("/**", {"GET"})}).value();
    copy = policy;
    moved = std::move(policy);
    EXPECT_EQ(policy.find("GET", "/a"), nullptr);  // NOLINT: what is left has no rules
  }
  for (const Policy* policy : {&copy, &moved}) {
    EXPECT_EQ(policy->find("GET", "/a"), &policy->rules()[0].requirement);
    EXPECT_EQ(policy->find("PUT", "/b/x"), &policy->rules()[1].requirement);
    EXPECT_EQ(policy->find("GET", "/c"), &policy->rules()[2].requirement);
    EXPECT_EQ(policy->find("PUT", "/c"), nullptr);
  }
}

/// Five rules, and between the fourth and the last as many more as wanted.
std::vector<Rule> site(std::size_t count) {
  std::vector<Rule> rules = {rule("/"), rule("/login", {"GET", "POST"}), rule("/assets/**"),
                             rule("/members/*/photo", {"GET"})};
  for (std::size_t i = 0; i + 5 < count; ++i) {
    const auto number = std::to_string(i);
    const std::string shapes[] = {"/page-" + number, "/members/m" + number + "/**",
                                  "/api/v1/things" + number + "/*/parts", "/shop/" + number + "/"};
    rules.push_back(rule(shapes[i % 4], i % 3 == 0 ? Texts{"GET", "HEAD"} : Texts{}));
  }
  rules.push_back(rule("/members/**"));
  return rules;
}

TEST(PolicyIndexCost, AThousandRulesAreVisitedLikeFive) {
  const PolicyIndex small(site(5)), large(site(1000));
  for (const char* path : {"/", "/login", "/assets/css/site.css", "/members/static",
                           "/members/7/photo", "/members/7/papers/a/b", "/nowhere/at/all"}) {
    for (const char* method : {"GET", "DELETE"}) {
      const auto few = small.find(method, path), many = large.find(method, path);
      EXPECT_EQ(few.rule == PolicyIndex::kNoRule, many.rule == PolicyIndex::kNoRule) << path;
      EXPECT_EQ(few.visits, many.visits) << path;
      EXPECT_LE(many.probes, 8 * many.visits) << path;
    }
  }
}

TEST(PolicyIndexCost, EveryOneOfAThousandRulesIsFoundAlongItsOwnPath) {
  const auto rules = site(1000);
  const PolicyIndex index(rules);
  std::size_t probes = 0, looked_up = 0;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    auto path = rules[i].path;
    std::replace(path.begin(), path.end(), '*', 's');
    const auto found = index.find("GET", path);
    EXPECT_EQ(found.rule, i) << path;
    EXPECT_LE(found.visits, 1 + segments(path)) << path;
    EXPECT_LE(found.probes, 8 * segments(path)) << path;
    probes += found.probes;
    looked_up += segments(path);
  }
  EXPECT_LE(probes, 2 * looked_up);
}

TEST(PolicyIndexCost, EarlierRulesCutOffLaterBranches) {
  const PolicyIndex index({rule("/a/b/c"), rule("/*/b/c"), rule("/*/*/c"), rule("/*/*/*")});
  const auto found = index.find("GET", "/a/b/c");
  EXPECT_EQ(found.rule, 0U);
  EXPECT_EQ(found.visits, 4U);
  EXPECT_EQ(PolicyIndex({rule("/**"), rule("/a/**")}).find("GET", "/a/b").visits, 1U);
}

/// All patterns of `depth` segments that are `a` or `*`: every node of the tree matches "/a/a/…".
std::vector<Rule> every_mixture(std::size_t depth, const Texts& methods) {
  std::vector<Rule> rules;
  for (std::size_t bits = 0; bits < (std::size_t{1} << depth); ++bits) {
    std::string path;
    for (std::size_t i = 0; i < depth; ++i) path += (bits >> i & 1) != 0 ? "/*" : "/a";
    rules.push_back(rule(path, methods));
  }
  return rules;
}

TEST(PolicyIndexCost, EveryMixtureOfStarsVisitsNoNodeTwice) {
  const auto rules = every_mixture(9, {"PUT"});
  const PolicyIndex index(rules);
  EXPECT_EQ(index.find("GET", repeated("/a", 9)).visits, 1023U);
  EXPECT_EQ(index.find("GET", repeated("/a", 4000)).visits, 1023U);
  EXPECT_EQ(index.find("PUT", repeated("/a", 9)).visits, 10U);
  EXPECT_EQ(index.find("GET", repeated("/b", 9)).visits, 10U);
}

TEST(PolicyIndexCost, FourThousandSegmentsAreReadAsFarAsTheRulesGo) {
  const auto deepest = repeated("/*", PolicyIndex::kDeepest);
  const std::vector<Rule> rules = {rule(deepest), rule(repeated("/a", PolicyIndex::kDeepest)),
                                   rule(repeated("/a", 510) + "/**", {"GET"})};
  ASSERT_TRUE(Policy::make(rules).ok());
  const PolicyIndex index(rules);
  const auto path = repeated("/a", 4000);
  EXPECT_EQ(index.find("GET", path).rule, 2U);
  EXPECT_EQ(index.find("PUT", path).rule, PolicyIndex::kNoRule);
  EXPECT_EQ(index.find("PUT", path).visits, 1 + 2 * PolicyIndex::kDeepest);
  EXPECT_EQ(index.find("GET", repeated("/a", PolicyIndex::kDeepest)).rule, 0U);
  EXPECT_EQ(index.find("GET", repeated("/", 8000)).visits, 1U);
  EXPECT_EQ(index.find("GET", "/" + std::string(8000, 'a')).probes, 0U);
}

TEST(PolicyIndexCost, ABranchMayWaitOnEveryLevel) {
  std::vector<Rule> rules = {rule(repeated("/a", PolicyIndex::kDeepest), {"PUT"})};
  for (std::size_t i = 0; i < PolicyIndex::kDeepest; ++i) {
    rules.push_back(rule(repeated("/a", i) + "/*"));
  }
  const PolicyIndex index(rules);
  const auto path = repeated("/a", PolicyIndex::kDeepest);
  EXPECT_EQ(index.find("PUT", path).rule, 0U);
  EXPECT_EQ(index.find("GET", path).rule, PolicyIndex::kDeepest);
  EXPECT_EQ(index.find("GET", path).visits, 1 + 2 * PolicyIndex::kDeepest);
}

/// Each rule leaves the way of all stars at its own place for a way of its own down to the bottom.
TEST(PolicyIndexCost, TheWorstPolicyIsBoundedByItsOwnSegments) {
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < 500; ++i) {
    rules.push_back(rule(repeated("/*", i) + repeated("/a", 511 - i) + "/z"));
    rules.push_back(rule(repeated("/a", i) + repeated("/*", 511 - i) + "/z"));
  }
  const auto policy = Policy::make(rules);
  ASSERT_TRUE(policy.ok());
  const PolicyIndex index(rules);
  const auto path = repeated("/a", 4000);
  const auto found = index.find("GET", path);
  EXPECT_EQ(found.rule, PolicyIndex::kNoRule);
  EXPECT_GT(found.visits, 100'000U);  // it is as bad as it was meant to be
  EXPECT_LE(found.visits, 1 + segments(rules));
  EXPECT_EQ(index.find("GET", repeated("/a", 511) + "/z").rule, 0U);
}

TEST(PolicyIndexCost, APatternDeeperThanTheBoundIsNotTaken) {
  EXPECT_THROW(PolicyIndex({rule(repeated("/a", PolicyIndex::kDeepest + 1))}), std::length_error);
}

}  // namespace
}  // namespace postern::domain

#include "domain/policy_index.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <iterator>
#include <map>
#include <stdexcept>
#include <utility>

#include "domain/policy.hpp"

namespace postern::domain {
namespace {

constexpr std::uint32_t kRoot = 0;
constexpr std::uint32_t kNoChild = 0;
constexpr std::uint32_t kEveryMethod = 0;
constexpr std::string_view kBelow = "/**";

std::uint32_t narrow(std::size_t number) {
  return static_cast<std::uint32_t>(number);
}

/// Where a segment is looked for first among `places` (1 or 2^n). No seed is needed: the tables are
/// filled from the operator's rules, so a visitor can at most find the longest run of taken places,
/// not lengthen it.
std::uint32_t first_place(std::string_view segment, std::uint32_t places) {
  if (places == 1) return 0;
  return narrow(std::hash<std::string_view>{}(segment) & (places - 1));
}

}  // namespace

/// Grows the tree in ordered maps and lays it out flat at the end.
class PolicyIndex::Builder {
 public:
  explicit Builder(PolicyIndex& index) : index_(index) {}

  void build(const std::vector<Rule>& rules) {
    for (const auto& rule : rules) {
      index_.methods_.insert(index_.methods_.end(), rule.methods.begin(), rule.methods.end());
    }
    std::sort(index_.methods_.begin(), index_.methods_.end());
    index_.methods_.erase(std::unique(index_.methods_.begin(), index_.methods_.end()),
                          index_.methods_.end());
    for (std::size_t i = 0; i < rules.size(); ++i) add(rules[i], narrow(i));
    lay_out_answers();
    lay_out_links();
  }

 private:
  void add(const Rule& rule, std::uint32_t number) {
    std::string_view pattern = rule.path;
    const bool below = pattern.ends_with(kBelow);
    if (below) pattern.remove_suffix(kBelow.size());
    if (index_.nodes_.empty()) new_node(number);
    std::uint32_t node = kRoot;
    for (std::size_t depth = 1; !pattern.empty(); ++depth) {
      if (depth > kDeepest) throw std::length_error("a pattern with too many segments");
      node = child(node, take_segment(pattern), number);
    }
    const Mark mark{node, below};
    if (answers_.contains({mark, kEveryMethod})) return;
    if (rule.methods.empty()) answers_.try_emplace({mark, kEveryMethod}, number);
    for (const auto& method : rule.methods) {
      answers_.try_emplace({mark, index_.method_number(method)}, number);
    }
  }

  std::uint32_t child(std::uint32_t parent, std::string_view segment, std::uint32_t rule) {
    if (segment == "*") {
      const auto star = index_.nodes_[parent].star;
      return star != kNoChild ? star : index_.nodes_[parent].star = new_node(rule);
    }
    const auto known = children_.find({parent, segment});
    if (known != children_.end()) return known->second;
    return children_[{parent, segment}] = new_node(rule);
  }

  /// Rules come in their order: the one that makes a node is the first in its subtree.
  std::uint32_t new_node(std::uint32_t rule) {
    index_.nodes_.push_back({.first_rule = rule});
    return narrow(index_.nodes_.size() - 1);
  }

  void lay_out_answers() {
    auto next = answers_.begin();
    const auto take = [&](const Mark& mark) {
      for (; next != answers_.end() && next->first.first == mark; ++next) {
        index_.answers_.push_back({next->first.second, next->second});
      }
      return narrow(index_.answers_.size());
    };
    for (std::uint32_t i = 0; i < index_.nodes_.size(); ++i) {
      auto& node = index_.nodes_[i];
      node.ends = narrow(index_.answers_.size());
      node.below = take({i, false});
      node.after = take({i, true});
    }
  }

  void lay_out_links() {
    for (auto child = children_.begin(); child != children_.end();) {
      const auto parent = child->first.first;
      const auto end = children_.lower_bound({parent + 1, {}});
      const auto count = static_cast<std::size_t>(std::distance(child, end));
      auto& node = index_.nodes_[parent];
      node.links = narrow(index_.links_.size());
      node.places = count == 1 ? 1 : narrow(std::bit_ceil(2 * count));
      index_.links_.resize(node.links + node.places);
      for (; child != end; ++child) link(node, child->first.second, child->second);
    }
  }

  void link(const Node& parent, std::string_view label, std::uint32_t child) {
    auto place = first_place(label, parent.places);
    while (index_.links_[parent.links + place].child != kNoChild) {
      place = (place + 1) & (parent.places - 1);
    }
    index_.links_[parent.links + place] = {child, narrow(index_.labels_.size()),
                                           narrow(label.size())};
    index_.labels_ += label;
    index_.longest_label_ = std::max(index_.longest_label_, label.size());
  }

  using Mark = std::pair<std::uint32_t, bool>;  // node, whether for everything below

  PolicyIndex& index_;
  std::map<std::pair<std::uint32_t, std::string_view>, std::uint32_t> children_;
  std::map<std::pair<Mark, std::uint32_t>, std::uint32_t> answers_;  // mark, method -> first rule
};

PolicyIndex::PolicyIndex(const std::vector<Rule>& rules) {
  Builder(*this).build(rules);
}

std::uint32_t PolicyIndex::literal_child(const Node& node, std::string_view segment,
                                         std::uint32_t& probes) const {
  if (node.places == 0 || segment.size() > longest_label_) return kNoChild;
  const std::string_view labels = labels_;
  auto place = first_place(segment, node.places);
  for (std::uint32_t tried = 0; tried < node.places; ++tried) {
    const Link& link = links_[node.links + place];
    ++probes;
    if (link.child == kNoChild) break;
    if (labels.substr(link.label, link.label_size) == segment) return link.child;
    place = (place + 1) & (node.places - 1);
  }
  return kNoChild;
}

/// A method that no rule names is as good as "every": it finds the rules without methods.
std::uint32_t PolicyIndex::method_number(std::string_view method) const {
  const auto place = std::lower_bound(methods_.begin(), methods_.end(), method);
  if (place == methods_.end() || *place != method) return kEveryMethod;
  return narrow(static_cast<std::size_t>(place - methods_.begin())) + 1;
}

std::uint32_t PolicyIndex::answer(std::uint32_t begin, std::uint32_t end,
                                  std::uint32_t method) const {
  if (begin == end) return kNoRule;
  const Answer* const first = answers_.data() + begin;
  const Answer* const last = answers_.data() + end;
  const auto* place = std::lower_bound(
      first, last, method, [](const Answer& a, std::uint32_t wanted) { return a.method < wanted; });
  // What names the method stands before what names none, or it would have been left out.
  if (place != last && place->method == method) return place->rule;
  return first->method == kEveryMethod ? first->rule : kNoRule;
}

PolicyIndex::Found PolicyIndex::find(std::string_view method, std::string_view path) const {
  Found found;
  if (nodes_.empty() || path.empty() || path.front() != '/') return found;
  const std::uint32_t wanted = method_number(method);

  // Every visit takes one place off and puts at most two of the next level on, deepest first: one
  // more than the tree has levels is enough.
  struct Place {
    std::uint32_t node;
    std::size_t offset;
  };
  std::array<Place, kDeepest + 1> waiting;
  std::size_t count = 0;
  waiting[count++] = {kRoot, 0};
  while (count > 0) {
    const auto [at, offset] = waiting[--count];
    const Node& node = nodes_[at];
    if (node.first_rule >= found.rule) continue;
    ++found.visits;
    found.rule = std::min(found.rule, answer(node.below, node.after, wanted));
    auto rest = path.substr(offset);
    if (rest.empty()) {
      found.rule = std::min(found.rule, answer(node.ends, node.below, wanted));
      continue;
    }
    const auto segment = take_segment(rest);
    auto first = literal_child(node, segment, found.probes);
    auto second = segment.empty() ? kNoChild : node.star;
    if (first != kNoChild && second != kNoChild &&
        nodes_[second].first_rule < nodes_[first].first_rule) {
      std::swap(first, second);  // earlier rules first: they leave out more
    }
    const std::size_t next = path.size() - rest.size();
    if (second != kNoChild) waiting[count++] = {second, next};
    if (first != kNoChild) waiting[count++] = {first, next};
  }
  return found;
}

}  // namespace postern::domain

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace postern::domain {

struct Rule;

/// Takes the first segment off `path`, which starts with '/' and is not empty.
[[nodiscard]] inline std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

/// The rules of a Policy as a tree of path segments, so that a path is judged by a walk down the
/// tree and not by a walk along the rules. It holds no pointer into the rules: copies and moves
/// are plain.
///
/// Cost of find(), which neither allocates nor recurses. Each node is reached by one way only, so
/// it is visited at most once, and a level of the tree has no more nodes than there are rules: at
/// most 1 + (segments of all patterns together) nodes, thus never more segments compared than by
/// trying the rules one by one. On level d no more than 2^d nodes can match, and branches whose
/// every rule comes later than one already found are left out: a policy of which few patterns
/// hold a `*` visits about as many nodes as the path has segments, whatever the number of rules.
/// Segments below the deepest pattern (at most kDeepest) are never read, however many the path has,
/// and a segment longer than any in the rules is not hashed. At a node, the literal child is found
/// by hash and the method by bisection.
///
/// Memory: about 50 bytes and a segment's text for each distinct beginning of a pattern.
class PolicyIndex {
 public:
  static constexpr std::uint32_t kNoRule = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t kLongestPattern = 1024;
  static constexpr std::size_t kDeepest = kLongestPattern / 2;  ///< segments, each with its '/'

  struct Found {
    std::uint32_t rule = kNoRule;  ///< number of the first rule that matches, from 0
    std::uint32_t visits = 0;      ///< nodes looked at
    std::uint32_t probes = 0;      ///< places looked at in the table of literal children
  };

  PolicyIndex() = default;
  /// Expects what Policy::make has accepted; throws std::length_error for a pattern that is deeper
  /// than kDeepest. When two rules have the same path and method, the second is left out.
  explicit PolicyIndex(const std::vector<Rule>& rules);

  /// A path that does not start with '/' matches nothing.
  [[nodiscard]] Found find(std::string_view method, std::string_view path) const;

 private:
  class Builder;

  /// answers_[ends, below) are for the place itself, answers_[below, after) for `/**` here; the
  /// literal children are in links_[links, links + places), a table of its own for each node, so
  /// that what lies on one way lies together: `places` is 0, 1, or 2^n at most half of it taken.
  struct Node {
    std::uint32_t star = 0;        ///< child for any segment that is not empty; 0: none
    std::uint32_t first_rule = 0;  ///< smallest number of a rule in this subtree
    std::uint32_t links = 0, places = 0;
    std::uint32_t ends = 0, below = 0, after = 0;
  };
  struct Answer {
    std::uint32_t method;  ///< 0: every method
    std::uint32_t rule;
  };
  /// An empty place has child 0, which is the root and nobody's child.
  struct Link {
    std::uint32_t child = 0, label = 0, label_size = 0;
  };

  [[nodiscard]] std::uint32_t literal_child(const Node& node, std::string_view segment,
                                            std::uint32_t& probes) const;
  [[nodiscard]] std::uint32_t method_number(std::string_view method) const;
  [[nodiscard]] std::uint32_t answer(std::uint32_t begin, std::uint32_t end,
                                     std::uint32_t method) const;

  std::vector<Node> nodes_;           // the root first; empty without rules
  std::vector<Link> links_;           // by node, open addressing
  std::vector<Answer> answers_;       // by node, place before below, method
  std::vector<std::string> methods_;  // sorted; number = index + 1
  std::string labels_;                // the text of all literal segments
  std::size_t longest_label_ = 0;
};

}  // namespace postern::domain

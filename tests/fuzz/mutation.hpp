#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace postern::fuzz {

/// Makes inputs of others, the same ones each time: a few bytes turned, taken out, put in or
/// doubled, the end of another input, a word of the dictionary. For tests; libFuzzer, which sees
/// what its inputs reach, has ways of its own.
class Mutation {
 public:
  /// Both must not be empty, and outlive this.
  Mutation(const std::vector<std::string>& corpus, const std::vector<std::string>& words,
           std::uint32_t seed);

  [[nodiscard]] std::string next();

 private:
  [[nodiscard]] std::size_t below(std::size_t limit);  ///< 0 for 0
  [[nodiscard]] const std::string& any(const std::vector<std::string>& of);
  void change(std::string& input);

  const std::vector<std::string>& corpus_;
  const std::vector<std::string>& words_;
  std::mt19937 random_;
};

}  // namespace postern::fuzz

#include "tests/fuzz/mutation.hpp"

#include <algorithm>

namespace postern::fuzz {
namespace {

constexpr std::size_t kMostChanges = 4;
constexpr std::size_t kLongestPiece = 16;

}  // namespace

Mutation::Mutation(const std::vector<std::string>& corpus, const std::vector<std::string>& words,
                   std::uint32_t seed)
    : corpus_(corpus), words_(words), random_(seed) {}

// Not by a distribution of the standard library's, which each library draws in its own way.
std::size_t Mutation::below(std::size_t limit) {
  return limit == 0 ? 0 : random_() % limit;
}

const std::string& Mutation::any(const std::vector<std::string>& of) {
  return of[below(of.size())];
}

std::string Mutation::next() {
  std::string input = any(corpus_);
  for (auto changes = 1 + below(kMostChanges); changes > 0; --changes) change(input);
  return input;
}

void Mutation::change(std::string& input) {
  const auto at = below(input.size() + 1);
  const auto size = std::min(1 + below(kLongestPiece), input.size() - at);
  switch (below(8)) {
    case 0:
      if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
      break;
    case 1:
      if (at < input.size()) input[at] = static_cast<char>(below(256));
      break;
    case 2:
      input.insert(at, 1, static_cast<char>(below(256)));
      break;
    case 3:
      input.erase(at, size);
      break;
    case 4:
      input.insert(at, input.substr(at, size));
      break;
    case 5:
      input.resize(at);
      break;
    case 6: {
      const auto& other = any(corpus_);
      input.replace(at, std::string::npos, other.substr(below(other.size() + 1)));
      break;
    }
    default:
      input.insert(at, any(words_));
  }
}

}  // namespace postern::fuzz

#include <algorithm>

#include "domain/oauth_scope.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {

/// A scope (RFC 6749 section 3.3): words, sorted, each once, and read again the same.
bool scope(std::string_view input) {
  const auto words = domain::parse_scope(input);
  if (!words) return false;
  promise(std::is_sorted(words->begin(), words->end()) &&
              std::adjacent_find(words->begin(), words->end()) == words->end(),
          "each word once, in order");
  for (const auto& word : *words) {
    promise(!word.empty() &&
                std::all_of(word.begin(), word.end(),
                            [](char c) { return c > 0x20 && c < 0x7F && c != '"' && c != '\\'; }),
            "each is a word");
  }
  const auto text = domain::join_scope(*words);
  promise(text.size() <= input.size() && domain::parse_scope(text) == words,
          "written it is read as the same");
  return true;
}

}  // namespace postern::fuzz

#include "tests/fuzz/corpus.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "fcgi/percent.hpp"

namespace postern::fuzz {
namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::string unescaped(std::string_view text) {
  std::string word;
  while (!text.empty()) {
    const bool escape = text.front() == '\\';
    const auto byte = text.starts_with("\\x") ? fcgi::hex_byte(text, 2) : std::nullopt;
    if (escape && !byte && text.size() < 2) throw std::runtime_error("an escape of nothing");
    word += byte ? static_cast<char>(*byte) : text[escape ? 1 : 0];
    text.remove_prefix(byte ? 4 : escape ? 2 : 1);
  }
  return word;
}

}  // namespace

std::vector<Seed> read_corpus(const std::filesystem::path& folder) {
  std::vector<Seed> seeds;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    seeds.push_back({entry.path().filename().string(), content(entry.path())});
  }
  std::sort(seeds.begin(), seeds.end(),
            [](const Seed& a, const Seed& b) { return a.name < b.name; });
  return seeds;
}

std::vector<std::string> read_words(const std::filesystem::path& file) {
  std::vector<std::string> words;
  std::istringstream lines(content(file));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::string_view whole(line);
    if (whole.size() < 3 || !whole.starts_with('"') || !whole.ends_with('"')) {
      throw std::runtime_error("no word: " + line);
    }
    words.push_back(unescaped(whole.substr(1, whole.size() - 2)));
  }
  return words;
}

}  // namespace postern::fuzz

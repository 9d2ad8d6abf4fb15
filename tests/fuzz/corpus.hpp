#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace postern::fuzz {

struct Seed {
  std::string name;  ///< of its file: good-…, bad-… or regression-…
  std::string input;
};

/// The files of a folder, by their names.
[[nodiscard]] std::vector<Seed> read_corpus(const std::filesystem::path& folder);

/// The words of a dictionary of libFuzzer's: a "word" a line, with \\, \" and \xHH; lines that
/// begin with '#' say nothing. Throws std::runtime_error for what is none.
[[nodiscard]] std::vector<std::string> read_words(const std::filesystem::path& file);

}  // namespace postern::fuzz

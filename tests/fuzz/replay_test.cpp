#include <gtest/gtest.h>

#include <algorithm>

#include "domain/bytes.hpp"
#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/mutation.hpp"
#include "tests/fuzz/target.hpp"

namespace postern::fuzz {
namespace {

const std::filesystem::path kHere = POSTERN_FUZZ_DIR;
constexpr std::uint32_t kSeed = 20260;

/// The input as script/fuzz can be given it again: xxd -r -p.
std::string shown(std::string_view input) {
  return domain::hex_encode(domain::as_bytes(input)) + "\n" + std::string(input);
}

class Fuzz : public testing::TestWithParam<Target> {
 protected:
  /// Whether the target took the input.
  static bool takes(std::string_view input) {
    try {
      return GetParam().run(input);
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what() << "\n" << shown(input);
      return false;
    }
  }
  static std::vector<Seed> corpus() { return read_corpus(kHere / "corpus" / GetParam().name); }
};

/// request_target -> RequestTarget
std::string test_name(const testing::TestParamInfo<Target>& info) {
  std::string name;
  bool upper = true;
  for (const char c : std::string_view(info.param.name)) {
    if (c != '_') name += upper ? static_cast<char>(std::toupper(c)) : c;
    upper = c == '_';
  }
  return name;
}

TEST_P(Fuzz, SeedsAreTakenAsTheirNamesSay) {
  std::size_t good = 0;
  std::size_t bad = 0;
  for (const auto& [name, input] : corpus()) {
    SCOPED_TRACE(name);
    const bool taken = takes(input);
    if (name.starts_with("good-")) {
      EXPECT_TRUE(taken);
      ++good;
    } else if (name.starts_with("bad-")) {
      EXPECT_FALSE(taken);
      ++bad;
    } else {
      EXPECT_TRUE(name.starts_with("regression-"));
    }
  }
  EXPECT_GE(good, 1U);
  EXPECT_GE(bad, 1U);
}

TEST_P(Fuzz, PromisesHoldForWhatIsMadeOfTheSeeds) {
  const auto words = read_words(kHere / "words.dict");
  std::vector<std::string> inputs{""};
  for (const auto& seed : corpus()) inputs.push_back(seed.input);
  Mutation mutation(inputs, words, kSeed);
  for (std::size_t i = 0; i < GetParam().rounds && !HasFailure(); ++i) takes(mutation.next());
}

INSTANTIATE_TEST_SUITE_P(Parsers, Fuzz, testing::ValuesIn(targets().begin(), targets().end()),
                         test_name);

TEST(FuzzCorpus, EachFolderIsOfATarget) {
  for (const auto& entry : std::filesystem::directory_iterator(kHere / "corpus")) {
    const auto name = entry.path().filename().string();
    EXPECT_TRUE(std::any_of(targets().begin(), targets().end(), [&](const Target& target) {
      return target.name == name;
    })) << name;
  }
}

TEST(FuzzMutation, MakesTheSameInputsEachTime) {
  const std::vector<std::string> corpus{"one", "another"};
  const std::vector<std::string> words{"word"};
  Mutation first(corpus, words, 1);
  Mutation second(corpus, words, 1);
  Mutation other(corpus, words, 2);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const auto input = first.next();
    EXPECT_EQ(input, second.next());
    differs = differs || input != other.next();
  }
  EXPECT_TRUE(differs);
}

TEST(FuzzPromise, ABrokenOneIsTold) {
  EXPECT_NO_THROW(promise(true, "kept"));
  EXPECT_THROW(promise(false, "broken"), BrokenPromise);
}

}  // namespace
}  // namespace postern::fuzz

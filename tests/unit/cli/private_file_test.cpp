#include "cli/private_file.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace postern::cli {
namespace {

class PrivateFileTest : public ::testing::Test {
 protected:
  PrivateFileTest() {
    std::string name = (std::filesystem::temp_directory_path() / "postern-file-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~PrivateFileTest() override { std::filesystem::remove_all(directory_); }

  static std::string content(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory_),
                                                  std::filesystem::directory_iterator()));
  }
  std::filesystem::path directory_;
};

TEST_F(PrivateFileTest, ItsOwnerAloneMayUseItWhateverTheUmask) {
  const auto before = umask(0);
  EXPECT_TRUE(create_private_file(directory_ / "key", "secret"));
  umask(before);
  struct stat status {};
  ASSERT_EQ(stat((directory_ / "key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_EQ(content(directory_ / "key"), "secret");
  EXPECT_EQ(entries(), 1U) << "the draft is gone";
}

TEST_F(PrivateFileTest, WhatExistsIsNeverTouched) {
  ASSERT_TRUE(create_private_file(directory_ / "key", "first"));
  EXPECT_FALSE(create_private_file(directory_ / "key", "second"));
  EXPECT_EQ(content(directory_ / "key"), "first");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(PrivateFileTest, ASymbolicLinkIsNotFollowed) {
  std::filesystem::create_symlink(directory_ / "elsewhere", directory_ / "key");
  EXPECT_FALSE(create_private_file(directory_ / "key", "secret"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "elsewhere"));
}

TEST_F(PrivateFileTest, OfManyAtOnceOneWins) {
  std::vector<std::thread> threads;
  std::vector<int> won(16, 0);
  for (std::size_t i = 0; i < won.size(); ++i) {
    threads.emplace_back([&, i] {
      won[i] = create_private_file(directory_ / "key", "content " + std::to_string(i)) ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(std::count(won.begin(), won.end(), 1), 1);
  const auto winner = std::distance(won.begin(), std::find(won.begin(), won.end(), 1));
  EXPECT_EQ(content(directory_ / "key"), "content " + std::to_string(winner));
  EXPECT_EQ(entries(), 1U);
}

TEST_F(PrivateFileTest, AMissingDirectoryIsAnError) {
  EXPECT_THROW((void)create_private_file(directory_ / "missing" / "key", "x"), std::system_error);
}

}  // namespace
}  // namespace postern::cli

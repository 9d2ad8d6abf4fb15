#include "fcgi/log.hpp"

#include <gtest/gtest.h>
#include <json/json.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <random>
#include <sstream>
#include <system_error>
#include <vector>

#include "fcgi/utf8.hpp"

namespace postern::fcgi {
namespace {

/// The log in a file of its own; standard error again afterwards.
class LogFile : public testing::Test {
 protected:
  LogFile() { reopen(LogLevel::Debug); }
  ~LogFile() override {
    open_log({});
    unlink(path_.c_str());
  }
  void reopen(LogLevel level) { open_log({level, path_}); }

  std::vector<Json::Value> records() const {
    std::ifstream file(path_);
    std::vector<Json::Value> found;
    for (std::string line; std::getline(file, line);) {
      std::istringstream text(line);
      Json::Value value;
      std::string errors;
      EXPECT_TRUE(Json::parseFromStream(Json::CharReaderBuilder(), text, &value, &errors)) << line;
      found.push_back(value);
    }
    return found;
  }

  const std::string path_ = testing::TempDir() + "log_test." + std::to_string(getpid());
};

using LogRecords = LogFile;

TEST_F(LogRecords, AreOneJsonObjectALine) {
  log(LogLevel::Warning, "thing", {{"text", "a"}, {"number", std::int64_t{-5}}});
  const auto found = records();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["event"], "thing");
  EXPECT_EQ(found[0]["level"], "warning");
  EXPECT_EQ(found[0]["pid"].asInt64(), getpid());
  EXPECT_EQ(found[0]["text"], "a");
  EXPECT_EQ(found[0]["number"].asInt64(), -5);
  EXPECT_EQ(found[0]["time"].asString().size(), std::string("2026-01-01T00:00:00.000000Z").size());
}

TEST_F(LogRecords, NoTextForgesARecord) {
  const std::string evil = "a\"}\n{\"event\":\"forged\"}\r\n\\u0000\\\0x\x1b[31m\x7f";
  log(LogLevel::Info, evil, {{"text", evil}, {evil, "v"}});
  const auto found = records();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["text"].asString(), evil);
}

TEST_F(LogRecords, RandomBytesStayOneParsableLine) {
  std::mt19937 chance(3);
  std::uniform_int_distribution<int> byte(0, 255), length(0, 40);
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    for (int i = length(chance); i > 0; --i) text.push_back(static_cast<char>(byte(chance)));
    ASSERT_TRUE(is_utf8(escape_for_log(text)));
    log(LogLevel::Info, "x", {{"text", text}});
  }
  EXPECT_EQ(records().size(), 2'000U);
}

TEST_F(LogRecords, LongTextIsCut) {
  log(LogLevel::Info, "x", {{"text", std::string(100'000, 'y')}});
  EXPECT_LT(records()[0]["text"].asString().size(), 1100U);
}

TEST_F(LogRecords, TheLevelFilters) {
  reopen(LogLevel::Warning);
  log(LogLevel::Debug, "a");
  log(LogLevel::Info, "b");
  log(LogLevel::Warning, "c");
  log(LogLevel::Error, "d");
  const auto found = records();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0]["event"], "c");
  EXPECT_EQ(found[1]["event"], "d");
}

TEST_F(LogRecords, OpeningAnewFollowsARotation) {
  log(LogLevel::Info, "before");
  std::rename(path_.c_str(), (path_ + ".1").c_str());
  log(LogLevel::Info, "still the old file");
  reopen(LogLevel::Info);
  log(LogLevel::Info, "after");
  unlink((path_ + ".1").c_str());
  const auto found = records();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["event"], "after");
}

TEST_F(LogRecords, AFileThatCannotBeOpenedLeavesTheOldOne) {
  EXPECT_THROW(open_log({LogLevel::Info, "/no/such/directory/log"}), std::system_error);
  log(LogLevel::Info, "here");
  EXPECT_EQ(records().size(), 1U);
}

}  // namespace
}  // namespace postern::fcgi

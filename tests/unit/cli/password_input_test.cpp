#include "cli/password_input.hpp"

#include <gtest/gtest.h>

#include <string>

#include "cli/exit_code.hpp"

namespace postern::cli {
namespace {

int refused_with(std::string_view line) {
  try {
    (void)one_line(line);
  } catch (const CommandError& error) {
    return error.code();
  }
  return kOk;
}

TEST(PasswordInput, OnlyTheLineEndIsTakenAway) {
  EXPECT_EQ(one_line(" pass word \n").reveal(), " pass word ");
  EXPECT_EQ(one_line("pass\r\n").reveal(), "pass");
  EXPECT_EQ(one_line("without an end").reveal(), "without an end");
}

TEST(PasswordInput, EmptyLongOrSeveralLinesAreRefused) {
  EXPECT_EQ(refused_with(""), kUsage);
  EXPECT_EQ(refused_with("\n"), kUsage);
  EXPECT_EQ(refused_with("one\ntwo\n"), kUsage);
  EXPECT_EQ(refused_with(std::string_view("a\0b\n", 4)), kUsage);
  EXPECT_EQ(refused_with(std::string(4096, 'a') + "\n"), kOk);
  EXPECT_EQ(refused_with(std::string(4097, 'a')), kUsage);
}

TEST(PasswordInput, RandomPasswordsDiffer) {
  domain::SodiumRandom random;
  const auto first = read_password(PasswordSource::Random, random, 24);
  const auto second = read_password(PasswordSource::Random, random, 24);
  EXPECT_EQ(first.size(), 24U);
  EXPECT_FALSE(first.equals(second.reveal()));
}

}  // namespace
}  // namespace postern::cli

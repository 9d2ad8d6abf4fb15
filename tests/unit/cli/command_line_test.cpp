#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <json/reader.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "tests/support/installation.hpp"

namespace postern::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(CommandLine, EveryCommandTeachesByExamples) {
  const std::vector<Arguments> commands{{"serve"},
                                        {"migrate"},
                                        {"init"},
                                        {"doctor"},
                                        {"version"},
                                        {"config", "check"},
                                        {"config", "show"},
                                        {"account", "add"},
                                        {"account", "list"},
                                        {"account", "role"},
                                        {"account", "enable"},
                                        {"account", "disable"},
                                        {"account", "approve"},
                                        {"account", "password"},
                                        {"key", "list"},
                                        {"key", "revoke"}};
  for (auto command : commands) {
    command.push_back("--help");
    const auto result = run_postern(command);
    EXPECT_EQ(result.status, 0) << command.front();
    const auto words = command.size() == 3 ? command[0] + " " + command[1] : command[0];
    EXPECT_THAT(result.out, HasSubstr("Examples:\n")) << words;
    EXPECT_THAT(result.out, HasSubstr("  postern " + words)) << words;
    EXPECT_THAT(result.err, IsEmpty());
  }
}

TEST(CommandLine, HelpTellsTheExitStatuses) {
  const auto result = run_postern({"--help"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out, AllOf(HasSubstr("Exit status:"), HasSubstr("POSTERN_CONFIG_EXTRA")));
}

TEST(CommandLine, WhatItCannotUnderstandIsOneLineAndStatusTwo) {
  const std::vector<Arguments> misuses{{},
                                       {"dance"},
                                       {"serve", "--fast"},
                                       {"account"},
                                       {"account", "add"},
                                       {"account", "list", "--status", "asleep"},
                                       {"account", "add", "x", "--random", "--password-stdin"},
                                       {"init", "--admin", "alice"},
                                       {"key", "revoke"},
                                       {"migrate", "extra"}};
  for (const auto& misuse : misuses) {
    const auto result = run_postern(misuse);
    EXPECT_EQ(result.status, 2) << ::testing::PrintToString(misuse);
    EXPECT_EQ(lines_of(result.err), 1U) << result.err;
    EXPECT_THAT(result.err, StartsWith("postern: "));
    EXPECT_THAT(result.out, IsEmpty());
  }
}

TEST(CommandLine, APasswordIsNeverTakenFromTheCommandLine) {
  EXPECT_EQ(run_postern({"account", "add", "bob", "--password", "secret"}).status, 2);
  EXPECT_EQ(run_postern({"account", "password", "bob", "secret"}).status, 2);
}

TEST(CommandLine, ABadConfigurationIsStatusThreeWithAllThatIsWrong) {
  Installation here("");
  here.set("server.api.workers", "0");
  here.set("log.level", "\"loud\"");
  for (const auto& command : std::vector<Arguments>{{"migrate"}, {"account", "list"}, {"serve"}}) {
    const auto result = here.run(command);
    EXPECT_EQ(result.status, 3);
    EXPECT_THAT(result.err, AllOf(HasSubstr(here.config().string() + ":"),
                                  HasSubstr("server.api.workers: must be an integer from 1 to 64"),
                                  HasSubstr("log.level: must be ")));
    EXPECT_EQ(lines_of(result.err), 2U);
  }
}

TEST(CommandLine, AMissingConfigurationIsStatusThree) {
  const auto result = run_postern({"--config", "/nonexistent.toml", "account", "list"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("/nonexistent.toml: cannot be read: No such file"));
}

TEST(CommandLine, ADatabaseThatIsAwayIsStatusFour) {
  Installation here("", "host=/nonexistent user=owner dbname=x");
  EXPECT_EQ(here.run({"migrate"}).status, 4);
  const auto result = here.run({"init"});
  EXPECT_EQ(result.status, 4);
  EXPECT_THAT(result.err, StartsWith("postern: the database is not available: "));
  EXPECT_FALSE(std::filesystem::exists(here.master_key()))
      << "a second master key must not be made before the database was asked for a first";
}

TEST(CommandLine, AMissingMasterKeyFileIsStatusThree) {
  const Installation here("");
  for (const auto& command : std::vector<Arguments>{{"account", "list"}, {"serve"}}) {
    const auto result = here.run(command);
    EXPECT_EQ(result.status, 3);
    EXPECT_THAT(result.err, HasSubstr("keys.master_key_file: "));
  }
}

TEST(CommandLine, ConfigCheckAnswersByItsStatus) {
  Installation here("");
  const auto good = here.run({"config", "check"});
  EXPECT_EQ(good.status, 0);
  EXPECT_THAT(good.out, HasSubstr(here.config().string()));
  here.set("server.api.wrokers", "2");
  const auto bad = here.run({"config", "check"});
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.err, AllOf(HasSubstr("server.api.wrokers"), HasSubstr("server.api.workers?")));
}

TEST(CommandLine, TheOptionMayStandBeforeOrBehindTheCommand) {
  const Installation here("");
  EXPECT_EQ(run_postern({"config", "check", "--config", here.config().string()}).status, 0);
  EXPECT_EQ(run_postern({"config", "--config", here.config().string(), "check"}).status, 0);
  EXPECT_EQ(
      run_postern({"config", "check"}, {"", {{"POSTERN_CONFIG", here.config().string()}}}).status,
      0);
}

TEST(CommandLine, ConfigShowMasksPasswordsInBothForms) {
  Installation here("postgresql://app:s3cret@db.example/postern",
                    "host=db.example user=owner password=s3cret");
  for (const auto& command :
       std::vector<Arguments>{{"config", "show"}, {"config", "show", "--json"}}) {
    const auto result = here.run(command);
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out, Not(HasSubstr("s3cret")));
    EXPECT_THAT(result.out, AllOf(HasSubstr("postgresql://app:********@db.example/postern"),
                                  HasSubstr("user=owner password=********")));
  }
}

TEST(CommandLine, ConfigShowTellsWhereEachValueCameFrom) {
  Installation here("");
  const auto extra = here.file("extra.toml");
  write_file(extra,
             "[audit]\nretention_days = 7\n[[gate.rule]]\npath = \"/a\"\nallow = \"public\"\n");
  const CommandInput input{"", {{"POSTERN_CONFIG_EXTRA", extra.string()}}};
  Json::Value json;
  std::istringstream(here.run({"config", "show", "--json"}, input).out) >> json;
  EXPECT_EQ(json["values"]["audit.retention_days"]["value"].asInt(), 7);
  EXPECT_EQ(json["values"]["audit.retention_days"]["from"]["file"].asString(), extra.string());
  EXPECT_EQ(json["values"]["audit.retention_days"]["from"]["line"].asInt(), 2);
  EXPECT_EQ(json["values"]["server.issuer"]["from"]["file"].asString(), here.config().string());
  EXPECT_EQ(json["values"]["log.level"]["from"].asString(), "default");
  EXPECT_EQ(json["rules"][0]["allow"].asString(), "public");
}

TEST(CommandLine, WhatConfigShowPrintsIsAConfiguration) {
  Installation here("");
  const auto shown = here.run({"config", "show"});
  ASSERT_EQ(shown.status, 0);
  const auto copy = here.file("copy.toml");
  write_file(copy, shown.out);
  EXPECT_EQ(run_postern({"--config", copy.string(), "config", "check"}).status, 0) << shown.out;
}

TEST(CommandLine, VersionNamesProgramAndSchema) {
  EXPECT_THAT(run_postern({"version"}).out, AllOf(StartsWith("postern "), HasSubstr("(schema ")));
  Json::Value json;
  std::istringstream(run_postern({"version", "--json"}).out) >> json;
  EXPECT_GE(json["schema_version"].asInt(), 1);
}

TEST(CommandLine, AnAnswerThatCannotBeWrittenIsNoSuccess) {
  EXPECT_EQ(std::system("$POSTERN_BINARY version >/dev/full 2>/dev/null") >> 8, 1);
  EXPECT_EQ(std::system("$POSTERN_BINARY version >&- 2>/dev/null") >> 8, 1);
}

TEST(CommandLine, ABrokenPipeIsSilent) {
  const Installation here("");
  const auto error = here.file("err");
  const auto command = "{ sleep 0.3; $POSTERN_BINARY config show --config " +
                       here.config().string() + "; } 2>" + error.string() + " | true";
  ASSERT_NE(std::system(nullptr), 0);
  EXPECT_EQ(std::system(("bash -c '" + command + "'").c_str()) >> 8, 0);
  EXPECT_THAT(read_file(error), IsEmpty());
}

}  // namespace
}  // namespace postern::test

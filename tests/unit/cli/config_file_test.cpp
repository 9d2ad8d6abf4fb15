#include "cli/config_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "tests/support/config_text.hpp"

namespace postern::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ConfigFileTest : public ::testing::Test {
 protected:
  ConfigFileTest() {
    std::string name = (std::filesystem::temp_directory_path() / "postern-config-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~ConfigFileTest() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& text) {
    const auto path = directory_ / name;
    std::ofstream(path) << text;
    return path.string();
  }

  static std::vector<std::string> load_problems(const cli::ConfigFiles& files) {
    std::vector<std::string> lines;
    try {
      (void)cli::load_config(files);
    } catch (const cli::ConfigError& error) {
      for (const auto& problem : error.problems()) lines.push_back(problem.text());
    }
    return lines;
  }

  static const cli::EffectiveValue& value(const cli::LoadedConfig& loaded,
                                          const std::string& name) {
    for (const auto& value : loaded.values) {
      if (value.key->name == name) return value;
    }
    throw std::out_of_range(name);
  }

  std::filesystem::path directory_;
};

TEST_F(ConfigFileTest, ASecondFileIsLaidOverTheFirst) {
  const auto base = write("base.toml", config_text({{"log.level", "\"debug\""},
                                                    {"server.api.workers", "3"},
                                                    {"server.api.backlog", "7"}}));
  const auto extra = write("extra.toml", "[server.api]\nworkers = 5\n");
  const auto loaded = cli::load_config({base, extra});
  EXPECT_EQ(loaded.config.server.api.workers, 5U) << "values replace";
  EXPECT_EQ(loaded.config.server.api.socket.backlog, 7) << "tables merge";
  EXPECT_EQ(value(loaded, "server.api.workers").place.text(), extra + ":2");
  EXPECT_EQ(value(loaded, "server.api.backlog").place.text(), base + ":3");
  EXPECT_EQ(value(loaded, "server.gate.workers").place.text(), "default");
}

TEST_F(ConfigFileTest, ArraysOfTheSecondFileReplace) {
  const std::string rule = "[[gate.rule]]\npath = \"/a\"\nallow = \"public\"\n";
  const auto base = write("base.toml", config_text() + rule + rule);
  const auto extra = write("extra.toml", "[[gate.rule]]\npath = \"/b\"\nallow = \"signed_in\"\n");
  const auto loaded = cli::load_config({base, extra});
  ASSERT_THAT(loaded.config.domain.policy.rules(), SizeIs(1));
  EXPECT_EQ(loaded.config.domain.policy.rules().front().path, "/b");
  EXPECT_EQ(loaded.rule_places.front().text(), extra + ":1");
}

TEST_F(ConfigFileTest, ProblemsOfBothFilesAreReportedUnderTheirOwnNames) {
  const auto base = write("base.toml", config_text({{"server.api.workers", "0"}}));
  const auto extra = write("extra.toml", "[audit]\nretention_days = 0\n");
  EXPECT_THAT(load_problems({base, extra}),
              ElementsAre(StartsWith(base + ":2: server.api.workers: "),
                          StartsWith(extra + ":2: audit.retention_days: ")));
}

TEST_F(ConfigFileTest, AMissingFileIsNamed) {
  const auto base = write("base.toml", config_text());
  EXPECT_THAT(
      load_problems({"/nonexistent/postern.toml", ""}),
      ElementsAre(AllOf(HasSubstr("/nonexistent/postern.toml"), HasSubstr("No such file"))));
  EXPECT_THAT(load_problems({base, "/nonexistent/extra.toml"}),
              ElementsAre(HasSubstr("/nonexistent/extra.toml")));
  EXPECT_THAT(load_problems({directory_.string(), ""}), ElementsAre(HasSubstr("cannot be read")));
}

TEST_F(ConfigFileTest, AFileWithoutEndIsRefused) {
  EXPECT_THAT(load_problems({"/dev/zero", ""}), ElementsAre(HasSubstr("larger than 1 MiB")));
}

TEST_F(ConfigFileTest, TheEnvironmentNamesTheFiles) {
  setenv("POSTERN_CONFIG", "/a.toml", 1);
  setenv("POSTERN_CONFIG_EXTRA", "/b.toml", 1);
  EXPECT_EQ(cli::config_files("/c.toml").base, "/c.toml") << "the option goes first";
  EXPECT_EQ(cli::config_files("").base, "/a.toml");
  EXPECT_EQ(cli::config_files("").extra, "/b.toml");
  unsetenv("POSTERN_CONFIG");
  unsetenv("POSTERN_CONFIG_EXTRA");
  EXPECT_EQ(cli::config_files("").base, "/etc/postern/postern.toml");
  EXPECT_EQ(cli::config_files("").extra, "");
}

TEST(ConfigCheck, UnknownKeysAreNamedWithTheirLineAndTheNearestKnownOne) {
  EXPECT_THAT(problems_of("[server]\nissuer = \"https://a.example\"\nworker = 2\n"
                          "max_request_per_worker = 3\n[database]\nurl = \"host=x\"\n"),
              ElementsAre(StartsWith("test.toml:3: server.worker: is no key"),
                          AllOf(StartsWith("test.toml:4: server.max_request_per_worker: "),
                                HasSubstr("did you mean server.max_requests_per_worker?"))));
}

TEST(ConfigCheck, AnUnknownSectionIsOneProblem) {
  EXPECT_THAT(problems_of(config_text() + "[postbox]\nhost = \"x\"\nport = 25\n"),
              ElementsAre(StartsWith("test.toml:3: postbox: is no key or section")));
}

TEST(ConfigCheck, AllProblemsAreReported) {
  const auto problems = problems_of(config_text({{"server.api.workers", "\"two\""},
                                                 {"password.min_length", "7"},
                                                 {"password.memory_kib", "10000"},
                                                 {"session.native.access_seconds", "80000"},
                                                 {"session.native.idle_seconds", "70000"},
                                                 {"nonsense", "1"}}) +
                                    "[[gate.rule]]\npath = \"x\"\nallow = \"all\"\n");
  EXPECT_THAT(problems, SizeIs(7)) << ::testing::PrintToString(problems);
}

TEST(ConfigCheck, ProblemsStandInTheOrderOfTheFile) {
  EXPECT_THAT(
      problems_of(config_text(
          {{"audit.retention_days", "0"}, {"log.level", "\"loud\""}, {"server.api.workers", "0"}})),
      ElementsAre(StartsWith("test.toml:1: audit"), StartsWith("test.toml:3: log"),
                  StartsWith("test.toml:4: server")));
}

TEST(ConfigCheck, ASectionIsNoValueAndAValueNoSection) {
  EXPECT_THAT(problems_of(config_text({{"audit", "3"}})),
              ElementsAre(StartsWith("test.toml:1: audit: is a section")));
  EXPECT_THAT(problems_of("[server.issuer]\nx = 1\n[database]\nurl = \"host=x\"\n"),
              ElementsAre(AllOf(StartsWith("test.toml:1: server.issuer: must be "),
                                HasSubstr("but is a table"))));
}

TEST(ConfigCheck, WhatIsNoTomlIsRefusedWithItsLine) {
  EXPECT_THAT(problems_of("[server]\nissuer = \n"), ElementsAre(StartsWith("test.toml:2: ")));
  EXPECT_THAT(problems_of("[server]\nissuer = \"a\"\nissuer = \"b\"\n"),
              ElementsAre(StartsWith("test.toml:3: ")));
}

TEST(ConfigCheck, NoMessageQuotesASecret) {
  for (const auto* text : {
           "[database]\nurl = \"postgresql://app:s3cret@db/x\nowner_url = 3\n",
           "[database]\nurl = postgresql://app:s3cret@db/x\n",
           "[database]\nurl = \"postgresql://app:s3cret@x@db/x\"\n",
           "[database]\nurl = \"host=x password='s3cret\"\n",
           "[database]\nurl = [\"host=x password=s3cret\"]\n",
           "[database]\nurl = \"host=x password=s3cret\" s3cret\n",
           "database = \"host=x password=s3cret\"\n",
       }) {
    const auto problems = problems_of(text);
    EXPECT_THAT(problems, Not(IsEmpty()));
    for (const auto& problem : problems) EXPECT_THAT(problem, Not(HasSubstr("s3cret"))) << text;
  }
}

TEST(ConfigCheck, PasswordHashesBelowOwaspsFloorAreRefused) {
  const auto with = [](int memory, int iterations) {
    return problems_of(config_text({{"password.memory_kib", std::to_string(memory)},
                                    {"password.iterations", std::to_string(iterations)}}));
  };
  const std::vector<std::pair<int, int>> floors{{47104, 1}, {19456, 2}, {12288, 3},
                                                {9216, 4},  {7168, 5},  {7168, 20}};
  for (const auto& [memory, iterations] : floors) {
    EXPECT_THAT(with(memory, iterations), IsEmpty()) << memory << " " << iterations;
    EXPECT_THAT(with(memory - 1, iterations),
                ElementsAre(HasSubstr("password.memory_kib: must be")))
        << memory << " " << iterations;
  }
}

TEST(ConfigCheck, KeysMustAgreeWithEachOther) {
  const auto refused = [](const Keys& keys, const std::string& about) {
    EXPECT_THAT(problems_of(config_text(keys)), ElementsAre(HasSubstr(": " + about + ": must ")));
  };
  refused({{"session.native.access_seconds", "600"}, {"session.native.idle_seconds", "599"}},
          "session.native.access_seconds");
  refused({{"session.dispatcharr.idle_seconds", "86401"}}, "session.dispatcharr.idle_seconds");
  refused({{"server.gate.listen", "\"unix:/run/postern/api.sock\""}}, "server.gate.listen");
  refused({{"server.limits.param_bytes", "8193"}, {"server.limits.params_bytes", "8192"}},
          "server.limits.param_bytes");
  refused({{"server.limits.body_bytes", "98305"}}, "server.limits.body_bytes");
  refused({{"server.request_timeout_seconds", "9"}}, "server.receive_timeout_seconds");
  refused({{"password.min_length", "64"}, {"password.max_length", "255"}}, "password.max_length");
  refused({{"password.min_length_with_mfa", "16"}}, "password.min_length_with_mfa");
}

TEST(ConfigCheck, RulesKeepTheirOrderAndTheirPlaces) {
  const auto loaded = check_text(config_text() +
                                 "[[gate.rule]]\npath = \"/open/**\"\nallow = \"public\"\n"
                                 "[[gate.rule]]\npath = \"/staff/*\"\nmethods = [\"GET\", "
                                 "\"HEAD\"]\nallow = \"permission:admin\"\n"
                                 "[[gate.rule]]\npath = \"/x\"\nallow = \"role:member\"\n");
  const auto& rules = loaded.config.domain.policy.rules();
  ASSERT_THAT(rules, SizeIs(3));
  EXPECT_EQ(rules[0].requirement.kind, domain::Requirement::Kind::Public);
  EXPECT_THAT(rules[1].methods, ElementsAre("GET", "HEAD"));
  EXPECT_EQ(rules[1].requirement.name, "admin");
  EXPECT_EQ(rules[2].requirement.kind, domain::Requirement::Kind::Role);
  EXPECT_EQ(loaded.rule_places.at(1).text(), "test.toml:6");
}

TEST(ConfigCheck, RulesThatAreWrongAreNamedWithTheirLines) {
  const auto refused = [](const std::string& rule, const std::string& begins) {
    EXPECT_THAT(problems_of(config_text() + rule), ElementsAre(StartsWith("test.toml:" + begins)))
        << rule;
  };
  const std::string start = "[[gate.rule]]\n";
  refused(start + "allow = \"public\"\n", "3: gate.rule.path: must be");
  refused(start + "path = \"/a\"\n", "3: gate.rule.allow: must be");
  refused(start + "path = \"a\"\nallow = \"public\"\n", "4: gate.rule.path: must be");
  refused(start + "path = \"/a*b\"\nallow = \"public\"\n", "4: gate.rule.path: must be");
  refused(start + "path = \"/a/../b\"\nallow = \"public\"\n", "4: gate.rule.path: must be");
  refused(start + "path = \"/a\"\nallow = \"everybody\"\n", "5: gate.rule.allow: must be");
  refused(start + "path = \"/a\"\nallow = true\n", "5: gate.rule.allow: must be");
  refused(start + "path = \"/a\"\nmethods = \"GET\"\nallow = \"public\"\n",
          "5: gate.rule.methods: must be");
  refused(start + "path = \"/a\"\nmethods = [\"get\"]\nallow = \"public\"\n",
          "5: gate.rule.methods: must be");
  refused(start + "path = \"/a\"\nmethods = []\nallow = \"public\"\n",
          "5: gate.rule.methods: must be");
  refused(start + "path = \"/a\"\nalow = \"public\"\nallow = \"public\"\n",
          "5: gate.rule.alow: is no key of a rule");
  refused("[gate]\nrule = 3\n", "4: gate.rule: must be written as [[gate.rule]]");
  refused("[gate]\nrule = [3]\n", "4: gate.rule: must be a table");
}

}  // namespace
}  // namespace postern::test

#include "cli/worker.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "cli/private_file.hpp"
#include "tests/support/installation.hpp"

namespace postern::test {
namespace {

/// An installation whose database is away.
class WorkerWithoutDatabase : public ::testing::Test {
 protected:
  WorkerWithoutDatabase() : here_("") {
    domain::SodiumRandom random;
    EXPECT_TRUE(
        cli::create_private_file(here_.master_key(), domain::KeyRing::make_line(1, random) + "\n"));
    write_file(here_.file("extra.toml"),
               "[[gate.rule]]\npath = \"/open\"\nallow = \"public\"\n"
               "[[gate.rule]]\npath = \"/members\"\nallow = \"signed_in\"\n");
    loaded_ = std::make_shared<const cli::LoadedConfig>(
        cli::load_config({here_.config().string(), here_.file("extra.toml").string()}));
  }

  static fcgi::Request request(fcgi::Door door, const std::string& path) {
    fcgi::Request request;
    request.id = "0123456789abcdef0123456789abcdef";
    request.door = door;
    request.method = "GET";
    request.target = path;
    request.uri = fcgi::parse_uri(path);
    request.remote_address = "127.0.0.1";
    request.scheme = "https";
    return request;
  }

  Installation here_;
  std::shared_ptr<const cli::LoadedConfig> loaded_;
  fcgi::SharedSegment& shared_ = fcgi::map_shared_segment();
};

TEST_F(WorkerWithoutDatabase, R7StartsAndRefusesWhatItCannotDecide) {
  cli::Worker worker(loaded_, fcgi::Crew::Resolver, shared_, 0);
  auto asked = request(fcgi::Door::Gate, "/members");
  asked.headers.emplace_back("authorization",
                             "Bearer pst_0123456789ab_0123456789abcdef0123456789abcdefabcdef");
  const auto response = worker.handle(asked);
  EXPECT_NE(response.status() / 100, 2);
  EXPECT_EQ(worker.handle(request(fcgi::Door::Gate, "/open")).status(), 200)
      << "what is public needs no database";
}

TEST_F(WorkerWithoutDatabase, TheApiAnswersThatItIsAliveButNotReady) {
  cli::Worker worker(loaded_, fcgi::Crew::Api, shared_, 0);
  EXPECT_EQ(worker.handle(request(fcgi::Door::Api, "/auth/v1/healthz")).status(), 200);
  EXPECT_EQ(worker.handle(request(fcgi::Door::Api, "/auth/v1/readyz")).status(), 503);
}

TEST_F(WorkerWithoutDatabase, FailuresHaveTheShapeOfTheDoor) {
  cli::Worker worker(loaded_, fcgi::Crew::Api, shared_, 0);
  EXPECT_EQ(worker.failure(request(fcgi::Door::Api, "/auth/v1/me"), 413).status(), 413);
  auto authorizer = request(fcgi::Door::Api, "/members");
  authorizer.role = fcgi::Role::Authorizer;
  EXPECT_EQ(worker.failure(authorizer, 503).get("X-Auth-Status"), "503");
  EXPECT_EQ(worker.failure(request(fcgi::Door::Gate, "/members"), 503).status(), 403);
}

TEST_F(WorkerWithoutDatabase, TheAuthorizerRoleAsksTheGateByEitherSocket) {
  cli::Worker worker(loaded_, fcgi::Crew::Api, shared_, 0);
  auto authorizer = request(fcgi::Door::Api, "/nowhere");
  authorizer.role = fcgi::Role::Authorizer;
  EXPECT_EQ(worker.handle(authorizer).status(), 403) << "no rule: nobody may";
}

}  // namespace
}  // namespace postern::test

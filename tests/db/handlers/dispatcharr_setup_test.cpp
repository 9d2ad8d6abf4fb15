#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

#include "tests/support/dispatcharr_world.hpp"

namespace postern::test {
namespace {

constexpr const char* kSetup = "/api/accounts/initialize-superuser/";
constexpr const char* kExists = R"({"superuser_exists":true})";

struct DispatcharrSetup : testing::Test {
  DispatcharrWorld world;

  fcgi::Response from(const std::string& address, std::string_view method, std::string_view body,
                      std::string_view type = "application/json") {
    auto sent = raw_request(method, kSetup, type, body);
    sent.remote_address = address;
    return world.send(sent);
  }
  static std::string wish(const std::string& username) {
    return R"({"username":")" + username + R"(","password":"correct horse battery"})";
  }
  std::string accounts() {
    return world.domain.database_server.sql("select count(*) from postern.account");
  }
};

TEST_F(DispatcharrSetup, TellsWhetherItMayBeDoneFromHere) {
  expect_answer(world.ask("GET", kSetup), 200,
                R"({"superuser_exists":false,"client_ip":"192.0.2.1","setup_allowed":false})");
  expect_answer(from("192.168.1.5", "GET", ""), 200,
                R"({"superuser_exists":false,"client_ip":"192.168.1.5","setup_allowed":true})");
  expect_answer(from("fd00::5", "GET", ""), 200,
                R"({"superuser_exists":false,"client_ip":"fd00::5","setup_allowed":true})");
  world.domain.account("admin", "admin");
  expect_answer(world.ask("GET", kSetup), 200, kExists);
}

TEST_F(DispatcharrSetup, MakesTheFirstAdministratorWhoThenLogsIn) {
  expect_answer(from("10.0.0.5", "POST",
                     R"({"username":"root","password":"correct horse battery","email":""})"),
                200, kExists);
  const auto access =
      text_of(world.post("/api/accounts/token/", world.login_body("root")), "access");
  const auto me = json_of(world.send("GET", "/api/accounts/users/me/", domain::Secret(access)));
  EXPECT_EQ(me["user_level"].asInt(), 10);
  EXPECT_EQ(me["email"].asString(), "");
}

TEST_F(DispatcharrSetup, IsRefusedFromAPublicAddress) {
  for (const auto* address : {"8.8.8.8", "2001:db8::1", "", "unknown"}) {
    expect_answer(
        from(address, "POST", wish("root")), 403,
        R"({"error":"Initial setup is only allowed from a private network.","client_ip":")" +
            std::string(address) + R"(","setup_allowed":false})");
  }
  EXPECT_EQ(accounts(), "0");
}

TEST_F(DispatcharrSetup, ChangesNothingOnceThereIsAnAdministrator) {
  world.domain.account("admin", "admin");
  expect_answer(from("10.0.0.5", "POST", wish("root")), 200, kExists);
  expect_answer(from("8.8.8.8", "POST", wish("root")), 200, kExists);
  EXPECT_EQ(accounts(), "1");
}

TEST_F(DispatcharrSetup, AsksForNameAndPasswordByTheHousesRules) {
  const auto required = R"({"error":"Username and password are required."})";
  for (const auto* body :
       {"", "{}", R"({"username":"root"})", R"({"username":"","password":"correct horse battery"})",
        R"({"username":"root","password":null})"}) {
    expect_answer(from("10.0.0.5", "POST", body), 400, required);
  }
  expect_answer(
      from("10.0.0.5", "POST", R"({"username":"root","password":"short"})"), 400,
      R"({"error":"password: This password is too short. It must contain at least 15 characters."})");
  EXPECT_EQ(from("10.0.0.5", "POST", "[]").status(), 400);
  EXPECT_EQ(accounts(), "0");
}

/// A form needs no preflight: any page could post it from a browser inside the private network.
TEST_F(DispatcharrSetup, TakesNoFormThatAForeignPageCouldPost) {
  expect_answer(
      from("10.0.0.5", "POST", "username=root&password=correct+horse+battery",
           "application/x-www-form-urlencoded"),
      415,
      R"({"detail":"Unsupported media type \"application/x-www-form-urlencoded\" in request."})");
  EXPECT_EQ(from("10.0.0.5", "POST", wish("root"), "text/plain").status(), 415);
  EXPECT_EQ(accounts(), "0");
}

TEST_F(DispatcharrSetup, OfManyAtOnceMakesOne) {
  constexpr int kCallers = 8;
  std::vector<std::thread> callers;
  std::array<int, kCallers> answers{};
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      // A worker of its own: connection, hasher, keys.
      domain::SodiumRandom random;
      domain::Database database({world.domain.database_server.url()});
      domain::SigningKeys keys;
      std::array<domain::HashSlots::Slot, 1> slots{};
      domain::PasswordHasher passwords(cheap_passwords(), domain::HashSlots(slots));
      domain::Services services{
          world.domain.settings, database, world.domain.clock, random,
          world.domain.ring,     keys,     passwords,          world.domain.limiter};
      domain::NewAccount wanted;
      wanted.username = "root" + std::to_string(i);
      wanted.password = domain::Secret(DomainWorld::kPassword);
      const auto made = domain::create_first_admin(services, wanted, world.domain.origin);
      answers[static_cast<std::size_t>(i)] =
          made ? 1 : (made.error().code == domain::Errc::NotPermitted ? 0 : -1);
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(std::count(answers.begin(), answers.end(), 1), 1);
  EXPECT_EQ(std::count(answers.begin(), answers.end(), 0), kCallers - 1);
  EXPECT_EQ(accounts(), "1");
}

}  // namespace
}  // namespace postern::test

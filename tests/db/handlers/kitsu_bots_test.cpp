#include <latch>
#include <thread>
#include <vector>

#include "tests/support/another_worker.hpp"
#include "tests/support/kitsu_persons.hpp"

namespace postern::test {
namespace {

class KitsuBots : public KitsuPersonsTest {
 protected:
  static domain::Secret token_in(const fcgi::Response& response) {
    EXPECT_TRUE(json_of(response)["access_token"].isString()) << response.body();
    return domain::Secret(json_of(response)["access_token"].asString());
  }
  static bool has_token(const fcgi::Response& response) {
    EXPECT_LT(response.status(), 300) << response.body();
    return json_of(response).isMember("access_token");
  }
  std::string live_tokens() {
    return sql("select count(*) from postern.api_key where kind = 3 and revoked_at is null");
  }
};

TEST_F(KitsuBots, ANewBotIsAnsweredWithItsTokenThisOnce) {
  const auto response =
      world.post(KitsuWorld::kPersons,
                 R"({"first_name":"render","last_name":"","email":"bot@example.org","role":"user",
          "departments":[],"active":true,"expiration_date":null,"is_bot":true})",
                 admin.access);
  EXPECT_EQ(response.status(), 201);
  const auto bot = json_of(response);
  EXPECT_TRUE(bot["is_bot"].asBool());
  EXPECT_EQ(bot["full_name"].asString(), "render");
  EXPECT_TRUE(bot["expiration_date"].isNull());
  const auto token = token_in(response);
  const auto me = json_of(world.get(KitsuWorld::kMe, token));
  EXPECT_EQ(me["user"]["id"], bot["id"]);
  EXPECT_FALSE(shown(path(bot)).isMember("access_token"));
}

TEST_F(KitsuBots, ABotNeedsNoAddressAndIsCalledByWhatNobodyReads) {
  const auto bot = created(R"({"first_name":"render","is_bot":true})");
  EXPECT_TRUE(bot["email"].isNull());
  EXPECT_EQ(bot["desktop_login"].asString(), "");
  EXPECT_TRUE(sql("select username from postern.account where is_bot").starts_with("bot."));
}

TEST_F(KitsuBots, ABotHasNoPassword) {
  world.settings.kitsu.claimable_persons = true;
  created(R"({"email":"bot@example.org","is_bot":true,"password":"correct horse battery"})");
  for (const auto* password : {DomainWorld::kPassword, "default"}) {
    expect_kitsu(
        world.post(KitsuWorld::kLogin, KitsuWorld::login_body("bot@example.org", password)), 400,
        R"({"login":false})");
  }
}

TEST_F(KitsuBots, ATokenEndsWithTheLastSecondOfItsDay) {
  const auto response = world.post(
      KitsuWorld::kPersons, R"({"first_name":"b","is_bot":true,"expiration_date":"2027-01-15"})",
      admin.access);
  EXPECT_EQ(json_of(response)["expiration_date"].asString(), "2027-01-15");
  const auto token = token_in(response);
  world.domain.clock.advance(std::chrono::hours(16) - std::chrono::seconds(2));
  EXPECT_EQ(world.status_with(token), 200);
  world.domain.clock.advance(std::chrono::seconds(2));
  expect_kitsu(world.get(KitsuWorld::kMe, token), 401,
               R"({"error":true,"message":"Signature has expired"})");
}

TEST_F(KitsuBots, ABotIsNotMadeWithADateThatIsOver) {
  expect_refusal(world.post(KitsuWorld::kPersons,
                            R"({"is_bot":true,"expiration_date":"2026-12-31"})", admin.access),
                 400, "Expiration date can't be in the past.");
  EXPECT_EQ(accounts(), "1");
}

TEST_F(KitsuBots, ABotThatIsMadeInactiveGetsNoToken) {
  EXPECT_FALSE(has_token(
      world.post(KitsuWorld::kPersons, R"({"is_bot":true,"active":false})", admin.access)));
  EXPECT_EQ(live_tokens(), "0");
}

// Regenerating -----------------------------------------------------------------------------------

TEST_F(KitsuBots, R4TheKeyExpirationDateMakesTheTokenAnewAndTheOldOneIsDeadAtOnce) {
  const auto bot = world.bot();
  auto former = bot.token;
  for (const auto* body : {R"({"expiration_date":null})", R"({"expiration_date":"2027-02-01"})",
                           R"({"expiration_date":""})"}) {
    const auto response = world.put(bot.path(), body, admin.access);
    EXPECT_EQ(response.status(), 200);
    const auto token = token_in(response);
    expect_kitsu(world.get(KitsuWorld::kMe, former), 401, R"({"msg":"Token has been revoked"})");
    EXPECT_EQ(world.status_with(token), 200);
    former = token;
  }
  EXPECT_EQ(live_tokens(), "1");
  EXPECT_TRUE(shown(bot.path())["expiration_date"].isNull());
}

TEST_F(KitsuBots, WithoutTheKeyTheTokenStays) {
  const auto bot = world.bot();
  EXPECT_FALSE(has_token(world.put(bot.path(), R"({"first_name":"new name"})", admin.access)));
  EXPECT_EQ(world.status_with(bot.token), 200);
}

TEST_F(KitsuBots, ADateThatIsOverChangesNothing) {
  const auto bot = world.bot();
  const auto before = shown(bot.path());
  expect_refusal(
      world.put(bot.path(), R"({"first_name":"new name","expiration_date":"2027-01-14"})",
                admin.access),
      400, "Expiration date can't be in the past.");
  expect_refusal(
      world.put(bot.path(), R"({"first_name":"new name","expiration_date":"never"})", admin.access),
      400, "Expiration date is not valid.");
  EXPECT_EQ(world.status_with(bot.token), 200);
  EXPECT_EQ(shown(bot.path()), before);
}

TEST_F(KitsuBots, ABotDoesNotMakeItsOwnTokenAnewNorItselfAWayInOfItsOwn) {
  for (const auto* role : {"user", "admin"}) {
    const auto bot = world.bot(std::string("bot-") + role, role);
    const auto response =
        world.put(bot.path(),
                  R"({"expiration_date":null,"first_name":"clever","email":"mallory@example.org",
            "desktop_login":"mallory"})",
                  bot.token);
    EXPECT_FALSE(has_token(response));
    EXPECT_EQ(json_of(response)["first_name"].asString(), "clever");
    EXPECT_TRUE(json_of(response)["email"].isNull());
    EXPECT_EQ(json_of(response)["desktop_login"].asString(), std::string("bot-") + role);
    EXPECT_EQ(world.status_with(bot.token), 200);
  }
}

TEST_F(KitsuBots, NobodyElseMakesABotsTokenAnew) {
  const auto bot = world.bot();
  for (const auto* role : {"user", "manager", "supervisor"}) {
    expect_forbidden(
        world.put(bot.path(), R"({"expiration_date":null})", world.person(role, role).access));
  }
  expect_forbidden(world.put(bot.path(), R"({"expiration_date":null})", world.bot("other").token));
  EXPECT_EQ(world.put(bot.path(), R"({"expiration_date":null})").status(), 401);
  EXPECT_EQ(world.status_with(bot.token), 200);
}

TEST_F(KitsuBots, APersonMakesATokenForHisScriptsAndAnAdministratorDoesNotForHim) {
  const auto ann = world.person("ann");
  EXPECT_FALSE(has_token(world.put(ann.path(), R"({"expiration_date":null})", admin.access)));
  EXPECT_EQ(live_tokens(), "0");
  const auto first = token_in(world.put(ann.path(), R"({"expiration_date":null})", ann.access));
  EXPECT_EQ(world.status_with(first), 200);
  const auto second = token_in(world.put(ann.path(), R"({"expiration_date":"2027-03-01"})", first));
  EXPECT_EQ(world.status_with(first), 401);
  EXPECT_EQ(world.status_with(second), 200);
  EXPECT_EQ(json_of(world.get(ann.path(), second))["expiration_date"].asString(), "2027-03-01");
  EXPECT_EQ(world.status_with(ann.access), 200) << "the login is another matter";
}

TEST_F(KitsuBots, AnOldDateOfSomebodyElseDoesNotStandInTheWayOfAWholeObject) {
  const auto ann = world.person("ann");
  EXPECT_FALSE(has_token(world.put(
      ann.path(), R"({"first_name":"Ann","expiration_date":"2020-01-01"})", admin.access)));
  EXPECT_EQ(shown(ann.path())["first_name"].asString(), "Ann");
}

TEST_F(KitsuBots, ADisabledBotGetsNoTokenThatWouldComeAliveLater) {
  const auto bot = world.bot();
  EXPECT_FALSE(
      has_token(world.put(bot.path(), R"({"active":false,"expiration_date":null})", admin.access)));
  EXPECT_EQ(world.status_with(bot.token), 401);
  EXPECT_EQ(live_tokens(), "0");
  const auto token =
      token_in(world.put(bot.path(), R"({"active":true,"expiration_date":null})", admin.access));
  EXPECT_EQ(world.status_with(token), 200);
  EXPECT_EQ(world.status_with(bot.token), 401);
}

TEST_F(KitsuBots, R6DeletingABotEndsItsToken) {
  const auto bot = world.bot();
  expect_kitsu(world.del(bot.path(), admin.access), 204, "");
  EXPECT_EQ(world.status_with(bot.token), 401);
}

TEST_F(KitsuBots, R4OfSixteenAtOnceOneTokenLives) {
  constexpr int kAtOnce = 16;
  const auto bot = world.bot();
  std::vector<domain::Secret> tokens(kAtOnce);
  std::latch start(kAtOnce);
  std::vector<std::thread> workers;
  for (int i = 0; i < kAtOnce; ++i) {
    workers.emplace_back([&, i] {
      AnotherWorker other(world.domain);
      handlers::Services services{other.services, world.settings, world.shared};
      auto sent = with_bearer(
          raw_request("PUT", bot.path(), "application/json", R"({"expiration_date":null})"),
          admin.access);
      start.arrive_and_wait();
      // Some wait too long for the lock on a slow machine, and are told to come again.
      auto response = handlers::dispatch(sent, services);
      while (response.status() == 500) response = handlers::dispatch(sent, services);
      EXPECT_EQ(response.status(), 200) << response.body();
      tokens[static_cast<std::size_t>(i)] = token_in(response);
    });
  }
  for (auto& worker : workers) worker.join();
  int alive = 0;
  for (const auto& token : tokens) alive += world.status_with(token) == 200 ? 1 : 0;
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(live_tokens(), "1");
  EXPECT_EQ(world.status_with(bot.token), 401);
}

}  // namespace
}  // namespace postern::test

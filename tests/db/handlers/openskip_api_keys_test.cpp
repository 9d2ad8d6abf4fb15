#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "tests/support/another_worker.hpp"
#include "tests/support/openskip_world.hpp"

namespace postern::test {
namespace {

constexpr const char* kKeys = "/api/v1/auth/api-keys";
constexpr const char* kMe = "/api/v1/auth/me";
constexpr const char* kNotEnough = R"({"detail":"Not enough permissions"})";
constexpr const char* kNoSuchKey = R"({"detail":"API key not found"})";
constexpr const char* kDocumentsBody = R"({"name":"My Plex Plugin","permissions":"submit"})";

struct OpenSkipApiKeys : testing::Test {
  OpenSkipWorld world;

  fcgi::Response drop(const OpenSkipWorld::Person& who, const std::string& id) {
    return world.send("DELETE", std::string(kKeys) + '/' + id, who.access);
  }
  domain::Secret made_by(const OpenSkipWorld::Person& who, std::string_view level) {
    const auto body = R"({"name":"n","permissions":")" + std::string(level) + R"("})";
    return domain::Secret(json_of(world.post(kKeys, body, who.access))["api_key"].asString());
  }
  std::vector<std::string> power_of(const domain::Secret& key) {
    return domain::authenticate_key(world.domain.services, key.reveal()).value().permissions;
  }
  void give_role(const OpenSkipWorld::Person& who, const std::string& role) {
    domain::AccountChange change;
    change.role = role;
    ASSERT_TRUE(domain::update_account(world.domain.services, who.account.id, change, std::nullopt,
                                       world.domain.origin));
  }
};

using Permissions = std::vector<std::string>;

TEST_F(OpenSkipApiKeys, CreatingAnswersTheObjectOfTheDocument) {
  const auto alice = world.person("alice");
  const auto response = world.post(kKeys, kDocumentsBody, alice.access);
  expect_openskip(
      response, 201,
      R"({"id":1,"key_prefix":"<key-start>","name":"My Plex Plugin","permissions":"submit","is_active":true,"created_at":"2027-01-15T08:00:00Z","api_key":"<key>"})");
  const auto body = json_of(response);
  EXPECT_TRUE(body["api_key"].asString().starts_with(body["key_prefix"].asString()));
  EXPECT_EQ(world.with_key("GET", kMe, domain::Secret(body["api_key"].asString())).status(), 200);
}

TEST_F(OpenSkipApiKeys, ListsThemNewestFirstWithoutTheirSecrets) {
  const auto alice = world.person("alice");
  expect_openskip(world.send("GET", kKeys, alice.access), 200, R"({"items":[],"total":0})");
  world.key(alice, "read");
  world.key(alice, "submit");
  world.key(world.person("bob"), "read");
  (void)world.key_of(alice.account.id);  // the native personal key is none of this dialect's
  expect_openskip(
      world.send("GET", kKeys, alice.access), 200,
      R"({"items":[{"id":2,"key_prefix":"<key-start>","name":"submit","permissions":"submit","is_active":true,"created_at":"2027-01-15T08:00:00Z"},)"
      R"({"id":1,"key_prefix":"<key-start>","name":"read","permissions":"read","is_active":true,"created_at":"2027-01-15T08:00:00Z"}],"total":2})");
}

TEST_F(OpenSkipApiKeys, SeveralMayHaveOneName) {
  const auto alice = world.person("alice");
  EXPECT_EQ(world.post(kKeys, kDocumentsBody, alice.access).status(), 201);
  EXPECT_EQ(world.post(kKeys, kDocumentsBody, alice.access).status(), 201);
}

TEST_F(OpenSkipApiKeys, R6ARevokedKeyRefusesAtOnceAndStaysInTheListAsInactive) {
  const auto alice = world.person("alice");
  const auto key = world.key(alice, "read");
  expect_openskip(drop(alice, "1"), 204, "");
  expect_openskip(world.with_key("GET", kMe, key.text), 401, R"({"detail":"Invalid API key"})");
  expect_openskip(
      world.send("GET", kKeys, alice.access), 200,
      R"({"items":[{"id":1,"key_prefix":"<key-start>","name":"read","permissions":"read","is_active":false,"created_at":"2027-01-15T08:00:00Z"}],"total":1})");
  expect_openskip(drop(alice, "1"), 404, kNoSuchKey);
}

TEST_F(OpenSkipApiKeys, AnotherUsersKeyIsAnsweredAsNone) {
  const auto alice = world.person("alice");
  const auto chief = world.person("chief", "admin");
  const auto key = world.key(alice, "read");
  expect_openskip(drop(chief, "1"), 404, kNoSuchKey);
  expect_openskip(drop(chief, "99"), 404, kNoSuchKey);
  expect_openskip(drop(chief, "99999999999999999999"), 404, kNoSuchKey);
  expect_openskip(drop(chief, "-1"), 404, kNoSuchKey);
  EXPECT_EQ(world.with_key("GET", kMe, key.text).status(), 200);
}

TEST_F(OpenSkipApiKeys, KeysOfOtherStylesAreNotItsToRevoke) {
  const auto alice = world.person("alice");
  const auto native = world.key_of(alice.account.id);
  expect_openskip(drop(alice, "1"), 404, kNoSuchKey);
  EXPECT_EQ(world.with_key("GET", kMe, native).status(), 200);
}

TEST_F(OpenSkipApiKeys, AnIdThatIsNoNumberIsAFaultOfThePath) {
  const auto alice = world.person("alice");
  expect_openskip(
      drop(alice, "abc"), 422,
      R"({"detail":[{"loc":["path","key_id"],"msg":"Input should be a valid integer, unable to parse string as an integer","type":"int_parsing"}]})");
}

TEST_F(OpenSkipApiKeys, TellsWhatIsWrongWithTheBody) {
  const auto alice = world.person("alice");
  expect_openskip(
      world.post(kKeys, "{}", alice.access), 422,
      R"({"detail":[{"loc":["body","name"],"msg":"Field required","type":"missing"},{"loc":["body","permissions"],"msg":"Field required","type":"missing"}]})");
  expect_openskip(
      world.post(kKeys, R"({"name":"n","permissions":["submit"]})", alice.access), 422,
      R"({"detail":[{"loc":["body","permissions"],"msg":"Input should be 'read', 'submit' or 'moderate'","type":"literal_error"}]})");
  expect_openskip(
      world.post(kKeys, R"({"name":"","permissions":"admin"})", alice.access), 422,
      R"({"detail":[{"loc":["body","name"],"msg":"String should have at least 1 character","type":"string_too_short"},)"
      R"({"loc":["body","permissions"],"msg":"Input should be 'read', 'submit' or 'moderate'","type":"literal_error"}]})");
  expect_openskip(
      world.post(kKeys, R"({"name":"a\nb","permissions":"read"})", alice.access), 422,
      R"({"detail":[{"loc":["body","name"],"msg":"Value error, invalid characters","type":"value_error"}]})");
}

TEST_F(OpenSkipApiKeys, AContributorCannotMakeAKeyThatModerates) {
  const auto alice = world.person("alice");
  expect_openskip(world.post(kKeys, R"({"name":"n","permissions":"moderate"})", alice.access), 403,
                  kNotEnough);
  const auto mod = world.person("mod", "moderator");
  EXPECT_EQ(world.post(kKeys, R"({"name":"n","permissions":"moderate"})", mod.access).status(),
            201);
}

TEST_F(OpenSkipApiKeys, AKeyHasItsLevelAndWhatTheOwnersRoleHasNow) {
  const auto mod = world.person("mod", "moderator");
  const auto read = made_by(mod, "read");
  const auto submit = made_by(mod, "submit");
  const auto moderate = made_by(mod, "moderate");
  EXPECT_EQ(power_of(read), Permissions({"read"}));
  EXPECT_EQ(power_of(submit), Permissions({"read", "submit"}));
  EXPECT_EQ(power_of(moderate), Permissions({"moderate", "read", "submit"}));
  give_role(mod, "contributor");
  EXPECT_EQ(power_of(moderate), Permissions({"read", "submit"}));
  EXPECT_EQ(power_of(read), Permissions({"read"}));
  give_role(mod, "moderator");
  EXPECT_EQ(power_of(moderate), Permissions({"moderate", "read", "submit"}));
}

TEST_F(OpenSkipApiKeys, NoKeyOfAnAdministratorAdministers) {
  const auto chief = world.person("chief", "admin");
  const auto key = made_by(chief, "moderate");
  EXPECT_EQ(power_of(key), Permissions({"moderate", "read", "submit"}));
  expect_openskip(world.with_key("GET", "/api/v1/admin/users", key), 403, kNotEnough);
}

TEST_F(OpenSkipApiKeys, ThereAreNoMoreThanTheSettingsAllow) {
  world.domain.settings.keys.per_account = 1;
  const auto alice = world.person("alice");
  EXPECT_EQ(world.post(kKeys, kDocumentsBody, alice.access).status(), 201);
  expect_openskip(world.post(kKeys, kDocumentsBody, alice.access), 400,
                  R"({"detail":"Too many API keys"})");
  EXPECT_EQ(drop(alice, "1").status(), 204);
  EXPECT_EQ(world.post(kKeys, kDocumentsBody, alice.access).status(), 201);
}

TEST_F(OpenSkipApiKeys, OneKeyRevokedByManyAtOnceEndsOnce) {
  const auto alice = world.person("alice");
  world.key(alice, "read");
  constexpr int kAtOnce = 8;
  std::vector<int> statuses(kAtOnce);
  std::vector<std::thread> threads;
  for (int i = 0; i < kAtOnce; ++i) {
    threads.emplace_back([&, i] {
      AnotherWorker worker(world.domain);
      handlers::Services services{worker.services, world.settings, world.shared};
      const auto request =
          with_bearer(test::request("DELETE", std::string(kKeys) + "/1"), alice.access);
      statuses[static_cast<std::size_t>(i)] = handlers::dispatch(request, services).status();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 204), 1);
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 404), kAtOnce - 1);
}

}  // namespace
}  // namespace postern::test

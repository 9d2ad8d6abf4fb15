#include <gtest/gtest.h>

#include "tests/support/openskip_world.hpp"

namespace postern::test {
namespace {

constexpr const char* kUsers = "/api/v1/admin/users";
constexpr const char* kInvites = "/api/v1/admin/invites";
constexpr const char* kNotEnough = R"({"detail":"Not enough permissions"})";
constexpr const char* kNotInteger =
    R"({"detail":[{"loc":["path","user_id"],"msg":"Input should be a valid integer, unable to parse string as an integer","type":"int_parsing"}]})";

std::string user(int id, const std::string& name, const std::string& role, bool active = true,
                 bool approved = true) {
  const auto word = [](bool value) { return value ? "true" : "false"; };
  return R"({"id":)" + std::to_string(id) + R"(,"username":")" + name + R"(","email":")" + name +
         R"(@example.org","role":")" + role + R"(","is_active":)" + word(active) +
         R"(,"is_approved":)" + word(approved) + R"(,"created_at":"2027-01-15T08:00:00Z"})";
}

struct OpenSkipAdmin : testing::Test {
  OpenSkipWorld world;
  OpenSkipWorld::Person chief = world.person("chief", "admin");

  void register_as(const std::string& name) {
    ASSERT_EQ(world.post("/api/v1/auth/register", world.register_body(name, world.invite().code))
                  .status(),
              201);
  }
  fcgi::Response approve(const std::string& id) {
    return world.send("POST", std::string(kUsers) + '/' + id + "/approve", chief.access);
  }
};

TEST_F(OpenSkipAdmin, ListsUsersOldestFirstAndByStatus) {
  register_as("waiting");
  world.domain.account("gone", "contributor");
  world.domain.database_server.sql(
      "update postern.account set is_active = false where username = 'gone'");
  const auto first = user(1, "chief", "admin");
  const auto second = user(2, "waiting", "contributor", true, false);
  const auto third = user(3, "gone", "contributor", false);
  const auto expect = [&](const std::string& query, const std::string& items, int total) {
    expect_openskip(world.send("GET", kUsers + query, chief.access), 200,
                    R"({"items":[)" + items + R"(],"total":)" + std::to_string(total) + "}");
  };
  expect("", first + "," + second + "," + third, 3);
  expect("?status=pending", second, 1);
  expect("?status=active", first, 1);
  expect("?status=disabled", third, 1);
  expect("?other=1", first + "," + second + "," + third, 3);
}

TEST_F(OpenSkipAdmin, AnUnknownStatusIsAFaultOfTheQuery) {
  for (const auto* query : {"?status=waiting", "?status=", "?status=%zz"}) {
    expect_openskip(
        world.send("GET", std::string(kUsers) + query, chief.access), 422,
        R"({"detail":[{"loc":["query","status"],"msg":"Input should be 'pending', 'active' or 'disabled'","type":"literal_error"}]})");
  }
}

TEST_F(OpenSkipAdmin, ApprovingLetsThemSignIn) {
  register_as("alice");
  EXPECT_EQ(world.post("/api/v1/auth/token", world.sign_in_body("alice")).status(), 403);
  expect_openskip(approve("2"), 200, user(2, "alice", "contributor"));
  EXPECT_EQ(world.post("/api/v1/auth/token", world.sign_in_body("alice")).status(), 200);
  expect_openskip(approve("2"), 200, user(2, "alice", "contributor"));
}

TEST_F(OpenSkipAdmin, ApprovingNobodyIsNotFound) {
  expect_openskip(approve("99"), 404, R"({"detail":"User not found"})");
  expect_openskip(approve("0"), 404, R"({"detail":"User not found"})");
  expect_openskip(approve("alice"), 422, kNotInteger);
}

TEST_F(OpenSkipAdmin, AnInvitationIsMadeWithoutABodyAsTheDocumentNeedsIt) {
  const auto response = world.post(kInvites, "", chief.access);
  expect_openskip(
      response, 201,
      R"({"id":"<uuid>","code_prefix":"<invite-start>","role":"contributor","max_uses":1,"uses":0,"status":"active","is_active":true,"created_at":"2027-01-15T08:00:00Z","expires_at":"2027-01-22T08:00:00Z","invite_code":"<invite>"})");
  const domain::Secret code(json_of(response)["invite_code"].asString());
  EXPECT_EQ(world.post("/api/v1/auth/register", world.register_body("alice", code)).status(), 201);
}

TEST_F(OpenSkipAdmin, AnInvitationHasTheRoleUsesAndEndThatWereAskedFor) {
  expect_openskip(
      world.post(kInvites, R"({"role":"moderator","max_uses":"5","expires_in_days":30})",
                 chief.access),
      201,
      R"({"id":"<uuid>","code_prefix":"<invite-start>","role":"moderator","max_uses":5,"uses":0,"status":"active","is_active":true,"created_at":"2027-01-15T08:00:00Z","expires_at":"2027-02-14T08:00:00Z","invite_code":"<invite>"})");
}

TEST_F(OpenSkipAdmin, InvitationsAreListedWithoutTheirCodes) {
  expect_openskip(world.send("GET", kInvites, chief.access), 200, R"({"items":[],"total":0})");
  register_as("alice");
  world.domain.clock.advance(std::chrono::seconds(1));
  world.post(kInvites, "", chief.access);
  expect_openskip(
      world.send("GET", kInvites, chief.access), 200,
      R"({"items":[{"id":"<uuid>","code_prefix":"<invite-start>","role":"contributor","max_uses":1,"uses":0,"status":"active","is_active":true,"created_at":"2027-01-15T08:00:01Z","expires_at":"2027-01-22T08:00:01Z"},)"
      R"({"id":"<uuid>","code_prefix":"<invite-start>","role":"contributor","max_uses":1,"uses":1,"status":"used_up","is_active":false,"created_at":"2027-01-15T08:00:00Z","expires_at":"2027-01-22T08:00:00Z"}],"total":2})");
}

TEST_F(OpenSkipAdmin, AnInvitationThatWasTakenBackIsGoodForNobody) {
  const auto invite = world.invite();
  const auto target = std::string(kInvites) + '/' + invite.invite.id.text();
  expect_openskip(world.send("DELETE", target, chief.access), 204, "");
  expect_openskip(world.send("DELETE", target, chief.access), 404,
                  R"({"detail":"Invite not found"})");
  expect_openskip(world.post("/api/v1/auth/register", world.register_body("alice", invite.code)),
                  400, R"({"detail":"Invalid invite code"})");
  expect_openskip(
      world.send("DELETE", std::string(kInvites) + "/7", chief.access), 422,
      R"({"detail":[{"loc":["path","invite_id"],"msg":"Input should be a valid UUID","type":"uuid_parsing"}]})");
}

TEST_F(OpenSkipAdmin, TellsWhatIsWrongWithAnInvitation) {
  expect_openskip(
      world.post(kInvites, R"({"max_uses":0,"expires_in_days":366})", chief.access), 422,
      R"({"detail":[{"loc":["body","max_uses"],"msg":"Input should be greater than or equal to 1","type":"greater_than_equal"},)"
      R"({"loc":["body","expires_in_days"],"msg":"Input should be less than or equal to 365","type":"less_than_equal"}]})");
  const auto unknown = world.post(kInvites, R"({"role":"nobody"})", chief.access);
  EXPECT_EQ(unknown.status(), 422);
  EXPECT_EQ(json_of(unknown)["detail"][0]["loc"][1].asString(), "role");
}

TEST_F(OpenSkipAdmin, ModeratorsAndContributorsAdministerNothing) {
  const auto mod = world.person("mod", "moderator");
  const auto alice = world.person("alice");
  for (const auto& who : {mod, alice}) {
    expect_openskip(world.send("GET", kUsers, who.access), 403, kNotEnough);
    expect_openskip(world.send("POST", std::string(kUsers) + "/1/approve", who.access), 403,
                    kNotEnough);
    expect_openskip(world.post(kInvites, "", who.access), 403, kNotEnough);
    expect_openskip(world.send("GET", kInvites, who.access), 403, kNotEnough);
  }
}

}  // namespace
}  // namespace postern::test

#include <gtest/gtest.h>

#include "tests/support/golden.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using domain::Secret;
using test::golden;
using test::json;
using test::json_of;

constexpr const char* kNobody = "0192f0c1-2b3c-7d4e-8f50-617283940a1b";

class NativeAdminAccounts : public testing::Test {
 protected:
  Response send(std::string_view method, const std::string& path) {
    return world_.send(method, "/auth/v1/admin/accounts" + path, chief_.access);
  }
  Response send(std::string_view method, const std::string& path, const std::string& body) {
    return world_.send(method, "/auth/v1/admin/accounts" + path, json(body), chief_.access);
  }
  Response change(domain::AccountId id, const std::string& body) {
    return send("PATCH", "/" + id.text(), body);
  }
  static std::string code_of(const Response& response) {
    return std::to_string(response.status()) + " " + json_of(response)["code"].asString();
  }
  static std::string first_fault(const Response& response) {
    const auto error = json_of(response)["errors"][0];
    return std::to_string(response.status()) + " " + error["path"].asString() + ":" +
           error["code"].asString();
  }
  std::string names(const std::string& query) {
    const auto response = send("GET", query);
    std::string text = std::to_string(response.status());
    const auto body = json_of(response);
    for (const auto& item : body["items"]) text += " " + item["username"].asString();
    return text;
  }
  int me(const Secret& credential) {
    return world_.send("GET", "/auth/v1/me", credential).status();
  }

  test::HandlerWorld world_;
  domain::Tokens chief_ = world_.signed_in("chief", "admin");
};

TEST_F(NativeAdminAccounts, ListsByStateAndByPartOfTheName) {
  const auto later = [&] { world_.domain.clock.advance(std::chrono::seconds(1)); };
  later();
  world_.domain.account("alice");
  later();
  send("POST", "", R"({"username":"waiting","is_approved":false})");
  later();
  send("POST", "", R"({"username":"barred","is_active":false})");
  EXPECT_EQ(names(""), "200 chief alice waiting barred");
  EXPECT_EQ(names("?status=pending"), "200 waiting");
  EXPECT_EQ(names("?status=disabled"), "200 barred");
  EXPECT_EQ(names("?status=active"), "200 chief alice");
  EXPECT_EQ(names("?q=AR"), "200 barred");
  EXPECT_EQ(names("?q=alice@"), "200 alice");
  EXPECT_EQ(names("?q=%25"), "200") << "no pattern of the database's";
  EXPECT_EQ(names("?limit=1"), "200 chief");
  EXPECT_EQ(first_fault(send("GET", "?status=gone")), "422 status:unknown");
  EXPECT_EQ(first_fault(send("GET", "?cursor=x")), "422 cursor:invalid");
}

TEST_F(NativeAdminAccounts, CreatesPeopleAndBots) {
  const auto person =
      send("POST", "",
           R"({"username":"alice","email":"a@example.org","password":"correct horse battery",)"
           R"("role":"streamer"})");
  EXPECT_EQ(
      golden(person),
      R"(201 {"created_at":"2027-01-15T08:00:00Z","email":"a@example.org",)"
      R"("email_verified":false,"id":"<uuid>","is_active":true,"is_approved":true,)"
      R"("is_bot":false,"last_login_at":null,)"
      R"("mfa":{"email_otp":false,"totp":false,"webauthn":false},"pending_email":null,"role":"streamer","username":"alice"})");
  EXPECT_EQ(world_.domain.login("alice").account.role, "streamer");
  const auto bot = send("POST", "", R"({"username":"bot","is_bot":true})");
  EXPECT_EQ(bot.status(), 201);
  EXPECT_TRUE(json_of(bot)["is_bot"].asBool());
}

TEST_F(NativeAdminAccounts, CreateRefuses) {
  EXPECT_EQ(first_fault(send("POST", "", "{}")), "422 username:required");
  EXPECT_EQ(first_fault(send("POST", "", R"({"username":"CHIEF"})")), "409 username:taken");
  EXPECT_EQ(first_fault(send("POST", "", R"({"username":"a","role":"king"})")), "422 role:unknown");
  EXPECT_EQ(first_fault(send("POST", "", R"({"username":"a","password":"short"})")),
            "422 password:too_short");
  EXPECT_EQ(first_fault(send("POST", "", R"({"username":"a","is_bot":"yes"})")),
            "422 is_bot:wrong_type");
  EXPECT_EQ(first_fault(send("POST", "", R"({"username":"a","number":7})")),
            "422 number:unknown_member");
}

TEST_F(NativeAdminAccounts, AKeyMakesAccountsButNoPasswords) {
  const auto key = world_.key_of(chief_.account.id);
  const auto create = [&](const char* body) {
    return world_.send("POST", "/auth/v1/admin/accounts", json(body), key);
  };
  EXPECT_EQ(create(R"({"username":"bot","is_bot":true})").status(), 201);
  EXPECT_EQ(code_of(create(R"({"username":"bob","password":"correct horse battery"})")),
            "403 session_required");
}

TEST_F(NativeAdminAccounts, ShowsOne) {
  const auto alice = world_.domain.account("alice");
  const auto response = send("GET", "/" + alice.id.text());
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(json_of(response)["username"].asString(), "alice");
  EXPECT_EQ(response.body().find("argon2"), std::string::npos);
}

TEST_F(NativeAdminAccounts, UnknownIdsAreNotFoundEverywhere) {
  const std::pair<const char*, const char*> routes[] = {{"GET", ""},
                                                        {"PATCH", ""},
                                                        {"DELETE", ""},
                                                        {"POST", "/approve"},
                                                        {"POST", "/sessions/revoke"},
                                                        {"POST", "/key"},
                                                        {"DELETE", "/key"}};
  for (const auto& [method, tail] : routes) {
    for (const std::string id : {kNobody, "1", "%27%22;--$$"}) {
      const auto response = method == std::string_view("PATCH")
                                ? send(method, "/" + id + tail, "{}")
                                : send(method, "/" + id + tail);
      EXPECT_EQ(code_of(response), "404 not_found") << method << " " << id << tail;
    }
  }
}

TEST_F(NativeAdminAccounts, RoleChangesHoldFromTheNextRequestOn) {
  const auto alice = world_.signed_in("alice");
  const auto list = [&] {
    return world_.send("GET", "/auth/v1/admin/accounts", alice.access).status();
  };
  EXPECT_EQ(list(), 403);
  EXPECT_EQ(json_of(change(alice.account.id, R"({"role":"admin"})"))["role"].asString(), "admin");
  EXPECT_EQ(list(), 200);
  EXPECT_EQ(change(alice.account.id, R"({"role":"member"})").status(), 200);
  EXPECT_EQ(list(), 403);
}

TEST_F(NativeAdminAccounts, R6DisablingEndsWhatTheAccountHolds) {
  const auto alice = world_.signed_in("alice");
  const auto key = world_.key_of(alice.account.id);
  EXPECT_EQ(change(alice.account.id, R"({"is_active":false})").status(), 200);
  EXPECT_EQ(me(alice.access), 401);
  EXPECT_EQ(me(key), 401);
  EXPECT_EQ(change(alice.account.id, R"({"is_active":true})").status(), 200);
  EXPECT_EQ(me(alice.access), 401) << "the session does not come back";
  EXPECT_EQ(me(key), 200);
}

TEST_F(NativeAdminAccounts, ChangesNothingElse) {
  const auto alice = world_.domain.account("alice");
  for (const auto* member : {"username", "email", "password", "id", "is_bot"}) {
    EXPECT_EQ(first_fault(change(alice.id, std::string(R"({")") + member + R"(":"x"})")),
              std::string("422 ") + member + ":unknown_member");
  }
  EXPECT_EQ(first_fault(change(alice.id, R"({"is_active":null})")), "422 is_active:wrong_type");
  EXPECT_EQ(first_fault(change(alice.id, R"({"role":"king"})")), "422 role:unknown");
}

TEST_F(NativeAdminAccounts, TheLastAdministratorStays) {
  EXPECT_EQ(code_of(change(chief_.account.id, R"({"role":"member"})")), "409 last_admin");
  EXPECT_EQ(code_of(change(chief_.account.id, R"({"is_active":false})")), "409 last_admin");
  EXPECT_EQ(code_of(send("DELETE", "/" + chief_.account.id.text())), "409 last_admin");
}

TEST_F(NativeAdminAccounts, RemovalTakesEverythingAlong) {
  const auto alice = world_.signed_in("alice");
  const auto key = world_.key_of(alice.account.id);
  EXPECT_EQ(golden(send("DELETE", "/" + alice.account.id.text())), "204");
  EXPECT_EQ(me(alice.access), 401);
  EXPECT_EQ(me(key), 401);
  world_.domain.account("alice");
  EXPECT_EQ(me(alice.access), 401) << "CVE-2026-55670: not for a namesake either";
}

TEST_F(NativeAdminAccounts, ApprovalLetsIn) {
  world_.domain.settings.registration.approval = true;
  const auto made = world_.send("POST", "/auth/v1/register",
                                json(R"({"username":"bob","password":"correct horse battery"})"));
  const auto approved = send("POST", "/" + json_of(made)["id"].asString() + "/approve");
  EXPECT_EQ(approved.status(), 200);
  EXPECT_TRUE(json_of(approved)["is_approved"].asBool());
  EXPECT_EQ(world_.domain.login("bob").account.username, "bob");
}

TEST_F(NativeAdminAccounts, EndsAllSessionsOfAnAccount) {
  const auto alice = world_.signed_in("alice");
  EXPECT_EQ(golden(send("POST", "/" + alice.account.id.text() + "/sessions/revoke")), "204");
  EXPECT_EQ(me(alice.access), 401);
  EXPECT_EQ(me(chief_.access), 200);
}

}  // namespace
}  // namespace postern::handlers

#include <gtest/gtest.h>

#include "tests/support/golden.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using test::golden;
using test::json;
using test::json_of;

class NativeAccount : public testing::Test {
 protected:
  Response patch(const std::string& body) {
    return world_.send("PATCH", "/auth/v1/me", json(body), alice_.access);
  }
  Response change_password(const std::string& body) {
    return world_.send("POST", "/auth/v1/me/password", json(body), alice_.access);
  }
  static std::string code_of(const Response& response) {
    return std::to_string(response.status()) + " " + json_of(response)["code"].asString();
  }
  static std::string first_fault(const Response& response) {
    const auto error = json_of(response)["errors"][0];
    return std::to_string(response.status()) + " " + error["path"].asString() + ":" +
           error["code"].asString();
  }
  int me(const domain::Secret& credential) {
    return world_.send("GET", "/auth/v1/me", credential).status();
  }

  test::HandlerWorld world_;
  domain::Tokens alice_ = world_.signed_in("alice");
};

TEST_F(NativeAccount, MeShowsTheAccountAndTheSession) {
  const auto response = world_.send("GET", "/auth/v1/me", alice_.access);
  EXPECT_EQ(
      golden(response),
      R"(200 {"created_at":"2027-01-15T08:00:00Z","email":"alice@example.org",)"
      R"("email_verified":false,"id":"<uuid>","is_active":true,"is_approved":true,)"
      R"("is_bot":false,"last_login_at":"2027-01-15T08:00:00Z",)"
      R"("mfa":{"email_otp":false,"totp":false,"webauthn":false},)"
      R"("pending_email":null,"principal":{"credential":{"expires_at":"2027-01-15T08:10:00Z","id":"<uuid>",)"
      R"("kind":"access_token"},"permissions":["posts.compose","posts.read"]},"role":"member","username":"alice"})");
  const auto body = json_of(response);
  EXPECT_EQ(body["id"].asString(), alice_.account.id.text());
  EXPECT_EQ(body["principal"]["credential"]["id"].asString(), alice_.session.text());
  EXPECT_EQ(response.log_account, alice_.account.id.text());
}

TEST_F(NativeAccount, MeShowsTheKeyAndItsPermissions) {
  const auto guide = world_.domain.account("guide", "moderator");
  const auto response = world_.send("GET", "/auth/v1/me", world_.key_of(guide.id));
  EXPECT_EQ(
      test::without_chance(json_of(response)["principal"].toStyledString()),
      test::without_chance(json(R"({"credential":{"expires_at":null,"id":"<uuid>",)"
                                R"("kind":"api_key"},"permissions":["moderate","read","submit"]})")
                               .toStyledString()));
}

TEST_F(NativeAccount, MeAnswersHead) {
  EXPECT_EQ(world_.send("HEAD", "/auth/v1/me", alice_.access).status(), 200);
  EXPECT_EQ(world_.send("HEAD", "/auth/v1/me").status(), 401);
}

TEST_F(NativeAccount, NameAndAddressChangeWithThePassword) {
  const auto response = patch(R"({"username":"Alice2","email":"a2@example.org",)"
                              R"("current_password":"correct horse battery"})");
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(json_of(response)["username"].asString(), "Alice2");
  EXPECT_EQ(json_of(response)["email"].asString(), "a2@example.org");
  EXPECT_EQ(me(alice_.access), 200) << "the session goes on";
}

TEST_F(NativeAccount, NullRemovesTheAddress) {
  const auto response = patch(R"({"email":null,"current_password":"correct horse battery"})");
  EXPECT_EQ(response.status(), 200);
  EXPECT_TRUE(json_of(response)["email"].isNull());
}

TEST_F(NativeAccount, NothingChangesWithoutThePassword) {
  EXPECT_EQ(first_fault(patch(R"({"email":"a2@example.org"})")), "422 current_password:required");
  EXPECT_EQ(code_of(patch(R"({"email":"a2@example.org","current_password":"wrong"})")),
            "401 invalid_credentials");
  EXPECT_EQ(code_of(patch(R"({"email":"a2@example.org","current_password":""})")),
            "401 invalid_credentials");
  EXPECT_EQ(json_of(world_.send("GET", "/auth/v1/me", alice_.access))["email"].asString(),
            "alice@example.org");
}

TEST_F(NativeAccount, ChangingNothingAsksForNothing) {
  EXPECT_EQ(patch("{}").status(), 200);
  EXPECT_EQ(patch(R"({"current_password":"ignored"})").status(), 200);
}

// CVE-2025-61928: whose account it is, the credential says.
TEST_F(NativeAccount, B7n22MembersThatWouldChooseTheAccountOrItsRightsAreUnknown) {
  const auto carol = world_.domain.account("carol");
  for (const auto* member : {"id", "role", "is_active", "is_approved", "account_id", "user_id"}) {
    auto body = json(R"({"current_password":"correct horse battery"})");
    body[member] = carol.id.text();
    EXPECT_EQ(first_fault(world_.send("PATCH", "/auth/v1/me", body, alice_.access)),
              std::string("422 ") + member + ":unknown_member");
  }
}

TEST_F(NativeAccount, RefusesInvalidAndTakenValues) {
  world_.domain.account("carol");
  EXPECT_EQ(
      first_fault(patch(R"({"username":"Carol","current_password":"correct horse battery"})")),
      "409 username:taken");
  EXPECT_EQ(first_fault(patch(
                R"({"email":"a@evil.com@good.com","current_password":"correct horse battery"})")),
            "422 email:invalid");
  EXPECT_EQ(first_fault(patch(R"({"username":null,"current_password":"correct horse battery"})")),
            "422 username:wrong_type");
}

TEST_F(NativeAccount, B7n12PasswordChangeEndsEveryOtherSession) {
  const auto elsewhere = world_.domain.login("alice");
  const auto response = change_password(
      R"({"current_password":"correct horse battery","new_password":"another horse entirely"})");
  EXPECT_EQ(golden(response), "204");
  EXPECT_EQ(me(alice_.access), 200);
  EXPECT_EQ(me(elsewhere.access), 401);
  EXPECT_EQ(code_of(world_.send("POST", "/auth/v1/login",
                                json(R"({"login":"alice","password":"correct horse battery"})"))),
            "401 invalid_credentials");
  EXPECT_EQ(world_
                .send("POST", "/auth/v1/login",
                      json(R"({"login":"alice","password":"another horse entirely"})"))
                .status(),
            200);
}

TEST_F(NativeAccount, PasswordChangeRefuses) {
  EXPECT_EQ(code_of(change_password(
                R"({"current_password":"wrong","new_password":"another horse entirely"})")),
            "401 invalid_credentials");
  EXPECT_EQ(first_fault(change_password(
                R"({"current_password":"correct horse battery","new_password":"short"})")),
            "422 new_password:too_short");
  EXPECT_EQ(first_fault(change_password(R"({"new_password":"another horse entirely"})")),
            "422 current_password:required");
}

// CVE-2026-9798: one limit for every place that checks a password.
TEST_F(NativeAccount, B7n32WrongPasswordsHereCountAgainstLogin) {
  world_.domain.settings.login_limit.per_account = 2;
  const auto* wrong = R"({"email":"x@example.org","current_password":"wrong horse battery"})";
  EXPECT_EQ(code_of(patch(wrong)), "401 invalid_credentials");
  EXPECT_EQ(code_of(patch(wrong)), "401 invalid_credentials");
  const auto limited = patch(wrong);
  EXPECT_EQ(code_of(limited), "429 too_many_attempts");
  EXPECT_FALSE(limited.get("Retry-After").empty());
}

}  // namespace
}  // namespace postern::handlers

#include <gtest/gtest.h>

#include "tests/support/golden.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using test::golden;
using test::json;
using test::json_of;

class NativeAdminInvites : public testing::Test {
 protected:
  NativeAdminInvites() {
    world_.domain.settings.registration.mode = domain::RegistrationMode::Invite;
  }
  Response send(std::string_view method, const std::string& more = "") {
    return world_.send(method, "/auth/v1/admin/invites" + more, chief_.access);
  }
  Response create(std::string_view body) {
    return world_.send("POST", "/auth/v1/admin/invites", json(body), chief_.access);
  }
  Response register_with(const std::string& username, const Json::Value& code) {
    auto body = json(R"({"password":"correct horse battery"})");
    body["username"] = username;
    body["invite_code"] = code;
    return world_.send("POST", "/auth/v1/register", body);
  }
  static std::string code_of(const Response& response) {
    return json_of(response)["code"].asString();
  }
  static std::string fault(const Response& response) {
    const auto error = json_of(response)["errors"][0];
    return error["path"].asString() + ":" + error["code"].asString();
  }

  test::HandlerWorld world_;
  domain::Tokens chief_ = world_.signed_in("chief", "admin");
};

TEST_F(NativeAdminInvites, TheCodeIsShownOnceAndLetsIn) {
  const auto made = create(R"({"role":"moderator","max_uses":2,"expires_in_days":3})");
  EXPECT_EQ(golden(made), R"(201 {"code":"<invite>","code_prefix":"<invite-start>",)"
                          R"("created_at":"2027-01-15T08:00:00Z","created_by":"<uuid>",)"
                          R"("expires_at":"2027-01-18T08:00:00Z","id":"<uuid>","max_uses":2,)"
                          R"("revoked_at":null,"role":"moderator","status":"active","uses":0})");
  EXPECT_EQ(json_of(made)["code_prefix"].asString(), code_of(made).substr(0, 8));
  EXPECT_EQ(json_of(made)["created_by"].asString(), chief_.account.id.text());

  const auto registered = register_with("ann", code_of(made));
  EXPECT_EQ(registered.status(), 201);
  EXPECT_EQ(json_of(registered)["role"].asString(), "moderator");
  const auto listed = send("GET");
  EXPECT_EQ(json_of(listed)["items"][0]["uses"].asInt(), 1);
  EXPECT_EQ(listed.body().find(code_of(made).substr(8)), std::string::npos);
}

TEST_F(NativeAdminInvites, HasDefaults) {
  const auto body = json_of(create("{}"));
  EXPECT_EQ(body["role"].asString(), "member");
  EXPECT_EQ(body["max_uses"].asInt(), 1);
  EXPECT_EQ(body["expires_at"].asString(), "2027-01-22T08:00:00Z");
}

TEST_F(NativeAdminInvites, RegisteringSaysWhatIsMissing) {
  const auto code = [](const Response& response) {
    return std::to_string(response.status()) + " " + json_of(response)["code"].asString();
  };
  EXPECT_EQ(code(register_with("ann", Json::Value())), "403 invite_required");
  EXPECT_EQ(code(register_with("ann", "")), "403 invite_required");
  EXPECT_EQ(code(register_with("ann", "inv_nonsense")), "403 invite_invalid");
  world_.domain.settings.registration.mode = domain::RegistrationMode::Closed;
  EXPECT_EQ(code(register_with("ann", code_of(create("{}")))), "403 registration_closed");
}

TEST_F(NativeAdminInvites, RegisteringByAFormTakesTheCodeToo) {
  const auto response = world_.send(test::raw_request(
      "POST", "/auth/v1/register", "application/x-www-form-urlencoded",
      "username=ann&password=correct+horse+battery&invite_code=" + code_of(create("{}"))));
  EXPECT_EQ(response.status(), 201);
}

TEST_F(NativeAdminInvites, TakenBackItIsRefused) {
  const auto made = create(R"({"max_uses":5})");
  const auto path = "/" + json_of(made)["id"].asString();
  EXPECT_EQ(golden(send("DELETE", path)), "204");
  EXPECT_EQ(send("DELETE", path).status(), 404);
  EXPECT_EQ(send("DELETE", "/nonsense").status(), 404);
  EXPECT_EQ(register_with("ann", code_of(made)).status(), 403);
  EXPECT_EQ(json_of(send("GET"))["items"][0]["status"].asString(), "revoked");
}

TEST_F(NativeAdminInvites, SaysWhatIsWrong) {
  EXPECT_EQ(fault(create(R"({"max_uses":0})")), "max_uses:out_of_range");
  EXPECT_EQ(fault(create(R"({"max_uses":10001})")), "max_uses:out_of_range");
  EXPECT_EQ(fault(create(R"({"expires_in_days":366})")), "expires_in_days:out_of_range");
  EXPECT_EQ(fault(create(R"({"role":"emperor"})")), "role:unknown");
  EXPECT_EQ(fault(create(R"({"email":"nonsense"})")), "email:invalid");
  EXPECT_EQ(fault(create(R"({"uses":1})")), "uses:unknown_member");
  EXPECT_EQ(json_of(send("GET"))["items"].size(), 0U);
}

// Invitations are credentials: a key neither makes nor ends them.
TEST_F(NativeAdminInvites, B7AKeyMayOnlyLook) {
  const auto key = world_.key_of(chief_.account.id);
  EXPECT_EQ(world_.send("GET", "/auth/v1/admin/invites", key).status(), 200);
  EXPECT_EQ(world_.send("POST", "/auth/v1/admin/invites", json("{}"), key).status(), 403);
}

// Confirmed addresses -----------------------------------------------------------------------------

class NativeConfirmedRegistration : public testing::Test {
 protected:
  NativeConfirmedRegistration() {
    world_.domain.settings.mail.enabled = true;
    world_.domain.settings.registration.verify_email = true;
  }
  Response register_as(const std::string& username, const std::string& email) {
    auto body = json(R"({"password":"correct horse battery"})");
    body["username"] = username;
    body["email"] = email;
    return world_.send("POST", "/auth/v1/register", body);
  }

  test::HandlerWorld world_;
};

// The same bytes but for ids, times and what the visitor himself sent.
TEST_F(NativeConfirmedRegistration, R8NobodyLearnsWhoseAddressItIs) {
  world_.domain.account("owner");
  const auto expected = [](const std::string& username, const std::string& email) {
    return R"(201 {"created_at":"2027-01-15T08:00:00Z","email":")" + email +
           R"(","email_verified":false,"id":"<uuid>","is_active":true,"is_approved":false,)"
           R"("is_bot":false,"last_login_at":null,)"
           R"("mfa":{"email_otp":false,"totp":false,"webauthn":false},"pending_email":")" +
           email + R"(","role":"member","username":")" + username + "\"}";
  };
  EXPECT_EQ(golden(register_as("ann", "owner@example.org")), expected("ann", "owner@example.org"));
  EXPECT_EQ(golden(register_as("bob", "nobody@example.org")),
            expected("bob", "nobody@example.org"));
  EXPECT_EQ(register_as("ANN", "other@example.org").status(), 409) << "usernames are public";
  EXPECT_EQ(register_as("owner@example.org", "other@example.org").status(), 422);
}

TEST_F(NativeConfirmedRegistration, OnesOwnNewAddressWaits) {
  const auto ann = world_.signed_in("ann");
  const auto changed =
      world_.send("PATCH", "/auth/v1/me",
                  json(R"({"email":"new@example.org","current_password":"correct horse battery"})"),
                  ann.access);
  EXPECT_EQ(changed.status(), 200);
  EXPECT_EQ(json_of(changed)["email"].asString(), "ann@example.org");
  EXPECT_EQ(json_of(changed)["pending_email"].asString(), "new@example.org");
}

}  // namespace
}  // namespace postern::handlers

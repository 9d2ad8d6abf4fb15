#include <gtest/gtest.h>

#include "handlers/object_text.hpp"
#include "tests/support/kitsu_world.hpp"
#include "tests/support/security_key.hpp"

namespace postern::test {
namespace {

using domain::Secret;
using handlers::ObjectText;

constexpr const char* kFido = "/api/auth/fido";
constexpr const char* kWrongLogin = R"({"error":true,"login":false,"wrong_OTP":true})";

/// Security keys as Kitsu's pages use them.
class KitsuFido : public testing::Test {
 protected:
  Ceremony registration() {
    return {json_of(world.put(kFido, "", ann.access))["challenge"].asString()};
  }
  fcgi::Response send_registration(const Ceremony& ceremony, const std::string& name = "blue") {
    return world.post(kFido,
                      ObjectText()
                          .raw("registration_response", credential_json(key.create(ceremony)))
                          .text("device_name", name)
                          .finish(),
                      ann.access);
  }
  Json::Value enrol() {
    const auto answer = send_registration(registration());
    EXPECT_EQ(answer.status(), 200) << answer.body();
    ann.access = Secret(json_of(answer)["access_token"].asString());
    ann.refresh = Secret(json_of(answer)["refresh_token"].asString());
    return json_of(answer);
  }
  Ceremony proof() {
    return {json_of(world.get(std::string(kFido) + "?email=ann%40example.org"))["challenge"]
                .asString()};
  }
  static std::string with_assertion(const std::string& assertion, const std::string& name = {}) {
    ObjectText body;
    if (!name.empty()) body.text("device_name", name);
    return body.raw("fido_authentication_response", assertion).finish();
  }
  fcgi::Response log_in(const std::string& assertion) {
    return world.post(KitsuWorld::kLogin, ObjectText()
                                              .text("email", "ann@example.org")
                                              .text("password", DomainWorld::kPassword)
                                              .raw("totp", "null")
                                              .raw("fido_authentication_response", assertion)
                                              .finish());
  }
  fcgi::Response remove(const std::string& body) {
    return world.send_json("DELETE", kFido, body, ann.access);
  }

  KitsuWorld world;
  KitsuWorld::Person ann = world.person();
  SecurityKey key;
};

TEST_F(KitsuFido, AKeyIsRegisteredAndOpensTheDoor) {
  const auto told = enrol();
  EXPECT_EQ(told["otp_recovery_codes"].size(), 16U);
  EXPECT_EQ(told["otp_recovery_codes"][0].asString().size(), 10U);
  EXPECT_EQ(world.status_with(ann.access), 200);
  const auto user = json_of(world.get(KitsuWorld::kMe, ann.access))["user"];
  EXPECT_EQ(user["fido_enabled"], true);
  EXPECT_EQ(user["fido_devices"], json(R"(["blue"])"));
  EXPECT_EQ(user["preferred_two_factor_authentication"], "fido");
  expect_kitsu(world.post(KitsuWorld::kLogin, KitsuWorld::login_body("ann@example.org")), 400,
               R"({"error":true,"login":false,"missing_OTP":true,)"
               R"("preferred_two_factor_authentication":"fido",)"
               R"("two_factor_authentication_enabled":["fido","recovery_code"]})");
  const auto in = log_in(credential_json(key.get(proof())));
  EXPECT_EQ(in.status(), 200) << in.body();
  EXPECT_TRUE(json_of(in)["login"].asBool());
}

TEST_F(KitsuFido, TheOptionsAreThoseOfABrowserAtTheTopLevel) {
  const auto options = json_of(world.put(kFido, "", ann.access));
  EXPECT_EQ(options["rp"]["id"], "127.0.0.1");
  EXPECT_EQ(options["user"]["id"], domain::base64url_encode(domain::as_bytes(ann.id())));
  EXPECT_FALSE(options["user"]["displayName"].asString().empty());
  enrol();
  const auto request = json_of(world.get(std::string(kFido) + "?email=ann"));
  EXPECT_EQ(request["rpId"], "127.0.0.1");
  EXPECT_EQ(request["allowCredentials"][0]["id"], domain::base64url_encode(key.id));
  EXPECT_EQ(json_of(world.put(kFido, "", ann.access))["excludeCredentials"][0]["id"],
            domain::base64url_encode(key.id));
}

TEST_F(KitsuFido, BrowsersGetTheNewTokensAsCookies) {
  const auto ceremony = registration();
  const auto body = ObjectText()
                        .raw("registration_response", credential_json(key.create(ceremony)))
                        .text("device_name", "blue")
                        .finish();
  auto made = with_bearer(raw_request("POST", kFido, "application/json", body), ann.access);
  const auto answer = world.send(by_browser(std::move(made)));
  ASSERT_EQ(answer.status(), 200) << answer.body();
  std::string text;
  for (const auto& [name, value] : answer.headers()) text += name + ": " + value + "\n";
  const auto token = json_of(answer)["access_token"].asString();
  EXPECT_NE(text.find("Set-Cookie: access_token_cookie=" + token), std::string::npos) << text;
  EXPECT_NE(text.find("Set-Cookie: refresh_token_cookie="), std::string::npos) << text;
}

TEST_F(KitsuFido, WhatARegistrationLacksIsSaid) {
  expect_validation_error(world.post(kFido, R"({"device_name":"blue"})", ann.access),
                          "registration_response");
  expect_validation_error(
      world.post(kFido, R"({"registration_response":"text","device_name":"blue"})", ann.access),
      "registration_response");
  expect_validation_error(world.post(kFido, R"({"registration_response":{}})", ann.access),
                          "device_name");
  expect_refusal(
      world.post(kFido, R"({"registration_response":{},"device_name":"blue"})", ann.access), 400,
      "FIDO registration failed: malformed.", false);
}

TEST_F(KitsuFido, ARegistrationThatDoesNotHoldIsRefusedWithItsReason) {
  auto ceremony = registration();
  ceremony.origin = "https://elsewhere.example";
  expect_refusal(send_registration(ceremony), 400, "FIDO registration failed: wrong_origin.",
                 false);
  ceremony = registration();
  ceremony.rp_id = "elsewhere.example";
  expect_refusal(send_registration(ceremony), 400, "FIDO registration failed: wrong_rp.", false);
  expect_refusal(send_registration({"AAAA"}), 400, "No preregistration before.", false);
  expect_refusal(send_registration(registration(), std::string(101, 'n')), 400,
                 "Device name is not valid.", false);
  EXPECT_EQ(send_registration(registration()).status(), 200) << "none of them did any harm";
}

TEST_F(KitsuFido, AKeyAndANameAreRegisteredOnce) {
  enrol();
  expect_refusal(send_registration(registration(), "green"), 400,
                 "This device is already registered.", false);
  key = SecurityKey();
  expect_refusal(send_registration(registration(), "blue"), 400, "Device name already in use.",
                 false);
  world.domain.settings.webauthn.per_account = 1;
  expect_refusal(world.put(kFido, "", ann.access), 400, "Too many devices are registered.", false);
  world.domain.settings.webauthn.per_account = 2;
  const auto told = json_of(send_registration(registration(), "green"));
  EXPECT_TRUE(told["otp_recovery_codes"].isNull());
}

TEST_F(KitsuFido, AWrongAssertionIsAWrongProofAndNoFaultOfTheRequest) {
  enrol();
  auto elsewhere = proof();
  elsewhere.origin = "https://elsewhere.example";
  expect_kitsu(log_in(credential_json(key.get(elsewhere))), 400, kWrongLogin);
  expect_kitsu(log_in(credential_json(key.get({"AAAA"}))), 400, kWrongLogin);
  expect_kitsu(log_in("{}"), 400, kWrongLogin);
  expect_kitsu(log_in(R"({"rawId":7,"response":[]})"), 400, kWrongLogin);
  const auto once = credential_json(key.get(proof()));
  EXPECT_EQ(log_in(once).status(), 200);
  expect_kitsu(log_in(once), 400, kWrongLogin);
  key.sign_count = 0;
  expect_kitsu(log_in(credential_json(key.get(proof()))), 400, kWrongLogin);
}

TEST_F(KitsuFido, ThePagesOddUserHandleIsPassedOver) {
  enrol();
  auto sent = credential_json(key.get(proof()));
  const std::string null_handle = R"("userHandle":null)";
  sent.replace(sent.find(null_handle), null_handle.size(), R"("userHandle":{})");
  EXPECT_EQ(log_in(sent).status(), 200);
}

TEST_F(KitsuFido, AKeyIsTakenAwayWithAProof) {
  expect_refusal(remove(R"({"device_name":"blue","totp":"123456"})"), 400, "FIDO not enabled.",
                 false);
  const auto codes = enrol()["otp_recovery_codes"];
  expect_validation_error(remove(R"({"totp":"123456"})"), "device_name");
  constexpr const char* kWrong = R"({"error":true,"message":"Wrong OTP.","wrong_OTP":true})";
  expect_kitsu(remove(R"({"device_name":"blue"})"), 400, kWrong);
  expect_kitsu(remove(R"({"device_name":"blue","totp":"123456"})"), 400, kWrong);
  expect_refusal(remove(R"({"device_name":"red","totp":"123456"})"), 400, "FIDO not enabled.",
                 false);
  expect_kitsu(remove(with_assertion(credential_json(key.get(proof())), "blue")), 200,
               R"({"success":true})");
  EXPECT_EQ(world.post(KitsuWorld::kLogin, KitsuWorld::login_body("ann@example.org")).status(),
            200);
  expect_refusal(world.get(std::string(kFido) + "?email=ann"), 400, "FIDO not enabled.", false);
}

TEST_F(KitsuFido, ARecoveryCodeIsAProofOfAnySecondFactor) {
  const auto codes = enrol()["otp_recovery_codes"];
  expect_kitsu(remove(ObjectText()
                          .text("device_name", "blue")
                          .text("recovery_code", codes[3].asString())
                          .finish()),
               200, R"({"success":true})");
}

TEST_F(KitsuFido, AKeyProvesWhoAsksForNewRecoveryCodes) {
  const auto before = enrol()["otp_recovery_codes"];
  const auto made = json_of(world.put("/api/auth/recovery-codes",
                                      with_assertion(credential_json(key.get(proof()))),
                                      ann.access))["otp_recovery_codes"];
  ASSERT_EQ(made.size(), 16U);
  EXPECT_NE(made, before);
}

TEST_F(KitsuFido, ThePasswordThatCannotStandAloneKeepsTheLastFactor) {
  enrol();
  world.domain.database_server.sql(
      "update postern.account set password_needs_mfa = true where username = 'ann' returning 1");
  expect_refusal(remove(with_assertion(credential_json(key.get(proof())), "blue")), 400,
                 "Password is too short.", false);
}

TEST_F(KitsuFido, WithoutMailCodesByMailAreNotSetUp) {
  expect_refusal(world.put("/api/auth/email-otp", "", ann.access), 400,
                 "OTP by email is not available: no mail server is configured.", false);
}

TEST_F(KitsuFido, OtherDoorsAskForWhatTheyCanTake) {
  const auto codes = enrol()["otp_recovery_codes"];
  const auto log_in_natively = [&](const std::string& more) {
    return world.send("POST", "/auth/v1/login",
                      json(R"({"login":"ann","password":")" + std::string(DomainWorld::kPassword) +
                           "\"" + more + "}"));
  };
  const auto asked = log_in_natively("");
  EXPECT_EQ(asked.status(), 401);
  EXPECT_EQ(json_of(asked)["code"], "mfa_required");
  EXPECT_EQ(json_of(asked)["methods"], json(R"(["recovery_code"])"));
  const auto in = log_in_natively(R"(,"recovery_code":")" + codes[0].asString() + "\"");
  ASSERT_EQ(in.status(), 200) << in.body();
  const Secret token(json_of(in)["access_token"].asString());
  EXPECT_EQ(json_of(world.send("GET", "/auth/v1/mfa", token)),
            json(R"({"email_otp":false,"recovery_codes_left":15,"totp":false,"webauthn":true})"));
  EXPECT_EQ(json_of(world.send("GET", "/auth/v1/me", token))["mfa"]["webauthn"], true);
}

}  // namespace
}  // namespace postern::test

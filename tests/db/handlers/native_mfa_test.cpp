#include <gtest/gtest.h>

#include <optional>
#include <regex>

#include "handlers/qr_svg.hpp"
#include "tests/support/authenticator.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using domain::seconds;
using domain::Secret;
using test::Authenticator;
using test::DomainWorld;
using test::golden;
using test::json;
using test::json_of;

class NativeMfa : public testing::Test {
 protected:
  Response call(std::string_view method, const std::string& path, const std::string& body) {
    return world_.send(method, "/auth/v1/" + path, json(body), access_);
  }
  Response call(std::string_view method, const std::string& path) {
    return world_.send(method, "/auth/v1/" + path, access_);
  }
  Response log_in(const std::string& more) {
    return world_.send("POST", "/auth/v1/login",
                       json(R"({"login":"alice","password":"correct horse battery")" + more + "}"));
  }
  /// An answer but for its texts: status, code, and the faults.
  static std::string outcome(const Response& response) {
    const auto body = json_of(response);
    std::string text = std::to_string(response.status()) + " " + body["code"].asString();
    for (const auto& fault : body["errors"]) {
      text += " " + fault["path"].asString() + ":" + fault["code"].asString();
    }
    return text;
  }
  Authenticator start() {
    return Authenticator(Secret(json_of(call("POST", "mfa/totp"))["secret"].asString()));
  }
  std::string member(const std::string& name, const Secret& value) {
    return "{\"" + name + "\":\"" + std::string(value.reveal()) + "\"}";
  }
  std::string code_of(const Authenticator& app) {
    return member("code", app.code(world_.domain.clock.now()));
  }
  /// In force, with the code of now unspent; the recovery codes.
  std::vector<std::string> enrol() {
    app_.emplace(start());
    const auto answer = json_of(call("POST", "mfa/totp/confirm", code_of(*app_)));
    std::vector<std::string> codes;
    for (const auto& code : answer["recovery_codes"]) codes.push_back(code.asString());
    world_.domain.clock.advance(seconds(30));
    return codes;
  }
  std::string otp() {
    return R"(,"otp":")" + std::string(app_->code(world_.domain.clock.now()).reveal()) + '"';
  }

  test::HandlerWorld world_;
  Secret access_ = world_.signed_in("alice").access;
  std::optional<Authenticator> app_;
};

TEST_F(NativeMfa, AtFirstThereIsNone) {
  EXPECT_EQ(golden(call("GET", "mfa")),
            R"(200 {"email_otp":false,"recovery_codes_left":0,"totp":false,"webauthn":false})");
  EXPECT_EQ(outcome(call("DELETE", "mfa/totp", R"({"code":"123456"})")), "409 not_enabled");
  EXPECT_EQ(outcome(call("POST", "mfa/recovery-codes", R"({"code":"123456"})")), "409 not_enabled");
  EXPECT_EQ(outcome(call("POST", "mfa/totp/confirm", R"({"code":"123456"})")), "409 not_enabled");
}

TEST_F(NativeMfa, StartingAnswersTheSecretInThreeForms) {
  const auto response = call("POST", "mfa/totp");
  EXPECT_EQ(response.status(), 201);
  const auto body = json_of(response);
  EXPECT_EQ(body.getMemberNames(), (std::vector<std::string>{"otpauth_uri", "qr_svg", "secret"}));
  const std::string secret = body["secret"].asString();
  EXPECT_TRUE(std::regex_match(secret, std::regex("[A-Z2-7]{32}")));
  EXPECT_EQ(body["otpauth_uri"].asString(),
            "otpauth://totp/Postern:alice?secret=" + secret + "&issuer=Postern");
  EXPECT_EQ(body["qr_svg"].asString(), qr_svg(body["otpauth_uri"].asString()));
  EXPECT_EQ(response.get("Cache-Control"), "no-store");
  EXPECT_EQ(golden(call("GET", "mfa")),
            R"(200 {"email_otp":false,"recovery_codes_left":0,"totp":false,"webauthn":false})");
}

TEST_F(NativeMfa, LongAfterTheSignInStartingTakesThePassword) {
  world_.domain.clock.advance(domain::minutes(9));
  EXPECT_EQ(outcome(call("POST", "mfa/totp")), "403 reauthentication_required");
  EXPECT_EQ(outcome(call("POST", "mfa/totp", R"({"current_password":null})")),
            "403 reauthentication_required");
  EXPECT_EQ(outcome(call("POST", "mfa/totp", R"({"current_password":"wrong password, this"})")),
            "401 invalid_credentials");
  EXPECT_EQ(call("POST", "mfa/totp", R"({"current_password":"correct horse battery"})").status(),
            201);
}

TEST_F(NativeMfa, ConfirmingAnswersTheRecoveryCodesOnce) {
  const auto app = start();
  const auto response = call("POST", "mfa/totp/confirm", code_of(app));
  EXPECT_TRUE(std::regex_match(
      golden(response),
      std::regex(
          R"re(200 \{"recovery_codes":\[("[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}",?){10}\]\})re")))
      << response.body();
  EXPECT_EQ(golden(call("GET", "mfa")),
            R"(200 {"email_otp":false,"recovery_codes_left":10,"totp":true,"webauthn":false})");
  EXPECT_EQ(json_of(call("GET", "me"))["mfa"]["totp"].asBool(), true);
  EXPECT_EQ(outcome(call("POST", "mfa/totp")), "409 already_enabled");
  EXPECT_EQ(outcome(call("POST", "mfa/totp/confirm", code_of(app))), "409 already_enabled");
}

TEST_F(NativeMfa, ConfirmingRefuses) {
  const auto app = start();
  EXPECT_EQ(outcome(call("POST", "mfa/totp/confirm", "{}")), "422 invalid_input code:required");
  EXPECT_EQ(outcome(call("POST", "mfa/totp/confirm", R"({"code":123456})")),
            "422 invalid_input code:wrong_type");
  EXPECT_EQ(outcome(call("POST", "mfa/totp/confirm",
                         member("code", app.wrong_code(world_.domain.clock.now())))),
            "401 mfa_invalid");
}

TEST_F(NativeMfa, TheLoginAsksForTheFactorAndSaysWhichThereAre) {
  enrol();
  EXPECT_EQ(golden(log_in("")),
            R"(401 {"code":"mfa_required","detail":"A second factor is needed",)"
            R"("methods":["totp","recovery_code"],"request_id":"<request>","status":401,)"
            R"("title":"A second factor is needed","type":"/auth/v1/problems/mfa_required"})");
  EXPECT_EQ(golden(log_in(R"(,"otp":"12345")")),
            R"(401 {"code":"mfa_invalid","detail":"The second factor is not valid",)"
            R"("request_id":"<request>","status":401,)"
            R"("title":"The second factor is not valid","type":"/auth/v1/problems/mfa_invalid"})");
  EXPECT_EQ(outcome(log_in(R"(,"otp":123456)")), "422 invalid_input otp:wrong_type");
  EXPECT_EQ(outcome(log_in(R"(,"otp":null,"recovery_code":null)")), "401 mfa_required");
}

TEST_F(NativeMfa, TheLoginTakesACodeOnce) {
  enrol();
  const std::string now = otp();
  EXPECT_EQ(log_in(now).status(), 200);
  EXPECT_EQ(outcome(log_in(now)), "401 mfa_invalid");
}

TEST_F(NativeMfa, TheLoginTakesARecoveryCodeOnceAlsoFromAForm) {
  const auto codes = enrol();
  EXPECT_EQ(log_in(R"(,"recovery_code":")" + codes[0] + '"').status(), 200);
  EXPECT_EQ(outcome(log_in(R"(,"recovery_code":")" + codes[0] + '"')), "401 mfa_invalid");
  const std::string form = "login=alice&password=correct+horse+battery&recovery_code=" + codes[1];
  EXPECT_EQ(world_
                .send(test::raw_request("POST", "/auth/v1/login",
                                        "application/x-www-form-urlencoded", form))
                .status(),
            200);
  EXPECT_EQ(golden(call("GET", "mfa")),
            R"(200 {"email_otp":false,"recovery_codes_left":8,"totp":true,"webauthn":false})");
}

TEST_F(NativeMfa, ANewSetOfRecoveryCodesVoidsTheOld) {
  const auto codes = enrol();
  EXPECT_EQ(outcome(call("POST", "mfa/recovery-codes", "{}")), "401 mfa_required");
  const auto answer = call("POST", "mfa/recovery-codes", code_of(*app_));
  EXPECT_EQ(answer.status(), 200);
  const std::string fresh = json_of(answer)["recovery_codes"][0].asString();
  EXPECT_EQ(outcome(log_in(R"(,"recovery_code":")" + codes[0] + '"')), "401 mfa_invalid");
  EXPECT_EQ(log_in(R"(,"recovery_code":")" + fresh + '"').status(), 200);
}

TEST_F(NativeMfa, DisablingTakesAProof) {
  const auto codes = enrol();
  EXPECT_EQ(outcome(call("DELETE", "mfa/totp")), "401 mfa_required");
  EXPECT_EQ(outcome(call("DELETE", "mfa/totp", R"({"code":"1234567"})")), "401 mfa_invalid");
  EXPECT_EQ(golden(call("DELETE", "mfa/totp", R"({"recovery_code":")" + codes[0] + "\"}")), "204");
  EXPECT_EQ(golden(call("GET", "mfa")),
            R"(200 {"email_otp":false,"recovery_codes_left":0,"totp":false,"webauthn":false})");
  EXPECT_EQ(log_in("").status(), 200);
}

TEST_F(NativeMfa, DisablingRefusesWhereThePasswordIsTooShortAlone) {
  enrol();
  EXPECT_EQ(call("POST", "me/password",
                 R"({"current_password":"correct horse battery","new_password":"8 chars!"})")
                .status(),
            204);
  EXPECT_EQ(outcome(call("DELETE", "mfa/totp", code_of(*app_))),
            "422 invalid_input password:too_short");
}

TEST_F(NativeMfa, WrongProofsRunOutAndSayWhenToComeBack) {
  enrol();
  world_.domain.settings.login_limit.per_account = 2;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(outcome(call("DELETE", "mfa/totp", R"({"code":"1234567"})")), "401 mfa_invalid");
  }
  const auto limited = call("DELETE", "mfa/totp", code_of(*app_));
  EXPECT_EQ(outcome(limited), "429 too_many_attempts");
  EXPECT_EQ(limited.get("Retry-After"), "450");
  EXPECT_EQ(limited.get("RateLimit-Policy"), R"("login";q=2;w=900)");
}

TEST_F(NativeMfa, AnAdministratorTakesALostOneOff) {
  enrol();
  const auto admin = world_.signed_in("root", "admin").access;
  const auto alice = domain::find_account_by_login(world_.domain.services, "alice").value().id;
  const std::string path = "/auth/v1/admin/accounts/" + alice.text() + "/mfa";
  EXPECT_EQ(outcome(call("DELETE", "admin/accounts/" + alice.text() + "/mfa")),
            "403 insufficient_scope");
  EXPECT_EQ(golden(world_.send("DELETE", path, admin)), "204");
  EXPECT_EQ(outcome(call("GET", "mfa")), "401 invalid_token") << "its sessions have ended";
  EXPECT_EQ(log_in("").status(), 200);
  EXPECT_EQ(outcome(world_.send("DELETE", path, admin)), "409 not_enabled");
  EXPECT_EQ(outcome(world_.send("DELETE", "/auth/v1/admin/accounts/x/mfa", admin)),
            "404 not_found");
  const auto root = domain::find_account_by_login(world_.domain.services, "root").value().id;
  EXPECT_EQ(outcome(world_.send("DELETE", path, world_.key_of(root))), "403 session_required");
}

TEST_F(NativeMfa, NoKeyTouchesIt) {
  const auto key =
      world_.key_of(domain::find_account_by_login(world_.domain.services, "alice").value().id);
  for (const auto& [method, path] :
       std::vector<std::pair<std::string, std::string>>{{"GET", "mfa"},
                                                        {"POST", "mfa/totp"},
                                                        {"POST", "mfa/totp/confirm"},
                                                        {"DELETE", "mfa/totp"},
                                                        {"POST", "mfa/recovery-codes"}}) {
    EXPECT_EQ(outcome(world_.send(method, "/auth/v1/" + path, key)), "403 session_required")
        << method << " " << path;
    EXPECT_EQ(outcome(world_.send(method, "/auth/v1/" + path)), "401 credential_required");
  }
}

// ASVS 6.1.3: no other door goes round the second factor.
TEST_F(NativeMfa, DispatcharrsLoginsRefuseAndKeysKeepWorking) {
  const auto key =
      world_.key_of(domain::find_account_by_login(world_.domain.services, "alice").value().id);
  enrol();
  const std::string body = R"({"username":"alice","password":"correct horse battery"})";
  for (const std::string path : {"/api/accounts/token/", "/api/accounts/auth/login/"}) {
    const auto refused = world_.send("POST", path, json(body));
    EXPECT_GE(refused.status(), 400) << path;
    EXPECT_EQ(refused.body().find("access"), std::string::npos) << path << refused.body();
  }
  EXPECT_EQ(world_.send("GET", "/auth/v1/me", key).status(), 200);
}

}  // namespace
}  // namespace postern::handlers

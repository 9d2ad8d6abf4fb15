#include <gtest/gtest.h>

#include "domain/mail_link.hpp"
#include "domain/mail_room.hpp"
#include "tests/support/authenticator.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/kitsu_world.hpp"

// What the routes below auth/ answer: a test for each row of the wire's table, its success and its
// refusals, written here by hand. Chance is taken out of the texts (golden.hpp).

namespace postern::test {
namespace {

using World = KitsuWorld;
using domain::Secret;

constexpr const char* kSuccess = R"({"success":true})";
constexpr const char* kNext = "another horse, another battery";

/// Status and body, without chance.
void expect_told(const fcgi::Response& response, int status, std::string_view body) {
  expect_kitsu(response, status, response.body());
  EXPECT_EQ(without_chance(response.body()), body);
}

/// `{"error":true,"message":…}` of a password or a second factor: no data beside it.
void expect_proof_refused(const fcgi::Response& response, std::string_view message) {
  expect_refusal(response, 400, message, false);
}

void expect_wrong_otp(const fcgi::Response& response, const std::string& message) {
  expect_kitsu(response, 400, R"({"error":true,"message":")" + message + R"(","wrong_OTP":true})");
}

std::string member(std::string_view name, std::string_view value) {
  return "{\"" + std::string(name) + "\":\"" + std::string(value) + "\"}";
}

std::string codes_of_a_set() {
  std::string codes = "[";
  for (int i = 0; i < 16; ++i) codes += i == 0 ? "\"<recovery-code>\"" : ",\"<recovery-code>\"";
  return codes + "]";
}

struct KitsuAuthRow : testing::Test {
  World world;
  World::Person ann = world.person("ann");

  fcgi::Response form(std::string_view body) {
    return world.send(
        raw_request("POST", World::kLogin, "application/x-www-form-urlencoded", body));
  }
  fcgi::Response del(std::string_view path, std::string_view body = "") {
    return world.send_json("DELETE", path, body, ann.access);
  }
  fcgi::Response change_password(const std::string& old, const std::string& password,
                                 const std::string& again) {
    return world.post("/api/auth/change-password",
                      R"({"old_password":")" + old + R"(","password":")" + password +
                          R"(","password_2":")" + again + R"("})",
                      ann.access);
  }
  fcgi::Response reset(const std::string& token, const std::string& password,
                       const std::string& again) {
    return world.put("/api/auth/reset-password", R"({"email":"ann@example.org","token":")" + token +
                                                     R"(","password":")" + password +
                                                     R"(","password2":")" + again + R"("})");
  }
  /// An authenticator app in force, set up on the wire; ann goes on with the tokens of then.
  Authenticator with_totp() {
    const auto started = json_of(world.put("/api/auth/totp", "", ann.access));
    Authenticator app(Secret(started["otp_secret"].asString()));
    const auto done = world.post("/api/auth/totp", member("totp", code_of(app)), ann.access);
    EXPECT_EQ(done.status(), 200) << done.body();
    ann.access = Secret(json_of(done)["access_token"].asString());
    codes = json_of(done)["otp_recovery_codes"];
    world.domain.clock.advance(domain::seconds(30));
    return app;
  }
  std::string code_of(const Authenticator& app) {
    return std::string(app.code(world.domain.clock.now()).reveal());
  }
  /// The code of the last letter that had one.
  std::string mailed_code() {
    std::string code;
    const auto keep = [&](const domain::ReadyLetter& letter) {
      if (letter.kind == domain::MailKind::OneTimeCode) code = letter.values.at("code");
      return domain::Delivery{};
    };
    while (domain::handle_mail(world.domain.services, keep).outcome !=
           domain::MailReport::Outcome::Nothing) {
    }
    return code;
  }

  Json::Value codes;
};

TEST_F(KitsuAuthRow, LoginTakesJsonAFormOrTheQuery) {
  const auto of_json = world.post(World::kLogin, World::login_body("ann@example.org"));
  const auto body = json_of(of_json);
  expect_kitsu(of_json, 200, of_json.body());
  EXPECT_EQ(
      body.getMemberNames(),
      (std::vector<std::string>{"access_token", "login", "organisation", "refresh_token", "user"}));
  EXPECT_TRUE(body["login"].asBool());
  EXPECT_EQ(body["user"]["id"], ann.id());
  EXPECT_EQ(world.status_with(Secret(body["access_token"].asString())), 200);
  EXPECT_EQ(of_json.get("Set-Cookie"), "");
  const std::string fields = "password=correct+horse+battery&unknown=ignored&email=";
  EXPECT_EQ(form(fields + "ann%40example.org").status(), 200);
  EXPECT_EQ(form(fields + "ann").status(), 200) << "by what he logs in with";
  EXPECT_EQ(world.send("POST", World::kLogin + ("?" + fields) + "ann%40example.org").status(), 200);
}

TEST_F(KitsuAuthRow, LoginSaysThatASecondFactorHasToBeSetUp) {
  world.domain.settings.mfa.required_at_kitsu = true;
  const auto body = json_of(world.post(World::kLogin, World::login_body("ann@example.org")));
  EXPECT_TRUE(body["login"].asBool());
  EXPECT_TRUE(body["two_factor_authentication_required"].asBool());
  EXPECT_EQ(body.size(), 6U);
}

TEST_F(KitsuAuthRow, LogoutIsForPersonsAndTheirScripts) {
  const auto script = world.script_token(ann.account);
  expect_kitsu(world.get("/api/auth/logout", script), 200, R"({"logout":true})");
  EXPECT_EQ(world.status_with(script), 200) << "a script's token is not ended by it";
  expect_kitsu(world.get("/auth/logout", ann.access), 200, R"({"logout":true})");
  EXPECT_EQ(world.status_with(ann.access), 401);
  expect_forbidden(world.get("/api/auth/logout", world.bot().token));
}

TEST_F(KitsuAuthRow, LogoutOfABrowserTakesBothCookies) {
  const auto response = world.send(by_browser(
      with_cookie(with_header(request("GET", "/api/auth/logout"), "sec-fetch-site", "same-origin"),
                  "access_token_cookie", ann.access)));
  expect_kitsu(response, 200, R"({"logout":true})");
  const auto text = response.serialize();
  EXPECT_NE(text.find("Set-Cookie: access_token_cookie=;"), std::string::npos) << text;
  EXPECT_NE(text.find("Set-Cookie: refresh_token_cookie=;"), std::string::npos) << text;
}

TEST_F(KitsuAuthRow, AuthenticatedTellsWhoItIs) {
  const auto response = world.get(World::kMe, ann.access);
  expect_kitsu(response, 200, response.body());
  const auto body = json_of(response);
  EXPECT_EQ(body.getMemberNames(),
            (std::vector<std::string>{"authenticated", "organisation", "user"}));
  EXPECT_TRUE(body["authenticated"].asBool());
  EXPECT_EQ(body["user"]["fido_devices"], Json::Value(Json::arrayValue));
  EXPECT_EQ(body["user"]["departments"], Json::Value(Json::arrayValue));
  EXPECT_EQ(json_of(world.get(World::kMe, world.bot().token))["user"]["is_bot"], true);
}

TEST_F(KitsuAuthRow, RefreshGivesAnAccessTokenAndNothingElse) {
  expect_told(world.get(World::kRefresh, ann.refresh), 200, R"({"access_token":"<jwt>"})");
  expect_told(world.get(World::kRefresh, ann.refresh), 200, R"({"access_token":"<jwt>"})");
  expect_kitsu(world.get(World::kRefresh, ann.access), 422,
               R"({"msg":"Only refresh tokens are allowed"})");
}

TEST_F(KitsuAuthRow, RefreshOfABrowserIsACookieAndTheLastOne) {
  const auto response = world.send(by_browser(
      with_cookie(with_header(request("GET", World::kRefresh), "sec-fetch-site", "same-origin"),
                  "refresh_token_cookie", ann.refresh)));
  expect_kitsu(response, 200, R"({"refresh":true})");
  const auto text = without_chance(response.serialize());
  EXPECT_NE(text.find("Set-Cookie: access_token_cookie=<jwt>;"), std::string::npos) << text;
  EXPECT_NE(text.find("Set-Cookie: refresh_token_cookie=;"), std::string::npos) << text;
}

TEST_F(KitsuAuthRow, ChangePassword) {
  const std::string old = DomainWorld::kPassword;
  expect_proof_refused(change_password(old, kNext, "different"),
                       "Confirmation password doesn't match.");
  expect_proof_refused(change_password(old, "short", "short"), "Password is too short.");
  expect_proof_refused(change_password("wrong", kNext, kNext), "Old password is wrong.");
  expect_kitsu(change_password(old, kNext, kNext), 200, kSuccess);
  expect_kitsu(world.post(World::kLogin, World::login_body("ann")), 400, R"({"login":false})");
  EXPECT_EQ(world.post(World::kLogin, World::login_body("ann", kNext)).status(), 200);
  world.domain.settings.login_limit.per_account = 1;
  expect_proof_refused(change_password("wrong", old, old), "Old password is wrong.");
  expect_kitsu(change_password(kNext, old, old), 400,
               R"({"error":true,"message":"Too many failed login attempts.",)"
               R"("too_many_failed_login_attemps":true})");
}

TEST_F(KitsuAuthRow, R8AskingForAResetIsOneAnswerForEverybody) {
  for (const auto* email : {"ann@example.org", "nobody@example.org"}) {
    expect_kitsu(world.post("/api/auth/reset-password", member("email", email)), 200,
                 R"({"success":"Reset token sent"})");
  }
  expect_validation_error(world.post("/api/auth/reset-password", "{}"), "email");
}

TEST_F(KitsuAuthRow, AResetTokenIsGoodOnce) {
  const std::string token(domain::make_reset_link(world.domain.services, ann.account.id,
                                                  std::nullopt, world.domain.origin)
                              .value()
                              .reveal());
  expect_proof_refused(reset("nonsense", kNext, kNext), "Wrong or expired token.");
  expect_proof_refused(reset(token, kNext, "different"), "Confirmation password doesn't match.");
  expect_proof_refused(reset(token, "short", "short"), "Password is too short.");
  expect_kitsu(reset(token, kNext, kNext), 200, kSuccess);
  expect_proof_refused(reset(token, kNext, kNext), "Wrong or expired token.");
  EXPECT_EQ(world.post(World::kLogin, World::login_body("ann", kNext)).status(), 200);
}

TEST_F(KitsuAuthRow, TotpIsStartedConfirmedAndEnded) {
  expect_proof_refused(del("/api/auth/totp", R"({"totp":"123456"})"), "TOTP not enabled.");
  expect_wrong_otp(world.post("/api/auth/totp", R"({"totp":"123456"})", ann.access),
                   "TOTP verification failed.");
  const auto started = world.put("/api/auth/totp", "", ann.access);
  expect_told(
      started, 200,
      R"({"totp_provisionning_uri":"<totp_provisionning_uri>","otp_secret":"<otp_secret>"})");
  EXPECT_TRUE(json_of(started)["totp_provisionning_uri"].asString().starts_with("otpauth://totp/"));
  Authenticator app(Secret(json_of(started)["otp_secret"].asString()));
  const std::string wrong(app.wrong_code(world.domain.clock.now()).reveal());
  expect_wrong_otp(world.post("/api/auth/totp", member("totp", wrong), ann.access),
                   "TOTP verification failed.");
  const auto done = world.post("/api/auth/totp", member("totp", code_of(app)), ann.access);
  expect_told(done, 200,
              R"({"otp_recovery_codes":)" + codes_of_a_set() +
                  R"(,"access_token":"<jwt>","refresh_token":"<jwt>"})");
  ann.access = Secret(json_of(done)["access_token"].asString());
  for (const auto* method : {"PUT", "POST"}) {
    expect_proof_refused(
        world.send_json(method, "/api/auth/totp", R"({"totp":"123456"})", ann.access),
        "TOTP already enabled.");
  }
  world.domain.clock.advance(domain::seconds(30));
  expect_wrong_otp(del("/api/auth/totp", member("recovery_code", "AAAAAAAAAA")),
                   "OTP verification failed.");
  expect_kitsu(del("/api/auth/totp", member("totp", code_of(app))), 200, kSuccess);
  EXPECT_EQ(world.post(World::kLogin, World::login_body("ann")).status(), 200);
}

TEST_F(KitsuAuthRow, ACodeByMailIsAnotherFactorOfTheSameCodes) {
  world.domain.settings.mail.enabled = true;
  const auto app = with_totp();
  expect_proof_refused(del("/api/auth/email-otp", member("totp", code_of(app))),
                       "OTP by email not enabled.");
  expect_kitsu(world.put("/api/auth/email-otp", "", ann.access), 200, kSuccess);
  expect_wrong_otp(world.post("/api/auth/email-otp", member("email_otp", "none"), ann.access),
                   "OTP by email verification failed.");
  const auto done =
      world.post("/api/auth/email-otp", member("email_otp", mailed_code()), ann.access);
  expect_told(done, 200,
              R"({"otp_recovery_codes":null,"access_token":"<jwt>","refresh_token":"<jwt>"})");
  ann.access = Secret(json_of(done)["access_token"].asString());
  expect_proof_refused(world.put("/api/auth/email-otp", "", ann.access),
                       "OTP by email already enabled.");
  expect_kitsu(world.get("/api/auth/email-otp?email=ann%40example.org"), 200, kSuccess);
  expect_kitsu(del("/api/auth/email-otp", member("email_otp", mailed_code())), 200, kSuccess);
}

TEST_F(KitsuAuthRow, R8ACodeByMailIsPromisedToEverybody) {
  world.domain.settings.mail.enabled = true;
  for (const auto* email : {"ann%40example.org", "nobody%40example.org"}) {
    expect_kitsu(world.get("/api/auth/email-otp?email=" + std::string(email)), 200, kSuccess);
  }
  expect_validation_error(world.get("/api/auth/email-otp"), "email");
}

TEST_F(KitsuAuthRow, FidoIsNotEnabledForWhoeverHasNone) {
  for (const auto* email : {"ann%40example.org", "nobody%40example.org"}) {
    expect_proof_refused(world.get("/api/auth/fido?email=" + std::string(email)),
                         "FIDO not enabled.");
  }
  expect_validation_error(world.get("/api/auth/fido"), "email");
}

TEST_F(KitsuAuthRow, FidoIsPreregisteredBeforeItIsRegistered) {
  world.domain.settings.webauthn.rp_id = "studio.example";
  world.domain.settings.webauthn.origins = {"https://studio.example"};
  const auto options = json_of(world.put("/api/auth/fido", "", ann.access));
  EXPECT_EQ(options["rp"]["id"], "studio.example");
  EXPECT_EQ(options["user"]["name"], "ann@example.org");
  EXPECT_EQ(options["attestation"], "none");
  EXPECT_EQ(options["excludeCredentials"], Json::Value(Json::arrayValue));
  EXPECT_EQ(options["pubKeyCredParams"][0]["type"], "public-key");
  EXPECT_GE(options["challenge"].asString().size(), 22U);
  EXPECT_EQ(world.put("/api/auth/fido", "", world.bot().token).status(), 403);
  // {"type":"webauthn.create","challenge":"AAAA","origin":"https://studio.example"}
  constexpr const char* kNeverAsked =
      R"({"registration_response":{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{)"
      R"("clientDataJSON":"eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiQUFBQSIsIm9yaWdpbi)"
      R"(I6Imh0dHBzOi8vc3R1ZGlvLmV4YW1wbGUifQ","attestationObject":"oA"}},"device_name":"key"})";
  expect_proof_refused(world.post("/api/auth/fido", kNeverAsked, ann.access),
                       "No preregistration before.");
  expect_proof_refused(del("/api/auth/fido", R"({"device_name":"key","totp":"123456"})"),
                       "FIDO not enabled.");
}

TEST_F(KitsuAuthRow, RecoveryCodesAreMadeAnewWithOneProof) {
  expect_proof_refused(world.put("/api/auth/recovery-codes", R"({"totp":"123456"})", ann.access),
                       "No two factor authentication enabled.");
  with_totp();
  ASSERT_EQ(codes.size(), 16U);
  expect_wrong_otp(world.put("/api/auth/recovery-codes", "", ann.access),
                   "OTP verification failed.");
  expect_wrong_otp(world.put("/api/auth/recovery-codes", member("totp", "123"), ann.access),
                   "OTP verification failed.");
  const auto proof = member("recovery_code", codes[0].asString());
  expect_told(world.put("/api/auth/recovery-codes", proof, ann.access), 200,
              R"({"otp_recovery_codes":)" + codes_of_a_set() + "}");
  expect_wrong_otp(world.put("/api/auth/recovery-codes", proof, ann.access),
                   "OTP verification failed.");
}

TEST_F(KitsuAuthRow, SamlAndOidcSayThatTheyAreOff) {
  constexpr const char* kSaml = R"({"error":"SAML is not enabled."})";
  constexpr const char* kOidc = R"({"error":"OIDC is not enabled."})";
  expect_kitsu(world.post("/api/auth/saml/sso", "{}"), 400, kSaml);
  expect_kitsu(world.get("/api/auth/saml/login"), 400, kSaml);
  expect_kitsu(world.get("/api/auth/oidc/login"), 400, kOidc);
  expect_kitsu(world.get("/api/auth/oidc/callback"), 400, kOidc);
}

TEST_F(KitsuAuthRow, RegisterIsNoMore) {
  expect_not_found(world.post("/api/auth/register", R"({"email":"eve@example.org"})"));
}

}  // namespace
}  // namespace postern::test

#include <gtest/gtest.h>

#include "tests/support/golden.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using test::golden;
using test::json;
using test::json_of;

constexpr const char* kForm = "application/x-www-form-urlencoded";

class NativeSignIn : public testing::Test {
 protected:
  Response post(const std::string& path, const std::string& body) {
    return world_.send("POST", "/auth/v1/" + path, json(body));
  }
  Response login(const std::string& login, const std::string& password) {
    Json::Value body(Json::objectValue);
    body["login"] = login;
    body["password"] = password;
    return world_.send("POST", "/auth/v1/login", body);
  }
  Response refresh(std::string_view token) {
    Json::Value body(Json::objectValue);
    body["refresh_token"] = std::string(token);
    return world_.send("POST", "/auth/v1/refresh", body);
  }
  static std::string code_of(const Response& response) {
    return std::to_string(response.status()) + " " + json_of(response)["code"].asString();
  }
  static std::string faults_of(const Response& response) {
    auto text = std::to_string(response.status());
    const auto body = json_of(response);
    for (const auto& error : body["errors"]) {
      text += " " + error["path"].asString() + ":" + error["code"].asString();
    }
    return text;
  }

  test::HandlerWorld world_;
};

TEST_F(NativeSignIn, RegisterAnswersTheAccount) {
  const auto response =
      post("register",
           R"({"username":"Bob","email":"bob@example.org","password":"correct horse battery"})");
  EXPECT_EQ(
      golden(response),
      R"(201 {"created_at":"2027-01-15T08:00:00Z","email":"bob@example.org",)"
      R"("email_verified":false,"id":"<uuid>","is_active":true,"is_approved":true,)"
      R"("is_bot":false,"last_login_at":null,)"
      R"("mfa":{"email_otp":false,"totp":false,"webauthn":false},"pending_email":null,"role":"member","username":"Bob"})");
  EXPECT_EQ(response.log_route, "register");
  EXPECT_EQ(response.log_account, json_of(response)["id"].asString());
}

TEST_F(NativeSignIn, RegisterTakesFormsAndDoesWithoutAnAddress) {
  const auto response = world_.send(test::raw_request(
      "POST", "/auth/v1/register", kForm, "username=bob&password=correct+horse+battery"));
  EXPECT_EQ(response.status(), 201);
  EXPECT_TRUE(json_of(response)["email"].isNull());
  EXPECT_EQ(login("bob", "correct horse battery").status(), 200);
}

TEST_F(NativeSignIn, RegisterRefusesWhatIsTakenInvalidOrUnknown) {
  world_.domain.account("alice");
  EXPECT_EQ(faults_of(post("register", R"({"username":"ALICE","password":"long enough, this"})")),
            "409 username:taken");
  EXPECT_EQ(faults_of(post("register", R"({"username":"a b","password":"long enough, this"})")),
            "422 username:invalid_characters");
  EXPECT_EQ(faults_of(post("register", R"({"username":"bob","password":"short"})")),
            "422 password:too_short");
  EXPECT_EQ(faults_of(post("register", R"({"username":"bob","password":null})")),
            "422 password:wrong_type");
  EXPECT_EQ(faults_of(post("register", R"({"role":"admin","is_active":true})")),
            "422 username:required password:required is_active:unknown_member "
            "role:unknown_member");
}

TEST_F(NativeSignIn, RegisterIsRefusedWhereItIsClosed) {
  world_.domain.settings.registration.mode = domain::RegistrationMode::Closed;
  EXPECT_EQ(code_of(post("register", R"({"username":"bob","password":"long enough, this"})")),
            "403 registration_closed");
}

TEST_F(NativeSignIn, RegistrationsAreLimitedByNetwork) {
  world_.domain.settings.registration.per_network_per_hour = 1;
  const auto first = post("register", R"({"username":"bob","password":"long enough, this"})");
  EXPECT_EQ(first.status(), 201);
  EXPECT_EQ(first.get("RateLimit-Policy"), R"("register";q=1;w=3600)");
  const auto second = post("register", R"({"username":"carol","password":"long enough, this"})");
  EXPECT_EQ(code_of(second), "429 too_many_attempts");
  EXPECT_EQ(second.get("Retry-After"), "3600");
  EXPECT_EQ(second.get("RateLimit"), R"("register";r=0;t=3600)");
}

TEST_F(NativeSignIn, ApprovalIsAskedForOnlyAfterTheRightPassword) {
  world_.domain.settings.registration.approval = true;
  const auto made = post("register", R"({"username":"bob","password":"correct horse battery"})");
  EXPECT_FALSE(json_of(made)["is_approved"].asBool());
  EXPECT_EQ(code_of(login("bob", "correct horse battery")), "403 approval_pending");
  EXPECT_EQ(code_of(login("bob", "wrong horse battery")), "401 invalid_credentials");
}

TEST_F(NativeSignIn, LoginAnswersTokens) {
  world_.domain.account("alice");
  const auto response = login("alice", test::DomainWorld::kPassword);
  EXPECT_EQ(golden(response),
            R"(200 {"access_token":"<jwt>","expires_in":600,"refresh_expires_in":1209600,)"
            R"("refresh_token":"<refresh>","session_id":"<uuid>","token_type":"Bearer"})");
  EXPECT_EQ(response.get("Cache-Control"), "no-store");
  EXPECT_EQ(response.get("RateLimit-Policy"), R"("login";q=10;w=900)");
  const auto me = world_.send("GET", "/auth/v1/me",
                              domain::Secret(json_of(response)["access_token"].asString()));
  EXPECT_EQ(me.status(), 200);
}

TEST_F(NativeSignIn, LoginTakesTheAddressAndForms) {
  world_.domain.account("alice");
  EXPECT_EQ(login("Alice@Example.org", test::DomainWorld::kPassword).status(), 200);
  EXPECT_EQ(world_
                .send(test::raw_request("POST", "/auth/v1/login", kForm,
                                        "login=alice&password=correct+horse+battery"))
                .status(),
            200);
}

TEST_F(NativeSignIn, LoginThatIsNotRememberedEndsSooner) {
  world_.domain.account("alice");
  const auto lifetime = [&](const std::string& member) {
    const auto response =
        post("login", R"({"login":"alice","password":"correct horse battery")" + member + "}");
    return json_of(response)["refresh_expires_in"].asInt();
  };
  constexpr int kIdle = 14 * 86400;
  EXPECT_EQ(lifetime(""), kIdle);
  EXPECT_EQ(lifetime(R"(,"remember_me":true)"), kIdle);
  EXPECT_EQ(lifetime(R"(,"remember_me":false)"), 12 * 3600);
  EXPECT_EQ(lifetime(R"(,"remember_me":"false")"), 0) << "only a form has text for it";
  const auto form = world_.send(
      test::raw_request("POST", "/auth/v1/login", kForm,
                        "login=alice&password=correct+horse+battery&remember_me=false"));
  EXPECT_EQ(json_of(form)["refresh_expires_in"].asInt(), 12 * 3600);
}

TEST_F(NativeSignIn, LoginNamesMembersItDoesNotKnow) {
  EXPECT_EQ(faults_of(post("login", R"({"login":"a","password":"b","totp":"1"})")),
            "422 totp:unknown_member");
  EXPECT_EQ(faults_of(post("login", R"({"login":"a","password":"b","backup_code":"1"})")),
            "422 backup_code:unknown_member");
  EXPECT_EQ(faults_of(post("login", "{}")), "422 login:required password:required");
}

// CVE-2024-45160: an empty secret is a wrong one, also for an account that has none.
TEST_F(NativeSignIn, B7n23EmptySecretsAreWrong) {
  world_.domain.account("alice");
  domain::NewAccount bot;
  bot.username = "bot";
  bot.is_bot = true;
  ASSERT_TRUE(
      domain::create_account(world_.domain.services, bot, std::nullopt, world_.domain.origin));
  for (const auto* name : {"alice", "bot", ""}) {
    EXPECT_EQ(code_of(login(name, "")), "401 invalid_credentials") << name;
    EXPECT_EQ(code_of(login(name, " ")), "401 invalid_credentials") << name;
  }
  EXPECT_EQ(faults_of(post("login", R"({"login":"alice","password":null})")),
            "422 password:wrong_type");
  EXPECT_EQ(code_of(refresh("")), "401 invalid_refresh_token");
}

TEST_F(NativeSignIn, R8UnknownWrongAndDisabledAreOneAnswerAndOneHash) {
  world_.domain.account("alice");
  const auto disabled = world_.domain.account("carol");
  domain::AccountChange change;
  change.is_active = false;
  ASSERT_TRUE(domain::update_account(world_.domain.services, disabled.id, change, std::nullopt,
                                     world_.domain.origin));
  const auto attempt = [&](const std::string& name, const std::string& password) {
    const auto before = world_.domain.passwords.hashes_for_test();
    const auto wire = test::golden_wire(login(name, password));
    EXPECT_EQ(world_.domain.passwords.hashes_for_test() - before, 1U) << name;
    return wire;
  };
  const auto wrong = attempt("alice", "wrong horse battery");
  EXPECT_NE(wrong.find("401"), std::string::npos);
  EXPECT_NE(wrong.find("WWW-Authenticate: Bearer realm=\"postern\""), std::string::npos);
  EXPECT_EQ(attempt("nobody", "wrong horse battery"), wrong);
  EXPECT_EQ(attempt("nobody@example.org", "wrong horse battery"), wrong);
  EXPECT_EQ(attempt("carol", test::DomainWorld::kPassword), wrong);
  EXPECT_EQ(attempt("carol", "wrong horse battery"), wrong);
}

TEST_F(NativeSignIn, LimitedLoginsSayWhenToComeBack) {
  world_.domain.settings.login_limit.per_account = 2;
  world_.domain.account("alice");
  for (const auto* name : {"alice", "nobody"}) {
    EXPECT_EQ(login(name, "wrong horse battery").status(), 401);
    EXPECT_EQ(login(name, "wrong horse battery").status(), 401);
    const auto limited = login(name, test::DomainWorld::kPassword);
    EXPECT_EQ(code_of(limited), "429 too_many_attempts") << name;
    EXPECT_EQ(limited.get("Retry-After"), "450");
    EXPECT_EQ(limited.get("RateLimit"), R"("login";r=0;t=450)");
  }
}

TEST_F(NativeSignIn, RefreshAnswersTheSuccessorAndRepeatsIt) {
  const auto tokens = world_.signed_in();
  const auto first = refresh(tokens.refresh.reveal());
  EXPECT_EQ(golden(first),
            R"(200 {"access_token":"<jwt>","expires_in":600,"refresh_expires_in":1209600,)"
            R"("refresh_token":"<refresh>","session_id":"<uuid>","token_type":"Bearer"})");
  EXPECT_EQ(json_of(first)["session_id"].asString(), tokens.session.text());
  EXPECT_NE(json_of(first)["refresh_token"].asString(), tokens.refresh.reveal());
  EXPECT_EQ(json_of(refresh(tokens.refresh.reveal()))["refresh_token"],
            json_of(first)["refresh_token"])
      << "R2: the same successor within the leeway";
}

TEST_F(NativeSignIn, RefreshTakesForms) {
  const auto tokens = world_.signed_in();
  const auto response = world_.send(test::raw_request(
      "POST", "/auth/v1/refresh", kForm, "refresh_token=" + std::string(tokens.refresh.reveal())));
  EXPECT_EQ(response.status(), 200);
}

TEST_F(NativeSignIn, R3GrandparentTokenEndsTheSession) {
  const auto tokens = world_.signed_in();
  const auto second = json_of(refresh(tokens.refresh.reveal()))["refresh_token"].asString();
  const auto third = json_of(refresh(second));
  EXPECT_EQ(code_of(refresh(tokens.refresh.reveal())), "401 invalid_refresh_token");
  EXPECT_EQ(code_of(refresh(third["refresh_token"].asString())), "401 invalid_refresh_token");
  EXPECT_EQ(
      world_.send("GET", "/auth/v1/me", domain::Secret(third["access_token"].asString())).status(),
      401);
}

// R10: and every one of them is refused alike.
TEST_F(NativeSignIn, R10RefreshTakesNativeRefreshTokensAlone) {
  const auto tokens = world_.signed_in();
  const auto key = world_.key_of(tokens.account.id);
  world_.domain.account("carol");
  const auto other = world_.domain.login("carol", domain::SessionKind::Dispatcharr);
  const auto refused = test::golden_wire(refresh("garbage"));
  EXPECT_NE(refused.find("invalid_refresh_token"), std::string::npos);
  for (const auto token : {tokens.access.reveal(), key.reveal(), other.refresh.reveal()}) {
    EXPECT_EQ(test::golden_wire(refresh(token)), refused);
  }
  const std::string good(tokens.refresh.reveal());
  EXPECT_EQ(test::golden_wire(refresh(good.substr(0, 65))), refused) << "CVE-2026-27840";
  EXPECT_EQ(test::golden_wire(refresh(good + "0")), refused);
}

// CVE-2023-22492
TEST_F(NativeSignIn, B7n13DisabledAccountRefreshesNoMore) {
  const auto tokens = world_.signed_in();
  domain::AccountChange disable;
  disable.is_active = false;
  ASSERT_TRUE(domain::update_account(world_.domain.services, tokens.account.id, disable,
                                     std::nullopt, world_.domain.origin));
  EXPECT_EQ(code_of(refresh(tokens.refresh.reveal())), "401 invalid_refresh_token");
}

TEST_F(NativeSignIn, JwksShowsThePublicKeysAndNothingElse) {
  const auto response = world_.send("GET", "/auth/v1/jwks.json");
  ASSERT_EQ(response.status(), 200);
  EXPECT_EQ(response.get("Cache-Control"), "public, max-age=300");
  const auto keys = json_of(response)["keys"];
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0].getMemberNames(),
            (std::vector<std::string>{"alg", "crv", "kid", "kty", "use", "x", "y"}));
  EXPECT_EQ(keys[0]["kid"].asString(), world_.domain.signing_keys.public_keys().at(0).kid);
}

TEST_F(NativeSignIn, JwksShowsAKeyThatAnotherWorkerMade) {
  auto& domain = world_.domain;
  const auto kid =
      domain::SigningKeys::create(domain.database, domain.ring, domain.random, domain.clock.now());
  const auto keys = json_of(world_.send("GET", "/auth/v1/jwks.json"))["keys"];
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_TRUE(keys[0]["kid"] == kid || keys[1]["kid"] == kid);
}

}  // namespace
}  // namespace postern::handlers

#include "handlers/gate.hpp"

#include <gtest/gtest.h>

#include "domain/bot_token.hpp"
#include "domain/password_change.hpp"
#include "domain/session.hpp"
#include "handlers/credential.hpp"
#include "tests/support/domain_world.hpp"
#include "tests/support/gate_policy.hpp"

namespace postern::handlers {
namespace {

using domain::Secret;
using fcgi::Request;

class GateTest : public testing::Test {
 protected:
  GateTest() { world_.settings.policy = test::sample_policy(); }

  static Request ask(const std::string& target, const std::string& method = "GET") {
    Request request;
    request.id = "r1";
    request.door = fcgi::Door::Gate;
    request.method = method;
    request.target = target;
    request.uri = fcgi::parse_uri(target);
    request.remote_address = "192.0.2.7";
    return request;
  }
  static Request with(Request request, const std::string& header, const std::string& value) {
    request.headers.emplace_back(header, value);
    return request;
  }
  static Request bearer(const std::string& target, const Secret& token) {
    return with(ask(target), "authorization", "Bearer " + std::string(token.reveal()));
  }
  Response check(const Request& request) { return check_gate(request, services_); }

  test::DomainWorld world_;
  Settings settings_;
  Services services_{world_.services, settings_, fcgi::map_shared_segment()};
};

TEST_F(GateTest, PublicPathIsOpenToAnonymousVisitorsWithEmptyIdentity) {
  const auto response = check(ask("/open/page?x=1"));
  EXPECT_EQ(response.status(), 200);
  int empty = 0;
  for (const auto& [name, value] : response.headers()) {
    if (name.starts_with("X-Auth-")) {
      EXPECT_EQ(value, "") << name;
      ++empty;
    }
  }
  EXPECT_EQ(empty, 7);
}

// A rule that asks for a role asks for its power: a key's own permissions bound what it may.
TEST_F(GateTest, AKeyThatMayLessThanItsOwnersRoleDoesNotPassForTheRole) {
  const auto root = world_.account("root", "admin");
  const auto key = [&](std::optional<std::vector<std::string>> permissions) {
    static int made = 0;
    domain::NewKey wanted;
    wanted.name = "key " + std::to_string(++made);
    wanted.permissions = std::move(permissions);
    return domain::issue_key(world_.services, root.id, wanted, root.id, world_.origin).value().text;
  };
  const auto all = domain::role_permissions(world_.services.database, "admin").value();
  EXPECT_EQ(check(bearer("/chiefs/", world_.login("root").access)).status(), 200);
  EXPECT_EQ(check(bearer("/chiefs/", key(std::nullopt))).status(), 200);
  EXPECT_EQ(check(bearer("/chiefs/", key(all))).status(), 200);
  EXPECT_EQ(check(bearer("/chiefs/", key({{"read"}}))).status(), 403);
  EXPECT_EQ(check(bearer("/chiefs/", key({{"admin"}}))).status(), 403);
  EXPECT_EQ(check(bearer("/chiefs/", key({{}}))).status(), 403);
}

TEST_F(GateTest, SignedInVisitorIsPassedOnWithIdentity) {
  const auto alice = world_.account("alice");
  const auto tokens = world_.login("alice");
  const auto response = check(bearer("/members/", tokens.access));
  ASSERT_EQ(response.status(), 200);
  EXPECT_EQ(response.get("X-Auth-Account"), alice.id.text());
  EXPECT_EQ(response.get("X-Auth-User"), "alice");
  EXPECT_EQ(response.get("X-Auth-Email"), "alice@example.org");
  EXPECT_EQ(response.get("X-Auth-Role"), "member");
  EXPECT_EQ(response.get("X-Auth-Permissions"), "posts.compose posts.read");
  EXPECT_EQ(response.get("X-Auth-Credential"), "access_token:" + tokens.session.text());
}

TEST_F(GateTest, AuthorizerRoleGetsVariablesInsteadOfHeaders) {
  world_.account("alice");
  auto request = bearer("/members/", world_.login("alice").access);
  request.role = fcgi::Role::Authorizer;
  const auto response = check(request);
  ASSERT_EQ(response.status(), 200);
  EXPECT_EQ(response.get("Variable-X_AUTH_USER"), "alice");
  EXPECT_EQ(response.get("Variable-REMOTE_USER"), "alice");
  for (const auto& [name, value] : response.headers()) EXPECT_FALSE(name.starts_with("X-Auth-"));
}

TEST_F(GateTest, KeysAreTakenInAllThreePlaces) {
  const auto alice = world_.account("alice");
  const auto key =
      domain::generate_personal_key(world_.services, alice.id, std::nullopt, world_.origin);
  const std::string text(key->text.reveal());
  EXPECT_EQ(check(with(ask("/members/"), "x-api-key", text)).status(), 200);
  EXPECT_EQ(check(with(ask("/members/"), "authorization", "ApiKey " + text)).status(), 200);
  EXPECT_EQ(check(with(ask("/members/"), "authorization", "bearer " + text)).status(), 200);
  EXPECT_EQ(check(with(ask("/members/"), "x-api-key", text)).get("X-Auth-Credential"),
            "api_key:" + key->key.id.text());
}

TEST_F(GateTest, R10AnAccessTokenIsNoApiKey) {
  world_.account("alice");
  const std::string token(world_.login("alice").access.reveal());
  EXPECT_EQ(check(with(ask("/members/"), "x-api-key", token)).status(), 401);
  EXPECT_EQ(check(with(ask("/members/"), "authorization", "ApiKey " + token)).status(), 401);
}

TEST_F(GateTest, R10ARefreshTokenOpensNothing) {
  world_.account("alice");
  const auto tokens = world_.login("alice");
  EXPECT_EQ(check(bearer("/members/", tokens.refresh)).status(), 401);
  const std::string refresh(tokens.refresh.reveal());
  EXPECT_EQ(check(with(ask("/members/"), "x-api-key", refresh)).status(), 401);
}

TEST_F(GateTest, NoCredentialAndBadCredentialAreToldApart) {
  settings_.gate.sign_in_url = "/sign-in/";
  const auto none = check(ask("/members/"));
  EXPECT_EQ(none.status(), 401);
  EXPECT_EQ(none.get("WWW-Authenticate"), "Bearer realm=\"postern\"");
  EXPECT_EQ(none.get("X-Auth-Sign-In"), "/sign-in/?return_to=/members/");
  const auto bad = check(with(ask("/members/"), "authorization", "Bearer nonsense"));
  EXPECT_EQ(bad.status(), 401);
  EXPECT_EQ(bad.get("WWW-Authenticate"), "Bearer realm=\"postern\", error=\"invalid_token\"");
  const auto empty = check(with(ask("/members/"), "authorization", "Bearer "));
  EXPECT_EQ(empty.status(), 401);
}

TEST_F(GateTest, TheCodeSaysWhyACredentialIsNoGood) {
  const auto alice = world_.account("alice");
  const auto code = [&](std::string_view credential) {
    const auto answer = check(bearer("/members/", domain::Secret(std::string(credential))));
    return std::to_string(answer.status()) + ' ' + std::string(answer.get("X-Auth-Code"));
  };
  const auto bot =
      domain::issue_bot_token(world_.services, alice.id, "2027-01-15", std::nullopt, world_.origin);
  const auto key =
      domain::generate_personal_key(world_.services, alice.id, std::nullopt, world_.origin);
  const auto ended = world_.login("alice");
  const auto kitsu = world_.login("alice", domain::SessionKind::Kitsu);
  EXPECT_EQ(code(bot->text.reveal()), "200 ");
  EXPECT_EQ(code("nonsense"), "401 invalid_token");
  EXPECT_EQ(code("a.b.c"), "401 invalid_token");
  EXPECT_EQ(code(kitsu.refresh.reveal()), "401 invalid_token") << "rule R10";
  EXPECT_EQ(check(ask("/members/")).get("X-Auth-Code"), "credential_required");
  ASSERT_TRUE(domain::end_session(world_.services, alice.id, ended.session,
                                  domain::AuditEvent::LoggedOut, alice.id, world_.origin)
                  .ok());
  EXPECT_EQ(code(ended.access.reveal()), "401 token_revoked");
  ASSERT_TRUE(
      domain::revoke_personal_key(world_.services, alice.id, std::nullopt, world_.origin).ok());
  EXPECT_EQ(code(key->text.reveal()), "401 token_revoked");
  world_.clock.advance(std::chrono::hours(24 * 8));
  EXPECT_EQ(code(kitsu.access.reveal()), "401 token_expired");
  EXPECT_EQ(code(bot->text.reveal()), "401 token_expired");
  EXPECT_EQ(check(bearer("/members/", kitsu.access)).get("WWW-Authenticate"),
            "Bearer realm=\"postern\", error=\"invalid_token\"")
      << "RFC 6750 has one word for all of them";
}

TEST_F(GateTest, R6WhoLacksASecondFactorThatHeHasToHaveIsToldSoUntilHeHasOne) {
  world_.account("alice");
  const auto kitsu = world_.login("alice", domain::SessionKind::Kitsu).access;
  world_.settings.mfa.required_at_kitsu = true;
  const auto refused = check(bearer("/members/", kitsu));
  EXPECT_EQ(refused.status(), 403);
  EXPECT_EQ(refused.get("X-Auth-Code"), "two_factor_setup_required");
  EXPECT_EQ(check(bearer("/open/", kitsu)).status(), 200) << "open to everybody, and nameless";
  EXPECT_EQ(check(bearer("/open/", kitsu)).get("X-Auth-User"), "");
  EXPECT_EQ(check(bearer("/members/", world_.login("alice").access)).status(), 200)
      << "another door's";
  world_.database.run({"factor", "update postern.account set totp_enabled = true"}, {});
  EXPECT_EQ(check(bearer("/members/", kitsu)).status(), 200) << "no refusal is remembered";
}

TEST_F(GateTest, SignInAddressCarriesTheWantedOneEncoded) {
  settings_.gate.sign_in_url = "/sign-in/?lang=en";
  EXPECT_EQ(check(ask("/members/a%20b?x=1&return_to=//evil")).get("X-Auth-Sign-In"),
            "/sign-in/?lang=en&return_to=/members/a%2520b%3Fx%3D1%26return_to%3D//evil");
  EXPECT_EQ(check(ask("/members/" + std::string(2040, 'a'))).get("X-Auth-Sign-In"),
            "/sign-in/?lang=en");
}

TEST_F(GateTest, ABadBearerRefusesEvenBesideAGoodKey) {
  const auto alice = world_.account("alice");
  const auto key =
      domain::generate_personal_key(world_.services, alice.id, std::nullopt, world_.origin);
  auto request = with(ask("/members/"), "x-api-key", std::string(key->text.reveal()));
  EXPECT_EQ(check(with(request, "authorization", "Bearer nonsense")).status(), 401);
  EXPECT_EQ(check(with(request, "authorization", "Basic YWxpY2U6eA==")).status(), 200);
}

TEST_F(GateTest, AStaleCredentialDoesNotCloseAPublicPage) {
  world_.account("alice");
  const auto tokens = world_.login("alice");
  world_.clock.advance(std::chrono::hours(1));
  const auto response = check(bearer("/open/", tokens.access));
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.get("X-Auth-User"), "");
}

TEST_F(GateTest, PermissionAndRoleAreAsked) {
  world_.account("alice");
  world_.account("root", "admin");
  const auto alice = world_.login("alice");
  const auto root = world_.login("root");
  EXPECT_EQ(check(bearer("/staff/", root.access)).status(), 200);
  EXPECT_EQ(check(bearer("/staff/", root.access)).get("X-Auth-Permissions"),
            "accounts.connect admin clients.manage keys.create moderate posts.compose posts.read "
            "read submit");
  EXPECT_EQ(check(bearer("/chiefs/", root.access)).status(), 200);
  const auto refused = check(bearer("/staff/", alice.access));
  EXPECT_EQ(refused.status(), 403);
  EXPECT_EQ(refused.get("WWW-Authenticate"),
            "Bearer realm=\"postern\", error=\"insufficient_scope\", scope=\"admin\"");
  EXPECT_EQ(check(bearer("/chiefs/", alice.access)).status(), 403);
}

TEST_F(GateTest, WhatNoRuleNamesIsDeniedToEverybody) {
  world_.account("root", "admin");
  const auto root = world_.login("root");
  EXPECT_EQ(check(bearer("/elsewhere", root.access)).status(), 403);
  EXPECT_EQ(check(ask("/elsewhere")).status(), 403);
  EXPECT_EQ(check(ask("/")).status(), 403);
  auto post = bearer("/members/", root.access);
  post.method = "POST";
  EXPECT_EQ(check(post).status(), 403);
}

TEST_F(GateTest, B738PathsAreJudgedAfterOneDecodingAndNormalising) {
  for (const auto* target : {"/open/../members/", "/open/%2e%2e/members/", "//members/",
                             "/members//", "/./members/", "/%6dembers/"}) {
    EXPECT_EQ(check(ask(target)).status(), 401) << target;
  }
}

TEST_F(GateTest, B733WhatCannotBeReadWithoutDoubtIsNever2xx) {
  world_.account("root", "admin");
  const auto root = world_.login("root");
  for (const auto* target :
       {"", "members/", "/open/%", "/open/%zz", "/open/%00", "/open/..%2fmembers",
        "/open/%5c..%5cmembers", "/../open/", "/open/\xff", "/open/%252e%252e/",
        "http://host/open/", "/open/\r\n"}) {
    auto request = bearer(target, root.access);
    const auto response = check(request);
    EXPECT_EQ(response.status(), 403) << target;
    EXPECT_EQ(response.get("X-Auth-Status"), "400") << target;
    request.role = fcgi::Role::Authorizer;
    EXPECT_EQ(check(request).status(), 400) << target;
  }
}

TEST_F(GateTest, R6NextCheckRefusesAfterLogoutDisableAndPasswordChange) {
  const auto alice = world_.account("alice");
  auto tokens = world_.login("alice");
  ASSERT_TRUE(domain::end_session(world_.services, alice.id, tokens.session,
                                  domain::AuditEvent::LoggedOut, alice.id, world_.origin));
  EXPECT_EQ(check(bearer("/members/", tokens.access)).status(), 401);

  tokens = world_.login("alice");
  EXPECT_EQ(check(bearer("/members/", tokens.access)).status(), 200);
  ASSERT_TRUE(domain::set_password(world_.services, alice.id, Secret("another long password"),
                                   std::nullopt, world_.origin));
  EXPECT_EQ(check(bearer("/members/", tokens.access)).status(), 401);

  const auto key =
      domain::generate_personal_key(world_.services, alice.id, std::nullopt, world_.origin);
  const std::string text(key->text.reveal());
  EXPECT_EQ(check(with(ask("/members/"), "x-api-key", text)).status(), 200);
  domain::AccountChange disable;
  disable.is_active = false;
  ASSERT_TRUE(
      domain::update_account(world_.services, alice.id, disable, std::nullopt, world_.origin));
  EXPECT_EQ(check(with(ask("/members/"), "x-api-key", text)).status(), 401);
}

TEST_F(GateTest, R6ARoleTakenAwayBitesOnTheNextCheck) {
  const auto root = world_.account("root", "admin");
  world_.account("other", "admin");
  const auto tokens = world_.login("root");
  EXPECT_EQ(check(bearer("/staff/", tokens.access)).status(), 200);
  domain::AccountChange demote;
  demote.role = "member";
  ASSERT_TRUE(
      domain::update_account(world_.services, root.id, demote, std::nullopt, world_.origin));
  EXPECT_EQ(check(bearer("/staff/", tokens.access)).status(), 403);
  EXPECT_EQ(check(bearer("/members/", tokens.access)).get("X-Auth-Role"), "member");
}

TEST_F(GateTest, R7ADatabaseThatFailsIsARefusalWithRetryAfter) {
  world_.account("alice");
  const auto tokens = world_.login("alice");
  world_.database.set_fault_hook_for_test(
      [](std::string_view) { throw domain::DatabaseUnavailable("57P01 test"); });
  const auto refused = check(bearer("/members/", tokens.access));
  EXPECT_EQ(refused.status(), 403);
  EXPECT_EQ(refused.get("X-Auth-Status"), "503");
  EXPECT_EQ(refused.get("Retry-After"), "2");
  auto authorizer = bearer("/members/", tokens.access);
  authorizer.role = fcgi::Role::Authorizer;
  EXPECT_EQ(check(authorizer).status(), 503);
  EXPECT_EQ(check(ask("/open/")).status(), 200) << "nothing to ask the database";
}

TEST_F(GateTest, R7AnyOtherExceptionIsARefusalToo) {
  world_.account("alice");
  const auto tokens = world_.login("alice");
  world_.database.set_fault_hook_for_test(
      [](std::string_view) { throw std::runtime_error("something broke"); });
  EXPECT_EQ(check(bearer("/members/", tokens.access)).status(), 403);
}

TEST_F(GateTest, Cve202634457NoOtherHeaderChangesTheDecision) {
  for (const auto* header : {"user-agent", "x-forwarded-for", "x-forwarded-uri", "x-original-uri",
                             "x-original-url", "x-auth-user", "x-auth-role", "x-remote-user"}) {
    for (const auto* value : {"/open/", "root", "GoogleHC/1.0", "127.0.0.1"}) {
      EXPECT_EQ(check(with(ask("/staff/"), header, value)).status(), 401) << header;
    }
  }
}

TEST_F(GateTest, B729EveryShortenedOrLengthenedTokenIsRefused) {
  world_.account("alice");
  const std::string token(world_.login("alice").access.reveal());
  for (std::size_t length = 0; length < token.size(); ++length) {
    ASSERT_EQ(check(bearer("/members/", Secret(token.substr(0, length)))).status(), 401) << length;
  }
  EXPECT_EQ(check(bearer("/members/", Secret(token + "A"))).status(), 401);
  EXPECT_EQ(check(bearer("/members/", Secret(token + "."))).status(), 401);
}

}  // namespace
}  // namespace postern::handlers

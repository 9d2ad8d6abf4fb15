#include "handlers/request_limit.hpp"

#include <gtest/gtest.h>

#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using domain::KeyRestrictions;
using domain::seconds;
using test::json_of;

class RequestLimits : public testing::Test {
 protected:
  RequestLimits() { world_.settings.native.requests_per_minute = 3; }

  /// Of GET /auth/v1/me.
  Response ask(const domain::Secret& credential, const std::string& address = "192.0.2.1") {
    auto request = test::request("GET", "/auth/v1/me");
    request.remote_address = address;
    if (!credential.empty()) request = test::with_bearer(std::move(request), credential);
    return world_.send(request);
  }
  int status(const domain::Secret& credential, const std::string& address = "192.0.2.1") {
    return ask(credential, address).status();
  }
  domain::Secret key_with(domain::AccountId account, const KeyRestrictions& restrictions) {
    const domain::NewKey wanted{
        .name = "ci", .permissions = {}, .lifetime = {}, .restrictions = restrictions};
    return domain::issue_key(world_.domain.services, account, wanted, account, world_.domain.origin)
        ->text;
  }
  static std::string code_of(const Response& response) {
    return std::to_string(response.status()) + " " + json_of(response)["code"].asString();
  }

  test::HandlerWorld world_;
};

TEST_F(RequestLimits, AreToldOnEveryAnswerAndOneTooManyIsRefused) {
  const auto access = world_.signed_in().access;
  for (const char* left : {"2", "1", "0"}) {
    const auto response = ask(access);
    EXPECT_EQ(response.status(), 200);
    EXPECT_EQ(response.get("RateLimit-Policy"), R"("native";q=3;w=60)");
    EXPECT_EQ(response.get("RateLimit"), std::string(R"("native";r=)") + left +
                                             ";t=" + std::to_string(60 - (*left - '0') * 20));
  }
  const auto refused = ask(access);
  EXPECT_EQ(code_of(refused), "429 too_many_attempts");
  EXPECT_EQ(refused.get("Retry-After"), "20");
  EXPECT_EQ(refused.get("RateLimit"), R"("native";r=0;t=60)");
  EXPECT_EQ(refused.get("Content-Type"), "application/problem+json");
  world_.domain.clock.advance(seconds(20));
  EXPECT_EQ(status(access), 200);
  EXPECT_EQ(status(access), 429);
}

TEST_F(RequestLimits, OneTooManyDoesNotReachItsHandler) {
  const auto access = world_.signed_in().access;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status(access), 200);
  EXPECT_EQ(world_.send("PUT", "/auth/v1/me/key", access).status(), 429);
  EXPECT_EQ(world_.domain.database_server.sql("select count(*) from postern.api_key"), "0");
}

TEST_F(RequestLimits, AnAccountHasOneForAllItsCredentialsAndNetworks) {
  const auto alice = world_.domain.account("alice");
  const auto access = world_.domain.login("alice").access;
  const auto other = world_.domain.login("alice").access;
  const auto key = world_.key_of(alice.id);
  EXPECT_EQ(status(access), 200);
  EXPECT_EQ(status(other, "198.51.100.7"), 200);
  EXPECT_EQ(status(key, "2001:db8::1"), 200);
  for (const auto* credential : {&access, &other, &key}) EXPECT_EQ(status(*credential), 429);
}

TEST_F(RequestLimits, AccountsDoNotShare) {
  const auto alice = world_.signed_in("alice").access;
  const auto bob = world_.signed_in("bob").access;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status(alice), 200);
  EXPECT_EQ(status(alice), 429);
  EXPECT_EQ(status(bob), 200);
}

TEST_F(RequestLimits, WithoutAValidCredentialTheNetworkIsCharged) {
  const auto alice = world_.signed_in("alice").access;
  EXPECT_EQ(status({}), 401);
  const auto refused = ask(domain::Secret("not.a.token"));
  EXPECT_EQ(refused.status(), 401);
  EXPECT_EQ(refused.get("RateLimit"), R"("native";r=1;t=40)") << "refusals count and tell";
  EXPECT_EQ(status({}), 401);
  EXPECT_EQ(code_of(ask({})), "429 too_many_attempts");
  EXPECT_EQ(status(domain::Secret("not.a.token")), 429);
  EXPECT_EQ(status({}, "192.0.2.2"), 401) << "another network";
  EXPECT_EQ(status(alice), 200) << "an account behind the same address";
}

TEST_F(RequestLimits, ANetworkOfIPv6IsASlash64) {
  for (const char* address : {"2001:db8::1", "2001:db8::2", "2001:db8::3"})
    EXPECT_EQ(status({}, address), 401);
  EXPECT_EQ(status({}, "2001:db8::4"), 429);
  EXPECT_EQ(status({}, "2001:db8:0:1::4"), 401);
}

TEST_F(RequestLimits, ForbiddenRequestsCount) {
  const auto member = world_.signed_in().access;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(world_.send("GET", "/auth/v1/admin/accounts", member).status(), 403);
  }
  EXPECT_EQ(world_.send("GET", "/auth/v1/admin/accounts", member).status(), 429);
}

TEST_F(RequestLimits, FailuresOfAHandlerCountAndTellThemToo) {
  world_.domain.database.set_fault_hook_for_test(
      [](std::string_view) { throw domain::DatabaseUnavailable("away"); });
  const auto body = test::json(R"({"login":"alice","password":"correct horse battery"})");
  const auto failed = world_.send("POST", "/auth/v1/login", body);
  EXPECT_EQ(failed.status(), 503);
  EXPECT_EQ(failed.get("RateLimit"), R"("native";r=2;t=20)");
}

TEST_F(RequestLimits, OperationIsNotLimited) {
  for (const char* target : {"/auth/v1/healthz", "/auth/v1/readyz", "/auth/v1/jwks.json",
                             "/auth/v1/openapi.json", "/auth/v1/metrics"}) {
    for (int i = 0; i < 5; ++i) {
      auto request = test::request("GET", target);
      request.remote_address = "127.0.0.1";
      const auto response = world_.send(request);
      EXPECT_EQ(response.status(), 200) << target;
      EXPECT_EQ(response.get("RateLimit"), "") << target;
    }
  }
}

TEST_F(RequestLimits, NoneIsNone) {
  world_.settings.native.requests_per_minute = 0;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask({}).get("RateLimit-Policy"), "");
  EXPECT_EQ(status({}), 401);
}

TEST_F(RequestLimits, TheLimiterTellsWhatItGaveUp) {
  auto request = test::request("GET", "/auth/v1/metrics");
  request.remote_address = "127.0.0.1";
  EXPECT_NE(world_.send(request).body().find("\npostern_limiter_given_up_total 0\n"),
            std::string::npos);
}

class KeyRestrictionsOnTheApi : public RequestLimits {
 protected:
  KeyRestrictionsOnTheApi() { world_.settings.native.requests_per_minute = 600; }
  domain::Account alice_ = world_.domain.account("alice");
};

TEST_F(KeyRestrictionsOnTheApi, ItsNetworksHold) {
  const auto key = key_with(alice_.id, {{"192.0.2.0/24"}, {}, {}});
  EXPECT_EQ(status(key), 200);
  const auto refused = ask(key, "198.51.100.7");
  EXPECT_EQ(code_of(refused), "403 key_restricted");
  EXPECT_NE(refused.get("RateLimit"), "");
  EXPECT_EQ(status(key, ""), 403);
}

TEST_F(KeyRestrictionsOnTheApi, ItsPathsHold) {
  EXPECT_EQ(code_of(ask(key_with(alice_.id, {{}, {"/feeds/**"}, {}}))), "403 key_restricted");
}

TEST_F(KeyRestrictionsOnTheApi, ARestrictedKeyReachesWhatItsPathsName) {
  const auto key = key_with(alice_.id, {{}, {"/auth/v1/me"}, {}});
  EXPECT_EQ(status(key), 200);
  EXPECT_EQ(code_of(world_.send("GET", "/auth/v1/keys", key)), "403 key_restricted");
}

TEST_F(KeyRestrictionsOnTheApi, ItsRateIsItsOwn) {
  const auto key = key_with(alice_.id, {{}, {}, 2});
  EXPECT_EQ(status(key), 200);
  EXPECT_EQ(status(key), 200);
  const auto refused = ask(key);
  EXPECT_EQ(code_of(refused), "429 too_many_attempts");
  EXPECT_EQ(refused.get("Retry-After"), "30");
  EXPECT_EQ(status(world_.key_of(alice_.id)), 200) << "another key of the account";
}

TEST_F(KeyRestrictionsOnTheApi, R7AnUnreadableLineRefuses) {
  const auto key = key_with(alice_.id, {{"192.0.2.0/24"}, {}, {}});
  world_.domain.database_server.sql("update postern.api_key set cidrs = '{nonsense}'");
  EXPECT_EQ(code_of(ask(key)), "403 key_restricted");
}

}  // namespace
}  // namespace postern::handlers

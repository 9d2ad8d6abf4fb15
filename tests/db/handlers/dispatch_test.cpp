#include "handlers/dispatch.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/golden.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using test::golden;
using test::json;
using test::json_of;

class Dispatch : public testing::Test {
 protected:
  static std::string code_of(const Response& response) {
    return std::to_string(response.status()) + " " + json_of(response)["code"].asString();
  }
  void break_database(const std::function<void()>& how) {
    world_.domain.database.set_fault_hook_for_test([how](std::string_view) { how(); });
  }

  test::HandlerWorld world_;
};

TEST_F(Dispatch, EveryAnswerCarriesTheRequestId) {
  for (const auto* target : {"/auth/v1/healthz", "/auth/v1/nothing", "/nothing", "/%00"}) {
    const auto request = test::request("GET", target);
    EXPECT_EQ(dispatch(request, world_.services).get("X-Request-Id"), request.id) << target;
  }
}

TEST_F(Dispatch, UnknownPathsAreNotFoundInTheNativeShape) {
  for (const auto* target : {"/nothing", "/auth/v1", "/auth/v1/", "/auth/v1/me/", "/auth/v1/ME",
                             "/auth/v1/password", "/api/nothing"}) {
    const auto response = world_.send("GET", target);
    EXPECT_EQ(golden(response),
              R"(404 {"code":"not_found","detail":"There is no such thing",)"
              R"("request_id":"<request>","status":404,"title":"There is no such thing",)"
              R"("type":"/auth/v1/problems/not_found"})")
        << target;
    EXPECT_EQ(response.log_route, "");
  }
}

TEST_F(Dispatch, WrongMethodsAreToldTheRightOnes) {
  const auto response = world_.send("PUT", "/auth/v1/me");
  EXPECT_EQ(code_of(response), "405 method_not_allowed");
  EXPECT_EQ(response.get("Allow"), "GET, HEAD, PATCH");
  EXPECT_EQ(world_.send("GET", "/auth/v1/login").get("Allow"), "POST");
  EXPECT_EQ(world_.send("BREW", "/auth/v1/login").status(), 405);
}

// CVE-2021-32637: what cannot be read is refused, whoever asks.
TEST_F(Dispatch, B7n33UnreadableTargetsAreRefused) {
  const auto tokens = world_.signed_in();
  for (const auto* target : {"/auth/v1/me%00", "/auth/v1/%2e%2e%2fme%2f", "auth/v1/me",
                             "/auth/v1/me%zz", "/auth/v1/\\me", "http://x/auth/v1/me", ""}) {
    const auto response = world_.send("GET", target, tokens.access);
    EXPECT_EQ(code_of(response), "400 bad_request") << target;
  }
}

TEST_F(Dispatch, RoutesByTheNormalisedPath) {
  const auto tokens = world_.signed_in();
  for (const auto* target :
       {"/auth/v1/%6de", "//auth//v1/me", "/auth/v1/x/../me", "/auth/v1/./me?x=y"}) {
    EXPECT_EQ(world_.send("GET", target, tokens.access).status(), 200) << target;
  }
}

TEST_F(Dispatch, R7LostDatabaseIs503WithRetryAfterAndNoWordOfIt) {
  const auto tokens = world_.signed_in();
  break_database([] { throw domain::DatabaseUnavailable("08006 at host db.internal"); });
  const auto response = world_.send("GET", "/auth/v1/me", tokens.access);
  EXPECT_EQ(golden(response),
            R"(503 {"code":"unavailable","detail":"Unavailable at the moment",)"
            R"("request_id":"<request>","status":503,"title":"Unavailable at the moment",)"
            R"("type":"/auth/v1/problems/unavailable"})");
  EXPECT_EQ(response.get("Retry-After"), "2");
  EXPECT_EQ(response.log_route, "me.show");
}

// CVE-2020-15223: a revocation that was not kept is not acknowledged.
TEST_F(Dispatch, B7n07FailedRevocationIsNeverASuccess) {
  const auto tokens = world_.signed_in();
  for (const auto* point : {"begin", "before_commit"}) {
    world_.domain.database.set_fault_hook_for_test([point](std::string_view at) {
      if (at == point) throw domain::DatabaseUnavailable("gone");
    });
    EXPECT_EQ(world_.send("POST", "/auth/v1/logout", tokens.access).status(), 503) << point;
    world_.domain.database.set_fault_hook_for_test({});
    EXPECT_EQ(world_.send("GET", "/auth/v1/me", tokens.access).status(), 200) << point;
  }
}

TEST_F(Dispatch, OtherFailuresAre500AndTellNothing) {
  const auto tokens = world_.signed_in();
  const std::function<void()> failures[] = {
      [] { throw domain::DatabaseError("42P01 secret_table"); },
      [] { throw std::runtime_error("secret"); }};
  for (const auto& failure : failures) {
    break_database(failure);
    const auto response = world_.send("GET", "/auth/v1/me", tokens.access);
    EXPECT_EQ(golden(response),
              R"(500 {"code":"internal","detail":"Something went wrong here",)"
              R"("request_id":"<request>","status":500,"title":"Something went wrong here",)"
              R"("type":"/auth/v1/problems/internal"})");
  }
}

TEST_F(Dispatch, FailuresHaveTheShapeOfThePathsDialect) {
  const auto native = dispatch_failure(test::request("POST", "/auth/v1/login"), 413);
  EXPECT_EQ(code_of(native), "413 body_too_large");
  EXPECT_EQ(native.get("Content-Type"), "application/problem+json");
  const auto other = dispatch_failure(test::request("POST", "/api/accounts/token/"), 413);
  EXPECT_EQ(other.status(), 413);
  EXPECT_NE(other.get("Content-Type"), "application/problem+json");
}

TEST_F(Dispatch, DialectThatIsSwitchedOffIsNotThere) {
  EXPECT_NE(world_.send("POST", "/api/accounts/token/", json("{}")).status(), 404);
  world_.settings.dispatcharr.enabled = false;
  EXPECT_EQ(code_of(world_.send("POST", "/api/accounts/token/", json("{}"))), "404 not_found");
}

}  // namespace
}  // namespace postern::handlers

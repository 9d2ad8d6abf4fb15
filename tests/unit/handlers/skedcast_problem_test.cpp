#include <gtest/gtest.h>

#include "handlers/skedcast/correlation.hpp"
#include "handlers/skedcast/problem.hpp"
#include "handlers/skedcast/skedcast.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers::skedcast {
namespace {

using domain::Errc;
using domain::Error;
using test::json_of;
using test::request;
using test::with_header;

Request asked() {
  return with_header(request("GET", "/v1/agency"), "x-correlation-id", "c-1");
}

TEST(SkedCastProblem, HasTheShapeOfTheDocument) {
  const auto response = refuse(asked(), Error{Errc::KeyRevoked});
  EXPECT_EQ(response.status(), 401);
  EXPECT_EQ(response.get("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.body(),
            R"({"type":"https://docs.skedcast.com/errors/key_revoked","title":"API key revoked",)"
            R"("status":401,"category":"unauthenticated","code":"key_revoked",)"
            R"("detail":"The API key has been revoked.","correlationId":"c-1"})");
  EXPECT_EQ(response.get("X-Correlation-Id"), "c-1");
  EXPECT_EQ(response.get("WWW-Authenticate"), R"(Bearer realm="skedcast", error="invalid_token")");
}

TEST(SkedCastProblem, ListsTheErrorsOfAValue) {
  const Error error{.code = Errc::InvalidInput, .field = "name", .reason = "too_long"};
  const auto response = refuse(asked(), error);
  EXPECT_EQ(response.status(), 422);
  const auto body = json_of(response);
  EXPECT_EQ(body["code"].asString(), "validation_failed");
  EXPECT_EQ(body["category"].asString(), "bad-body");
  EXPECT_EQ(body["errors"][0]["path"].asString(), "name");
  EXPECT_EQ(body["errors"][0]["message"].asString(), "too_long");
}

TEST(SkedCastProblem, SaysHowLongToWait) {
  Error error{.code = Errc::TooManyAttempts};
  error.retry_after = std::chrono::seconds(17);
  const auto limited = refuse(asked(), error);
  EXPECT_EQ(limited.status(), 429);
  EXPECT_EQ(limited.get("Retry-After"), "17");
  EXPECT_EQ(json_of(limited)["code"].asString(), "rate_limited");
  EXPECT_EQ(refuse(asked(), Error{Errc::Busy}).get("Retry-After"), "1");
  EXPECT_EQ(failure(asked(), 503).get("Retry-After"), "2");
}

TEST(SkedCastProblem, ARestrictedKeyIsForbidden) {
  const auto response = refuse(asked(), Error{.code = Errc::KeyRestricted, .field = "network"});
  EXPECT_EQ(response.status(), 403);
  EXPECT_EQ(json_of(response)["code"].asString(), "key_restricted");
  EXPECT_EQ(response.get("WWW-Authenticate"),
            R"(Bearer realm="skedcast", error="insufficient_scope")");
}

TEST(SkedCastProblem, EveryRefusalHasOneOfTheDocumentsStatuses) {
  for (int code = 0; code <= static_cast<int>(Errc::RefreshReused); ++code) {
    const auto& problem = problem_of(static_cast<Errc>(code));
    EXPECT_NE(problem.status, 500) << name_of(static_cast<Errc>(code));
    EXPECT_FALSE(problem.category.empty() || problem.code.empty() || problem.title.empty());
  }
}

TEST(SkedCastProblem, FailuresKeepTheirStatus) {
  for (const int status : {400, 405, 413, 414, 431, 500, 503}) {
    const auto response = failure(asked(), status);
    EXPECT_EQ(response.status(), status);
    EXPECT_EQ(json_of(response)["status"].asInt(), status);
    EXPECT_EQ(response.get("X-Correlation-Id"), "c-1");
  }
  EXPECT_EQ(failure(asked(), 200).status(), 500);
}

TEST(SkedCastCorrelation, TakesThePlainAndBoundedAlone) {
  const auto answered = [](std::string_view given) {
    return correlation_id(with_header(request("GET", "/v1/agency"), "x-correlation-id", given));
  };
  for (const std::string& good :
       {std::string("c-1"), std::string("A.b_9-"), std::string(64, 'x')}) {
    EXPECT_EQ(answered(good), good);
  }
  for (const std::string& bad :
       {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a\"b"),
        std::string("a<b"), std::string("a/b"), std::string("\xc3\xa9"), std::string("a\r\nb")}) {
    const auto own = answered(bad);
    EXPECT_NE(own, bad);
    EXPECT_TRUE(own.starts_with("c-")) << own;
  }
  auto sent = request("GET", "/v1/agency");
  EXPECT_EQ(correlation_id(sent), "c-" + sent.id);
}

TEST(SkedCastDialect, TellsItsLimitAndHasNoneAtZero) {
  const auto& dialect = skedcast_dialect();
  Settings settings;
  settings.skedcast.requests_per_minute = 7;
  const auto limit = dialect.limit(settings, dialect.routes[0]);
  ASSERT_TRUE(limit);
  EXPECT_EQ(limit->rate.limit, 7U);
  EXPECT_EQ(limit->rate.window, std::chrono::minutes(1));
  EXPECT_EQ(limit->by, RequestLimit::By::Account);
  Response response(200);
  dialect.tell_limit(response, *limit,
                     {.allowed = true,
                      .limit = 7,
                      .remaining = 3,
                      .retry_after = {},
                      .reset_after = std::chrono::seconds(30)},
                     {});
  EXPECT_EQ(response.get("RateLimit-Limit"), "7");
  EXPECT_EQ(response.get("RateLimit-Remaining"), "3");
  EXPECT_EQ(response.get("RateLimit-Reset"), "30");
  settings.skedcast.requests_per_minute = 0;
  EXPECT_FALSE(dialect.limit(settings, dialect.routes[0]));
}

}  // namespace
}  // namespace postern::handlers::skedcast

#include <gtest/gtest.h>

#include <regex>

#include "handlers/version.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers {
namespace {

using test::golden;

class NativeOperation : public testing::Test {
 protected:
  std::string get(const std::string& path) {
    return golden(world_.send("GET", "/auth/v1/" + path));
  }
  Response metrics(const std::string& address) {
    auto request = test::request("GET", "/auth/v1/metrics");
    request.remote_address = address;
    return world_.send(request);
  }

  test::HandlerWorld world_;
};

TEST_F(NativeOperation, HealthAsksNobody) {
  world_.domain.database.set_fault_hook_for_test(
      [](std::string_view) { throw domain::DatabaseUnavailable("down"); });
  EXPECT_EQ(get("healthz"), R"(200 {"status":"ok"})");
}

TEST_F(NativeOperation, ReadyWhenEverythingIs) {
  EXPECT_EQ(get("readyz"),
            R"(200 {"checks":{"database":"ok","housekeeper":"ok","keys":"ok","schema":"ok"},)"
            R"("status":"ready"})");
}

TEST_F(NativeOperation, SilentHousekeeperIsNotReady) {
  world_.shared.housekeeper_ms = fcgi::monotonic_ms() - 10'001;
  const auto response = world_.send("GET", "/auth/v1/readyz");
  EXPECT_EQ(golden(response),
            R"(503 {"checks":{"database":"ok","housekeeper":"failed","keys":"ok",)"
            R"("schema":"ok"},"status":"not_ready"})");
  EXPECT_EQ(response.get("Retry-After"), "2");
  world_.shared.housekeeper_ms = 0;
  EXPECT_EQ(world_.send("GET", "/auth/v1/readyz").status(), 503) << "none ever";
}

TEST_F(NativeOperation, B7n60LostDatabaseIsNotReadyAndNotNamed) {
  domain::Database lost({"host=/nonexistent-directory dbname=none"});
  auto& domain = world_.domain.services;
  domain::Services without{domain.settings,  lost,          domain.clock,
                           domain.random,    domain.ring,   domain.signing_keys,
                           domain.passwords, domain.limiter};
  Services services{without, world_.settings, world_.shared};
  EXPECT_EQ(golden(dispatch(test::request("GET", "/auth/v1/readyz"), services)),
            R"(503 {"checks":{"database":"failed","housekeeper":"ok","keys":"ok",)"
            R"("schema":"failed"},"status":"not_ready"})");
}

TEST_F(NativeOperation, OldSchemaIsNotReady) {
  world_.domain.database_server.sql("delete from postern.schema_migration");
  EXPECT_EQ(world_.send("GET", "/auth/v1/readyz").status(), 503);
}

TEST_F(NativeOperation, MissingSigningKeysAreNotReady) {
  auto& domain = world_.domain.services;
  domain::SigningKeys none;
  domain::Services without{domain.settings,  domain.database, domain.clock,
                           domain.random,    domain.ring,     none,
                           domain.passwords, domain.limiter};
  Services services{without, world_.settings, world_.shared};
  EXPECT_EQ(golden(dispatch(test::request("GET", "/auth/v1/readyz"), services)),
            R"(503 {"checks":{"database":"ok","housekeeper":"ok","keys":"failed",)"
            R"("schema":"ok"},"status":"not_ready"})");
}

TEST_F(NativeOperation, MetricsAreForTheMachineItself) {
  for (const auto* near : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_EQ(metrics(near).status(), 200) << near;
  }
  for (const auto* far : {"192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "",
                          "unix:", "127.0.0.1.example.org", "1270.0.0.1", "localhost"}) {
    EXPECT_EQ(metrics(far).status(), 403) << far;
  }
}

TEST_F(NativeOperation, MetricsCountWhatHappens) {
  auto& shared = world_.shared;
  shared.started_ms = 1'800'000'000'123;
  shared.counters.responses[0][2] = 7;
  shared.counters.responses[1][4] = 3;
  shared.counters.microseconds[0] = 1'234'567;
  shared.counters.workers_died = 1;
  shared.workers[0].pid = 42;
  shared.workers[1].pid = 43;
  shared.workers[1].busy_since_ms = 1;
  const auto response = metrics("127.0.0.1");
  EXPECT_EQ(response.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const std::string& line : {
           "postern_build_info{version=\"" + std::string(version()) + "\"} 1",
           std::string("postern_start_time_seconds 1800000000.123"),
           std::string("postern_responses_total{door=\"api\",class=\"2xx\"} 7"),
           std::string("postern_responses_total{door=\"gate\",class=\"4xx\"} 3"),
           std::string("postern_request_seconds_total{door=\"api\"} 1.234567"),
           std::string("postern_workers_died_total 1"),
           std::string("postern_workers 2"),
           std::string("postern_workers_busy 1"),
       }) {
    EXPECT_NE(response.body().find(line + "\n"), std::string::npos) << line;
  }
}

TEST_F(NativeOperation, MetricsAreWellFormedPrometheusText) {
  const auto text = metrics("127.0.0.1").body();
  const std::regex line(
      R"((# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.]+))");
  for (std::size_t start = 0; start < text.size();) {
    const auto end = text.find('\n', start);
    ASSERT_NE(end, std::string::npos) << "the last line ends, too";
    EXPECT_TRUE(std::regex_match(text.substr(start, end - start), line))
        << text.substr(start, end - start);
    start = end + 1;
  }
}

TEST_F(NativeOperation, ServesItsOpenApiDocument) {
  const auto response = world_.send("GET", "/auth/v1/openapi.json");
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.get("Content-Type"), "application/json");
  EXPECT_EQ(test::json_of(response)["openapi"].asString(), "3.1.0");
}

}  // namespace
}  // namespace postern::handlers

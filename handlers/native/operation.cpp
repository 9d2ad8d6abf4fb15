#include "domain/migrations.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/openapi.hpp"
#include "handlers/native/views.hpp"

namespace postern::handlers::native {
namespace {

constexpr std::int64_t kHousekeeperSilenceMs = 10'000;
constexpr std::string_view kRetryAfter = "2";

bool schema_is_current(domain::Database& database) {
  try {
    return database.schema_version() >= domain::latest_schema_version();
  } catch (const domain::DatabaseUnavailable&) {
    return false;
  } catch (const domain::DatabaseError&) {
    return false;
  }
}

bool housekeeper_lives(const fcgi::SharedSegment& shared) {
  const auto last = shared.housekeeper_ms.load();
  return last != 0 && fcgi::monotonic_ms() - last < kHousekeeperSilenceMs;
}

}  // namespace

/// The process answers; it asks nobody else.
Response show_health(const Call& /*call*/, Services& /*services*/) {
  Json::Value body(Json::objectValue);
  body["status"] = "ok";
  return json_response(200, body);
}

/// Says which part is missing, and nothing about where it is (CVE-2024-32967).
Response show_readiness(const Call& /*call*/, Services& services) {
  auto& domain = services.domain;
  Json::Value body(Json::objectValue);
  bool ready = true;
  const auto check = [&](const char* name, bool good) {
    body["checks"][name] = good ? "ok" : "failed";
    ready = ready && good;
  };
  const bool database = domain.database.reachable();
  check("database", database);
  check("schema", database && schema_is_current(domain.database));
  check("keys", domain.signing_keys.ready());
  check("housekeeper", housekeeper_lives(services.shared));
  body["status"] = ready ? "ready" : "not_ready";
  auto response = json_response(ready ? 200 : 503, body);
  if (!ready) response.set("Retry-After", kRetryAfter);
  return response;
}

Response show_openapi(const Call& /*call*/, Services& /*services*/) {
  return Response(200, "application/json", std::string(openapi_document()));
}

}  // namespace postern::handlers::native

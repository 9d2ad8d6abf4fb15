#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::kitsu {
namespace {

constexpr std::string_view kName = "Zou";
constexpr std::int64_t kHousekeeperSilenceMs = 10'000;

/// What the original tells of its parts. Of those that have no counterpart here none is up.
struct Status {
  bool database = false;
  bool key_value_store = false;  ///< limits and revocations: this machine's memory
  bool event_stream = false;
  bool job_queue = false;  ///< the housekeeper
  bool indexer = false;
};

Status status_of(Services& services) {
  Status status;
  status.database = services.domain.database.reachable();
  status.key_value_store = true;
  const auto last = services.shared.housekeeper_ms.load();
  status.job_queue = last != 0 && fcgi::monotonic_ms() - last < kHousekeeperSilenceMs;
  return status;
}

std::string line(std::string_view name, std::string_view value) {
  return std::string(name) + ": " + std::string(value) + '\n';
}

std::string_view word(bool up) {
  return up ? "up" : "down";
}

}  // namespace

Response show_index(const Call& /*call*/, Services& services) {
  return Response(
      200, "application/json",
      ObjectText().text("api", kName).text("version", services.settings.kitsu.version).finish());
}

Response show_status(const Call& /*call*/, Services& services) {
  const auto status = status_of(services);
  return Response(200, "application/json",
                  ObjectText()
                      .text("name", kName)
                      .text("version", services.settings.kitsu.version)
                      .boolean("database-up", status.database)
                      .boolean("key-value-store-up", status.key_value_store)
                      .boolean("event-stream-up", status.event_stream)
                      .boolean("job-queue-up", status.job_queue)
                      .boolean("indexer-up", status.indexer)
                      .finish());
}

Response show_status_text(const Call& /*call*/, Services& services) {
  const auto status = status_of(services);
  return Response(200, "text/plain; charset=utf-8",
                  line("name", kName) + line("version", services.settings.kitsu.version) +
                      line("database-up", word(status.database)) +
                      line("key-value-store-up", word(status.key_value_store)) +
                      line("event-stream-up", word(status.event_stream)) +
                      line("job-queue-up", word(status.job_queue)) +
                      line("indexer-up", word(status.indexer)));
}

/// What a client has to know before anybody signs in.
Response show_config(const Call& /*call*/, Services& services) {
  const auto& settings = services.settings.kitsu;
  // A browser brings nothing from there but cookies.
  const auto* provider =
      settings.browser_cookies ? services.settings.sso.find(settings.oidc_provider) : nullptr;
  Json::Value body(Json::objectValue);
  body["is_self_hosted"] = true;
  body["crisp_token"] = "";
  body["dark_theme_by_default"] = false;
  body["indexer_configured"] = false;
  body["saml_enabled"] = false;
  body["saml_idp_name"] = "";
  body["oidc_enabled"] = provider != nullptr;
  body["oidc_idp_name"] = provider != nullptr ? provider->title : "";
  body["default_locale"] = settings.locale;
  body["default_timezone"] = settings.timezone;
  body["enforce_2fa"] = services.domain.settings.mfa.required_at_kitsu;
  return answer(200, body);
}

}  // namespace postern::handlers::kitsu

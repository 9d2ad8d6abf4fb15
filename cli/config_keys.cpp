#include <utility>
#include <vector>

#include "cli/config_forms.hpp"
#include "cli/config_key_table.hpp"
#include "cli/config_keys_kitsu.hpp"
#include "cli/config_keys_mail.hpp"
#include "cli/config_keys_mfa.hpp"
#include "cli/config_keys_oauth.hpp"
#include "cli/config_keys_scriptix.hpp"
#include "cli/config_keys_skedcast.hpp"
#include "cli/config_keys_sso.hpp"
#include "cli/config_keys_webauthn.hpp"
#include "cli/config_schema.hpp"
#include "domain/credential_cache.hpp"

namespace postern::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Days = std::chrono::days;
constexpr std::nullopt_t kRequired = std::nullopt;

unsigned socket_mode(const Value& value) {
  return static_cast<unsigned>(std::stoul(text(value), nullptr, 8));
}

fcgi::LogLevel log_level(const Value& value) {
  if (text(value) == "debug") return fcgi::LogLevel::Debug;
  if (text(value) == "warning") return fcgi::LogLevel::Warning;
  return text(value) == "error" ? fcgi::LogLevel::Error : fcgi::LogLevel::Info;
}

domain::RegistrationMode registration_mode(const Value& value) {
  using domain::RegistrationMode;
  if (text(value) == "open") return RegistrationMode::Open;
  return text(value) == "invite" ? RegistrationMode::Invite : RegistrationMode::Closed;
}

std::optional<seconds> leeway(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return seconds(*number);
  return std::nullopt;
}

/// What is about the entries comes on top: less than 1 MiB.
std::size_t entries_in(std::int64_t mebibytes) {
  return static_cast<std::size_t>(mebibytes) * 1024 * 1024 / domain::CredentialCache::kEntryBytes;
}

domain::SessionSettings& native(Config& c) {
  return c.domain.sessions[0];
}
domain::SessionSettings& dispatcharr(Config& c) {
  return c.domain.sessions[1];
}

void add_server(KeyTable& t) {
  constexpr const char* kListen =
      "\"unix:/path\", \"tcp:127.0.0.1:9000\", \"tcp:[::1]:9000\" or \"fd:N\"";
  constexpr const char* kMode = "four octal digits, \"0600\" to \"0777\"";
  constexpr const char* kGroup = "the name of a group, or \"\" for the process's own";
  t.words("server.issuer", kRequired, is_issuer,
          "\"https://host\" or \"https://host:port\", lower case, without a path",
          [](Config& c, const Value& v) { c.domain.issuer = text(v); });
  t.words("server.pid_file", "", is_absolute_path_or_empty, "an absolute path, or \"\" for none",
          [](Config& c, const Value& v) { c.server.pid_file = text(v); });
  t.number("server.max_requests_per_worker", 100000, 0, 1000000000,
           [](Config& c, const Value& v) { c.server.max_requests_per_worker = count(v); });
  t.number("server.resolvers", 2, 1, 64,
           [](Config& c, const Value& v) { c.server.resolvers = count(v); });
  t.number("server.receive_timeout_seconds", 10, 1, 300,
           [](Config& c, const Value& v) { c.server.receive_timeout = seconds(integer(v)); });
  t.number("server.request_timeout_seconds", 30, 2, 3600,
           [](Config& c, const Value& v) { c.server.request_timeout = seconds(integer(v)); });
  t.number("server.drain_timeout_seconds", 20, 1, 600,
           [](Config& c, const Value& v) { c.server.drain_timeout = seconds(integer(v)); });
  t.words("server.api.listen", "unix:/run/postern/api.sock", is_listen_address, kListen,
          [](Config& c, const Value& v) { c.server.api.socket.address = text(v); });
  t.words("server.api.mode", "0660", is_socket_mode, kMode,
          [](Config& c, const Value& v) { c.server.api.socket.mode = socket_mode(v); });
  t.words("server.api.group", "", is_group_or_empty, kGroup,
          [](Config& c, const Value& v) { c.server.api.socket.group = text(v); });
  t.number("server.api.backlog", 1024, 1, 65535, [](Config& c, const Value& v) {
    c.server.api.socket.backlog = static_cast<int>(integer(v));
  });
  t.number("server.api.workers", 2, 1, 64,
           [](Config& c, const Value& v) { c.server.api.workers = count(v); });
  t.words("server.gate.listen", "unix:/run/postern/gate.sock", is_listen_address, kListen,
          [](Config& c, const Value& v) { c.server.gate.socket.address = text(v); });
  t.words("server.gate.mode", "0660", is_socket_mode, kMode,
          [](Config& c, const Value& v) { c.server.gate.socket.mode = socket_mode(v); });
  t.words("server.gate.group", "", is_group_or_empty, kGroup,
          [](Config& c, const Value& v) { c.server.gate.socket.group = text(v); });
  t.number("server.gate.backlog", 1024, 1, 65535, [](Config& c, const Value& v) {
    c.server.gate.socket.backlog = static_cast<int>(integer(v));
  });
  t.number("server.gate.workers", 2, 1, 64,
           [](Config& c, const Value& v) { c.server.gate.workers = count(v); });
  t.number("server.limits.body_bytes", 65536, 1024, 122880,
           [](Config& c, const Value& v) { c.server.limits.body = size(v); });
  t.number("server.limits.params_bytes", 32768, 8192, 130048,
           [](Config& c, const Value& v) { c.server.limits.params = size(v); });
  t.number("server.limits.param_bytes", 8192, 1024, 65536,
           [](Config& c, const Value& v) { c.server.limits.param = size(v); });
  t.number("server.limits.param_count", 128, 32, 1024,
           [](Config& c, const Value& v) { c.server.limits.param_count = size(v); });
}

void add_surroundings(KeyTable& t) {
  constexpr const char* kUrl =
      "a libpq connection string, \"postgresql://user:password@host/name\" or \"host=… user=… "
      "dbname=…\"";
  t.choice("log.level", "info", "debug|info|warning|error",
           [](Config& c, const Value& v) { c.log.level = log_level(v); });
  t.words("log.file", "stderr", is_log_file, "\"stderr\" or an absolute path",
          [](Config& c, const Value& v) { c.log.file = text(v); });
  t.choice("log.checks", "refused", "refused|all",
           [](Config& c, const Value& v) { c.server.log_allowed_checks = text(v) == "all"; });
  t.words(
      "database.url", kRequired, is_database_url, kUrl,
      [](Config& c, const Value& v) { c.database.url = text(v); }, Key::Kind::Secret);
  t.words(
      "database.owner_url", "", is_database_url_or_empty,
      std::string(kUrl) + ", or \"\" where nothing migrates",
      [](Config& c, const Value& v) { c.database.owner_url = text(v); }, Key::Kind::Secret);
  t.number("database.connect_timeout_ms", 3000, 100, 60000, [](Config& c, const Value& v) {
    c.database.connect_timeout = milliseconds(integer(v));
  });
  t.number("database.statement_timeout_ms", 5000, 100, 60000, [](Config& c, const Value& v) {
    c.database.statement_timeout = milliseconds(integer(v));
  });
  t.words("keys.master_key_file", "/etc/postern/master.key", is_absolute_path, "an absolute path",
          [](Config& c, const Value& v) { c.master_key_file = text(v); });
}

void add_credentials(KeyTable& t) {
  t.number("password.memory_kib", 19456, 7168, 1048576,
           [](Config& c, const Value& v) { c.domain.password.memory_kib = count(v); });
  t.number("password.iterations", 2, 1, 20,
           [](Config& c, const Value& v) { c.domain.password.iterations = count(v); });
  t.number("password.min_length", 15, 8, 64,
           [](Config& c, const Value& v) { c.domain.password.min_length = count(v); });
  t.number("password.min_length_with_mfa", 8, 8, 64,
           [](Config& c, const Value& v) { c.domain.password.min_length_with_mfa = count(v); });
  t.number("password.max_length", 256, 64, 4096,
           [](Config& c, const Value& v) { c.domain.password.max_length = count(v); });
  t.boolean("password.refuse_common", true,
            [](Config& c, const Value& v) { c.domain.password.refuse_common = flag(v); });
  t.number("password.concurrent_hashes", 2, 1, 64,
           [](Config& c, const Value& v) { c.domain.password.concurrent_hashes = count(v); });
  t.number("password.hash_wait_ms", 100, 0, 5000, [](Config& c, const Value& v) {
    c.domain.password.hash_wait = milliseconds(integer(v));
  });
  t.number("login_limit.per_account", 10, 1, 1000,
           [](Config& c, const Value& v) { c.domain.login_limit.per_account = count(v); });
  t.number("login_limit.per_network", 100, 1, 1000,
           [](Config& c, const Value& v) { c.domain.login_limit.per_network = count(v); });
  t.number("login_limit.window_seconds", 900, 60, 86400,
           [](Config& c, const Value& v) { c.domain.login_limit.window = seconds(integer(v)); });
  t.number("login_limit.brief_per_account", 5, 1, 1000,
           [](Config& c, const Value& v) { c.domain.login_limit.brief_per_account = count(v); });
  t.number("login_limit.brief_window_seconds", 60, 1, 86400, [](Config& c, const Value& v) {
    c.domain.login_limit.brief_window = seconds(integer(v));
  });
  t.number("login_limit.known_network_days", 90, 1, 3650, [](Config& c, const Value& v) {
    c.domain.login_limit.known_network = Days(integer(v));
  });
  t.choice("registration.mode", "closed", "open|invite|closed",
           [](Config& c, const Value& v) { c.domain.registration.mode = registration_mode(v); });
  t.boolean("registration.approval", false,
            [](Config& c, const Value& v) { c.domain.registration.approval = flag(v); });
  t.boolean("registration.verify_email", false,
            [](Config& c, const Value& v) { c.domain.registration.verify_email = flag(v); });
  t.words("registration.role", "member", is_role_name, "the name of a role that exists",
          [](Config& c, const Value& v) { c.domain.registration.role = text(v); });
  t.number("registration.per_network_per_hour", 20, 1, 1000, [](Config& c, const Value& v) {
    c.domain.registration.per_network_per_hour = count(v);
  });
  t.number("session.native.access_seconds", 600, 1, 86400,
           [](Config& c, const Value& v) { native(c).access_lifetime = seconds(integer(v)); });
  t.number("session.native.idle_seconds", 1209600, 1, 31536000,
           [](Config& c, const Value& v) { native(c).idle_lifetime = seconds(integer(v)); });
  t.number("session.native.absolute_seconds", 7776000, 1, 157680000,
           [](Config& c, const Value& v) { native(c).absolute_lifetime = seconds(integer(v)); });
  t.number(
      "session.native.unremembered_seconds", 43200, 1, 157680000,
      [](Config& c, const Value& v) { native(c).unremembered_lifetime = seconds(integer(v)); });
  t.number_or("session.native.refresh_leeway_seconds", std::int64_t{10}, 0, 300, "until_used",
              [](Config& c, const Value& v) { native(c).refresh_leeway = leeway(v); });
  t.number("session.dispatcharr.access_seconds", 1800, 1, 86400,
           [](Config& c, const Value& v) { dispatcharr(c).access_lifetime = seconds(integer(v)); });
  t.number("session.dispatcharr.idle_seconds", 86400, 1, 31536000,
           [](Config& c, const Value& v) { dispatcharr(c).idle_lifetime = seconds(integer(v)); });
  t.number(
      "session.dispatcharr.absolute_seconds", 86400, 1, 157680000,
      [](Config& c, const Value& v) { dispatcharr(c).absolute_lifetime = seconds(integer(v)); });
  t.number_or("session.dispatcharr.refresh_leeway_seconds", std::string("until_used"), 0, 300,
              "until_used",
              [](Config& c, const Value& v) { dispatcharr(c).refresh_leeway = leeway(v); });
  t.words("api_keys.prefix", "pst_", is_key_prefix,
          "2 to 16 of a-z, 0-9 and _, ending in _; not \"prt_\"",
          [](Config& c, const Value& v) { c.domain.keys.prefix = text(v); });
  t.number("api_keys.per_account", 50, 1, 1000,
           [](Config& c, const Value& v) { c.domain.keys.per_account = count(v); });
  t.boolean("api_keys.read_back", false,
            [](Config& c, const Value& v) { c.domain.keys.read_back = flag(v); });
  t.boolean("api_keys.end_on_password_change", false,
            [](Config& c, const Value& v) { c.domain.keys.end_on_password_change = flag(v); });
  t.number("audit.retention_days", 365, 1, 3650,
           [](Config& c, const Value& v) { c.domain.audit.retention = Days(integer(v)); });
}

void add_cache(KeyTable& t) {
  t.number("cache.memory_mib", 24, 0, 16384,
           [](Config& c, const Value& v) { c.domain.cache.entries = entries_in(integer(v)); });
  t.number("cache.lifetime_seconds", 60, 1, 3600,
           [](Config& c, const Value& v) { c.domain.cache.lifetime = seconds(integer(v)); });
  t.choice("cache.coherence", "listen", "listen|poll", [](Config& c, const Value& v) {
    c.domain.cache.coherence =
        text(v) == "poll" ? domain::Coherence::Poll : domain::Coherence::Listen;
  });
  t.number("cache.stale_limit_ms", 5000, 500, 60000, [](Config& c, const Value& v) {
    c.domain.cache.stale_limit = milliseconds(integer(v));
  });
  t.number("cache.poll_interval_ms", 200, 10, 10000, [](Config& c, const Value& v) {
    c.domain.cache.poll_interval = milliseconds(integer(v));
  });
}

void add_doors(KeyTable& t) {
  t.number("native.requests_per_minute", 600, 0, 100000,
           [](Config& c, const Value& v) { c.handlers.native.requests_per_minute = count(v); });
  t.boolean("dispatcharr.enabled", true,
            [](Config& c, const Value& v) { c.handlers.dispatcharr.enabled = flag(v); });
  t.number("dispatcharr.logins_per_minute", 3, 0, 1000,
           [](Config& c, const Value& v) { c.handlers.dispatcharr.logins_per_minute = count(v); });
  t.words("gate.sign_in_url", "", is_sign_in_url,
          "\"\", a path on this site such as \"/sign-in\", or an http(s) address",
          [](Config& c, const Value& v) { c.handlers.gate.sign_in_url = text(v); });
  t.boolean("gate.browser_sessions", true,
            [](Config& c, const Value& v) { c.handlers.gate.browser_sessions = flag(v); });
  t.words("gate.realm", "postern", is_realm, "1 to 64 printable ASCII characters without \" and \\",
          [](Config& c, const Value& v) { c.handlers.gate.realm = text(v); });
}

}  // namespace

std::span<const Key> config_keys() {
  static const std::vector<Key> kKeys = [] {
    KeyTable rows;
    add_server(rows);
    add_surroundings(rows);
    add_credentials(rows);
    add_cache(rows);
    add_doors(rows);
    add_skedcast_keys(rows);
    add_openskip_keys(rows);
    add_mfa_keys(rows);
    add_webauthn_keys(rows);
    add_scriptix_keys(rows);
    add_kitsu_keys(rows);
    add_mail_keys(rows);
    add_sso_keys(rows);
    add_oauth_keys(rows);
    return std::move(rows.keys);
  }();
  return kKeys;
}

}  // namespace postern::cli

#include "cli/config_schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/config_text.hpp"

namespace postern::test {
namespace {

using cli::Key;
using cli::Value;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

bool is_number(const Key& key) {
  return key.kind == Key::Kind::Integer || key.kind == Key::Kind::IntegerOrWord;
}

/// The complaint about `name = value`, which must name the key, its place and what is allowed.
void expect_refused(const Key& key, const std::string& value) {
  const auto problems = problems_of(config_text({{key.name, value}}));
  EXPECT_THAT(problems, Contains(AllOf(HasSubstr("test.toml:"), HasSubstr(key.name + ": "),
                                       HasSubstr(cli::allowed(key)))))
      << key.name << " = " << value;
}

TEST(ConfigSchema, NamesAreUnique) {
  std::set<std::string> names;
  for (const auto& key : cli::config_keys()) EXPECT_TRUE(names.insert(key.name).second) << key.name;
}

TEST(ConfigSchema, OnlyIssuerAndDatabaseAreRequired) {
  std::set<std::string> required;
  for (const auto& key : cli::config_keys()) {
    if (!key.fallback) required.insert(key.name);
  }
  EXPECT_EQ(required, (std::set<std::string>{"server.issuer", "database.url"}));
}

TEST(ConfigSchema, ARequiredKeyThatIsMissingIsNamed) {
  EXPECT_THAT(problems_of(""), ::testing::ElementsAre(HasSubstr("server.issuer: is required"),
                                                      HasSubstr("database.url: is required")));
}

TEST(ConfigSchema, EveryDefaultIsAcceptedByItsOwnKey) {
  for (const auto& key : cli::config_keys()) {
    EXPECT_TRUE(!key.fallback || cli::accepts(key, *key.fallback)) << key.name;
  }
}

TEST(ConfigSchema, EveryDefaultCanBeWrittenOut) {
  Keys written;
  for (const auto& key : cli::config_keys()) {
    if (key.fallback) written[key.name] = cli::toml_text(*key.fallback);
  }
  EXPECT_THAT(problems_of(config_text(written)), IsEmpty());
}

TEST(ConfigSchema, EveryNumberTakesItsEndsAndRefusesTheNextOutside) {
  for (const auto& key : cli::config_keys()) {
    if (!is_number(key)) continue;
    EXPECT_TRUE(cli::accepts(key, Value(key.min))) << key.name;
    EXPECT_TRUE(cli::accepts(key, Value(key.max))) << key.name;
    expect_refused(key, std::to_string(key.min - 1));
    expect_refused(key, std::to_string(key.max + 1));
  }
}

TEST(ConfigSchema, EveryKeyRefusesValuesOfAnotherType) {
  for (const auto& key : cli::config_keys()) {
    expect_refused(key, "1.5");
    expect_refused(key, "1979-05-27");
    expect_refused(key, "[1]");
    expect_refused(key, "{ a = 1 }");
    if (key.kind != Key::Kind::Boolean) expect_refused(key, "true");
    if (!is_number(key)) expect_refused(key, "7");
    if (key.kind == Key::Kind::Boolean || is_number(key)) expect_refused(key, "\"yes\"");
    if (key.kind == Key::Kind::Choice) expect_refused(key, "\"maybe\"");
  }
}

TEST(ConfigSchema, MinimalFileLeavesTheProductionDefaults) {
  const auto config = check_text(config_text()).config;
  const fcgi::ServerSettings server;
  const domain::Settings domain;
  EXPECT_EQ(config.server.api.workers, server.api.workers);
  EXPECT_EQ(config.server.gate.socket.mode, server.gate.socket.mode);
  EXPECT_EQ(config.server.api.socket.backlog, server.api.socket.backlog);
  EXPECT_EQ(config.server.limits.body, server.limits.body);
  EXPECT_EQ(config.server.limits.params, server.limits.params);
  EXPECT_EQ(config.server.limits.param, server.limits.param);
  EXPECT_EQ(config.server.limits.param_count, server.limits.param_count);
  EXPECT_EQ(config.server.max_requests_per_worker, server.max_requests_per_worker);
  EXPECT_EQ(config.server.receive_timeout, server.receive_timeout);
  EXPECT_EQ(config.server.request_timeout, server.request_timeout);
  EXPECT_EQ(config.server.drain_timeout, server.drain_timeout);
  EXPECT_EQ(config.server.pid_file, server.pid_file);
  EXPECT_EQ(config.log.level, fcgi::LogSettings{}.level);
  EXPECT_EQ(config.database.connect_timeout, cli::DatabaseSettings{}.connect_timeout);
  EXPECT_EQ(config.database.statement_timeout, cli::DatabaseSettings{}.statement_timeout);
  for (std::size_t i = 0; i < domain::kSessionKinds; ++i) {
    EXPECT_EQ(config.domain.sessions[i].access_lifetime, domain.sessions[i].access_lifetime);
    EXPECT_EQ(config.domain.sessions[i].idle_lifetime, domain.sessions[i].idle_lifetime);
    EXPECT_EQ(config.domain.sessions[i].absolute_lifetime, domain.sessions[i].absolute_lifetime);
    EXPECT_EQ(config.domain.sessions[i].refresh_leeway, domain.sessions[i].refresh_leeway);
  }
}

TEST(ConfigSchema, MinimalFileLeavesTheDefaultsOfCredentials) {
  const auto config = check_text(config_text()).config;
  const domain::Settings domain;
  EXPECT_EQ(config.domain.password.memory_kib, domain.password.memory_kib);
  EXPECT_EQ(config.domain.password.iterations, domain.password.iterations);
  EXPECT_EQ(config.domain.password.min_length, domain.password.min_length);
  EXPECT_EQ(config.domain.password.min_length_with_mfa, domain.password.min_length_with_mfa);
  EXPECT_EQ(config.domain.mfa.totp_issuer, domain.mfa.totp_issuer);
  EXPECT_EQ(config.domain.mfa.drift_steps, domain.mfa.drift_steps);
  EXPECT_EQ(config.domain.mfa.recovery_codes, domain.mfa.recovery_codes);
  EXPECT_EQ(config.domain.mfa.recent_sign_in, domain.mfa.recent_sign_in);
  EXPECT_EQ(config.domain.password.max_length, domain.password.max_length);
  EXPECT_EQ(config.domain.password.concurrent_hashes, domain.password.concurrent_hashes);
  EXPECT_EQ(config.domain.password.hash_wait, domain.password.hash_wait);
  EXPECT_EQ(config.domain.login_limit.per_account, domain.login_limit.per_account);
  EXPECT_EQ(config.domain.login_limit.per_network, domain.login_limit.per_network);
  EXPECT_EQ(config.domain.login_limit.window, domain.login_limit.window);
  EXPECT_EQ(config.domain.login_limit.known_network, domain.login_limit.known_network);
  EXPECT_EQ(config.domain.registration.mode, domain.registration.mode);
  EXPECT_EQ(config.domain.registration.approval, domain.registration.approval);
  EXPECT_EQ(config.domain.registration.verify_email, domain.registration.verify_email);
  EXPECT_EQ(config.domain.registration.role, domain.registration.role);
  EXPECT_EQ(config.domain.registration.per_network_per_hour,
            domain.registration.per_network_per_hour);
  EXPECT_EQ(config.domain.keys.prefix, domain.keys.prefix);
  EXPECT_EQ(config.domain.keys.per_account, domain.keys.per_account);
  EXPECT_EQ(config.domain.keys.read_back, domain.keys.read_back);
  EXPECT_EQ(config.domain.keys.end_on_password_change, domain.keys.end_on_password_change);
  EXPECT_EQ(config.domain.audit.retention, domain.audit.retention);
  EXPECT_EQ(config.handlers.dispatcharr.enabled, handlers::DispatcharrSettings{}.enabled);
  EXPECT_EQ(config.handlers.dispatcharr.logins_per_minute,
            handlers::DispatcharrSettings{}.logins_per_minute);
  EXPECT_EQ(config.handlers.gate.sign_in_url, handlers::GateSettings{}.sign_in_url);
  EXPECT_EQ(config.handlers.gate.realm, handlers::GateSettings{}.realm);
  EXPECT_TRUE(config.domain.policy.rules().empty()) << "without rules the gate denies";
}

TEST(ConfigSchema, EveryServerKeyArrivesWhereItBelongs) {
  const auto config = check_text(config_text({{"server.issuer", "\"https://a.example:8443\""},
                                              {"server.pid_file", "\"/run/x.pid\""},
                                              {"server.max_requests_per_worker", "11"},
                                              {"server.receive_timeout_seconds", "12"},
                                              {"server.request_timeout_seconds", "13"},
                                              {"server.drain_timeout_seconds", "14"},
                                              {"server.api.listen", "\"unix:/run/a.sock\""},
                                              {"server.api.mode", "\"0600\""},
                                              {"server.api.group", "\"web\""},
                                              {"server.api.backlog", "15"},
                                              {"server.api.workers", "16"},
                                              {"server.gate.listen", "\"tcp:127.0.0.1:9001\""},
                                              {"server.gate.mode", "\"0666\""},
                                              {"server.gate.group", "\"gate\""},
                                              {"server.gate.backlog", "17"},
                                              {"server.gate.workers", "18"},
                                              {"server.limits.body_bytes", "20000"},
                                              {"server.limits.params_bytes", "20001"},
                                              {"server.limits.param_bytes", "20000"},
                                              {"server.limits.param_count", "33"}}))
                          .config;
  EXPECT_EQ(config.domain.issuer, "https://a.example:8443");
  const auto& server = config.server;
  EXPECT_EQ(server.pid_file, "/run/x.pid");
  EXPECT_EQ(server.max_requests_per_worker, 11U);
  EXPECT_EQ(server.receive_timeout.count(), 12);
  EXPECT_EQ(server.request_timeout.count(), 13);
  EXPECT_EQ(server.drain_timeout.count(), 14);
  EXPECT_EQ(server.api.socket.address, "unix:/run/a.sock");
  EXPECT_EQ(server.api.socket.mode, 0600U);
  EXPECT_EQ(server.api.socket.group, "web");
  EXPECT_EQ(server.api.socket.backlog, 15);
  EXPECT_EQ(server.api.workers, 16U);
  EXPECT_EQ(server.gate.socket.address, "tcp:127.0.0.1:9001");
  EXPECT_EQ(server.gate.socket.mode, 0666U);
  EXPECT_EQ(server.gate.socket.group, "gate");
  EXPECT_EQ(server.gate.socket.backlog, 17);
  EXPECT_EQ(server.gate.workers, 18U);
  EXPECT_EQ(server.limits.body, 20000U);
  EXPECT_EQ(server.limits.params, 20001U);
  EXPECT_EQ(server.limits.param, 20000U);
  EXPECT_EQ(server.limits.param_count, 33U);
}

TEST(ConfigSchema, EveryCredentialKeyArrivesWhereItBelongs) {
  const auto config = check_text(config_text({{"password.memory_kib", "50000"},
                                              {"password.iterations", "3"},
                                              {"password.min_length", "16"},
                                              {"password.max_length", "300"},
                                              {"password.refuse_common", "false"},
                                              {"password.concurrent_hashes", "5"},
                                              {"password.hash_wait_ms", "6"},
                                              {"login_limit.per_account", "7"},
                                              {"login_limit.per_network", "8"},
                                              {"login_limit.window_seconds", "90"},
                                              {"login_limit.known_network_days", "9"},
                                              {"registration.mode", "\"open\""},
                                              {"registration.approval", "true"},
                                              {"registration.role", "\"streamer\""},
                                              {"registration.per_network_per_hour", "10"},
                                              {"api_keys.prefix", "\"k_\""},
                                              {"api_keys.per_account", "11"},
                                              {"api_keys.read_back", "true"},
                                              {"api_keys.end_on_password_change", "true"},
                                              {"audit.retention_days", "12"}}))
                          .config.domain;
  EXPECT_EQ(config.password.memory_kib, 50000U);
  EXPECT_EQ(config.password.iterations, 3U);
  EXPECT_EQ(config.password.min_length, 16U);
  EXPECT_EQ(config.password.max_length, 300U);
  EXPECT_EQ(config.password.concurrent_hashes, 5U);
  EXPECT_EQ(config.password.hash_wait.count(), 6);
  EXPECT_EQ(config.login_limit.per_account, 7U);
  EXPECT_EQ(config.login_limit.per_network, 8U);
  EXPECT_EQ(config.login_limit.window.count(), 90);
  EXPECT_EQ(config.login_limit.known_network.count(), 9);
  EXPECT_EQ(config.registration.mode, domain::RegistrationMode::Open);
  EXPECT_TRUE(config.registration.approval);
  EXPECT_EQ(config.registration.role, "streamer");
  EXPECT_EQ(config.registration.per_network_per_hour, 10U);
  EXPECT_EQ(config.keys.prefix, "k_");
  EXPECT_EQ(config.keys.per_account, 11U);
  EXPECT_TRUE(config.keys.read_back);
  EXPECT_TRUE(config.keys.end_on_password_change);
  EXPECT_EQ(config.audit.retention.count(), 12);
}

TEST(ConfigSchema, EveryOtherKeyArrivesWhereItBelongs) {
  const auto config =
      check_text(config_text({{"session.native.access_seconds", "61"},
                              {"session.native.idle_seconds", "301"},
                              {"session.native.absolute_seconds", "302"},
                              {"session.native.refresh_leeway_seconds", "\"until_used\""},
                              {"session.dispatcharr.access_seconds", "62"},
                              {"session.dispatcharr.idle_seconds", "303"},
                              {"session.dispatcharr.absolute_seconds", "304"},
                              {"session.dispatcharr.refresh_leeway_seconds", "0"},
                              {"log.level", "\"warning\""},
                              {"log.file", "\"/var/log/postern.log\""},
                              {"database.url", "\"postgresql://app@db/postern\""},
                              {"database.owner_url", "\"postgresql://owner@db/postern\""},
                              {"database.connect_timeout_ms", "101"},
                              {"database.statement_timeout_ms", "102"},
                              {"keys.master_key_file", "\"/srv/key\""},
                              {"dispatcharr.enabled", "false"},
                              {"dispatcharr.logins_per_minute", "0"},
                              {"gate.sign_in_url", "\"/sign-in\""},
                              {"gate.browser_sessions", "false"},
                              {"gate.realm", "\"the site\""}}))
          .config;
  EXPECT_EQ(config.domain.sessions[0].access_lifetime.count(), 61);
  EXPECT_EQ(config.domain.sessions[0].idle_lifetime.count(), 301);
  EXPECT_EQ(config.domain.sessions[0].absolute_lifetime.count(), 302);
  EXPECT_EQ(config.domain.sessions[0].refresh_leeway, std::nullopt);
  EXPECT_EQ(config.domain.sessions[1].access_lifetime.count(), 62);
  EXPECT_EQ(config.domain.sessions[1].idle_lifetime.count(), 303);
  EXPECT_EQ(config.domain.sessions[1].absolute_lifetime.count(), 304);
  EXPECT_EQ(config.domain.sessions[1].refresh_leeway, std::chrono::seconds(0));
  EXPECT_EQ(config.log.level, fcgi::LogLevel::Warning);
  EXPECT_EQ(config.log.file, "/var/log/postern.log");
  EXPECT_EQ(config.database.url, "postgresql://app@db/postern");
  EXPECT_EQ(config.database.owner_url, "postgresql://owner@db/postern");
  EXPECT_EQ(config.database.connect_timeout.count(), 101);
  EXPECT_EQ(config.database.statement_timeout.count(), 102);
  EXPECT_EQ(config.master_key_file, "/srv/key");
  EXPECT_FALSE(config.handlers.dispatcharr.enabled);
  EXPECT_EQ(config.handlers.dispatcharr.logins_per_minute, 0U);
  EXPECT_EQ(config.handlers.gate.sign_in_url, "/sign-in");
  EXPECT_FALSE(config.handlers.gate.browser_sessions);
  EXPECT_EQ(config.handlers.gate.realm, "the site");
}

TEST(ConfigSchema, EveryLogLevelIsUnderstood) {
  const auto level = [](const std::string& name) {
    return check_text(config_text({{"log.level", "\"" + name + "\""}})).config.log.level;
  };
  EXPECT_EQ(level("debug"), fcgi::LogLevel::Debug);
  EXPECT_EQ(level("info"), fcgi::LogLevel::Info);
  EXPECT_EQ(level("warning"), fcgi::LogLevel::Warning);
  EXPECT_EQ(level("error"), fcgi::LogLevel::Error);
}

TEST(ConfigSchema, TextIsWrittenSoThatTomlReadsItBack) {
  EXPECT_EQ(cli::toml_text(Value(std::string("a\"b\\c\n\x7f"))), "\"a\\\"b\\\\c\\u000A\\u007F\"");
  EXPECT_EQ(cli::toml_text(Value(false)), "false");
  EXPECT_EQ(cli::toml_text(Value(std::int64_t{-3})), "-3");
}

}  // namespace
}  // namespace postern::test

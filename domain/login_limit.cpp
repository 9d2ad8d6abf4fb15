#include "domain/login_limit.hpp"

#include <vector>

#include "domain/network.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr std::string_view kUnknownNetwork = "unknown";

constexpr Statement kIsKnownNetwork{"is_known_network", R"sql(
  select exists (
    select from postern.known_network
    where account_id = $1 and network = $2 and seen_at > $3))sql"};

/// Answers when it was seen before.
constexpr Statement kRememberNetwork{"remember_network", R"sql(
  with former as (
    select seen_at from postern.known_network where account_id = $1 and network = $2)
  insert into postern.known_network (account_id, network, seen_at) values ($1, $2, $3)
  on conflict (account_id, network) do update set seen_at = excluded.seen_at
  returning (select postern.micros(seen_at) from former))sql"};

Digest network_hash(Services& services, const std::string& network) {
  const std::string text = "known-network:" + network;
  return services.ring.mac(KeyPurpose::LookupHash, services.ring.current_id(), as_bytes(text));
}

std::string account_window(AccountId account) {
  return "account:" + account.text();
}
std::string network_window(const std::string& network) {
  return "network:" + network;
}

/// Asked for unknown names too (of an account that cannot exist), so that both cost the same.
bool is_known_network(Services& services, AccountId account, const std::string& network) {
  const Instant since = services.clock.now() - services.settings.login_limit.known_network;
  return services.database.run(kIsKnownNetwork, {account, network_hash(services, network), since})
      .front()
      .boolean(0);
}

std::string subject_of(Services& services, std::optional<AccountId> account, std::string_view login,
                       const std::string& network) {
  const bool known = is_known_network(services, account.value_or(AccountId{}), network);
  if (!account) return "login:" + fold(login);
  return account_window(*account) + (known ? "@" + network : "");
}

Rate account_rate(const Services& services) {
  const auto& limits = services.settings.login_limit;
  return {limits.per_account, limits.window};
}
Rate network_rate(const Services& services) {
  const auto& limits = services.settings.login_limit;
  return {limits.per_network, limits.window};
}

Rate brief_rate(const Services& services) {
  const auto& limits = services.settings.login_limit;
  return {limits.brief_per_account, limits.brief_window};
}

std::string brief_window(const std::string& subject) {
  return "brief:" + subject;
}

void refund(Services& services, const std::string& name, const Rate& rate) {
  services.limiter.refund(name, rate, services.clock.uptime());
}

bool remember(Executor& executor, Services& services, AccountId account,
              const std::string& network) {
  // All visitors whose address we do not know would share it.
  if (network == kUnknownNetwork) return false;
  const Instant now = services.clock.now();
  const Rows rows = executor.run(kRememberNetwork, {account, network_hash(services, network), now});
  const auto seen = rows.front().instant_or_null(0);
  return !seen || *seen <= now - services.settings.login_limit.known_network;
}

struct Window {
  std::string name;
  Rate rate;
};

/// All that an attempt is counted in.
std::vector<Window> windows_of(const Services& services, const LoginAttempt& attempt) {
  std::vector<Window> windows{{attempt.subject, account_rate(services)},
                              {network_window(attempt.network), network_rate(services)}};
  if (!attempt.brief.empty()) windows.push_back({attempt.brief, brief_rate(services)});
  return windows;
}

/// In each, or in none.
Outcome charge_all(Services& services, const std::vector<Window>& windows) {
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Charge charge =
        services.limiter.charge(windows[i].name, windows[i].rate, services.clock.uptime());
    if (charge.allowed) continue;
    for (std::size_t j = 0; j < i; ++j) refund(services, windows[j].name, windows[j].rate);
    return Error{Errc::TooManyAttempts, {}, {}, charge.retry_after};
  }
  return done;
}

}  // namespace

Result<LoginAttempt> begin_login_attempt(Services& services, std::optional<AccountId> account,
                                         std::string_view login, const Origin& origin,
                                         LoginDoor door) {
  LoginAttempt attempt{account, {}, network_of(origin.address)};
  attempt.subject = subject_of(services, account, login, attempt.network);
  if (door == LoginDoor::Brief) attempt.brief = brief_window(attempt.subject);
  const Outcome charged = charge_all(services, windows_of(services, attempt));
  if (!charged) return charged.error();
  return attempt;
}

void login_attempt_succeeded(Executor& executor, Services& services, const LoginAttempt& attempt) {
  forgive_login_attempt(services, attempt);
  if (attempt.account) remember(executor, services, *attempt.account, attempt.network);
}

void forgive_login_attempt(Services& services, const LoginAttempt& attempt) {
  services.limiter.forgive(attempt.subject, services.clock.uptime());
  if (!attempt.brief.empty()) services.limiter.forgive(attempt.brief, services.clock.uptime());
  refund(services, network_window(attempt.network), network_rate(services));
}

bool remember_network(Executor& executor, Services& services, AccountId account,
                      const Origin& origin) {
  return remember(executor, services, account, network_of(origin.address));
}

void login_attempt_not_made(Services& services, const LoginAttempt& attempt) {
  for (const auto& window : windows_of(services, attempt)) {
    refund(services, window.name, window.rate);
  }
}

void forgive_login_attempts(Services& services, AccountId account) {
  const auto window = account_window(account);
  services.limiter.forgive(window, services.clock.uptime());
  services.limiter.forgive(brief_window(window), services.clock.uptime());
}

bool login_refusal_is_news(Services& services, const Origin& origin) {
  const Rate once{1, services.settings.login_limit.window};
  const auto name = "login-limited:" + network_of(origin.address);
  return services.limiter.charge(name, once, services.clock.uptime()).allowed;
}

}  // namespace postern::domain

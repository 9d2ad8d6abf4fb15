#include "domain/login_limit.hpp"

#include "domain/rate_limit.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr std::string_view kUnknownNetwork = "unknown";

constexpr Statement kIsKnownNetwork{"is_known_network", R"sql(
  select exists (
    select from postern.known_network
    where account_id = $1 and network = $2 and seen_at > $3))sql"};

constexpr Statement kRememberNetwork{"remember_network", R"sql(
  insert into postern.known_network (account_id, network, seen_at) values ($1, $2, $3)
  on conflict (account_id, network) do update set seen_at = excluded.seen_at)sql"};

Digest network_hash(Services& services, const std::string& network) {
  return lookup_hash(services, "known-network:" + network);
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

Error too_many(const Charge& refused) {
  return Error{Errc::TooManyAttempts, {}, {}, refused.retry_after};
}

}  // namespace

Result<LoginAttempt> begin_login_attempt(Services& services, std::optional<AccountId> account,
                                         std::string_view login, const Origin& origin) {
  const LoginLimitSettings& limits = services.settings.login_limit;
  LoginAttempt attempt{account, {}, network_of(origin.address)};
  attempt.subject = subject_of(services, account, login, attempt.network);
  const Charge subject = charge(services, attempt.subject, {limits.per_account, limits.window});
  if (!subject.allowed) return too_many(subject);
  const Charge network =
      charge(services, network_window(attempt.network), {limits.per_network, limits.window});
  if (!network.allowed) {
    refund(services.database, services, attempt.subject);
    return too_many(network);
  }
  return attempt;
}

void login_attempt_succeeded(Executor& executor, Services& services, const LoginAttempt& attempt) {
  forgive(executor, services, attempt.subject);
  refund(executor, services, network_window(attempt.network));
  // All visitors whose address we do not know would share it.
  if (!attempt.account || attempt.network == kUnknownNetwork) return;
  executor.run(kRememberNetwork,
               {*attempt.account, network_hash(services, attempt.network), services.clock.now()});
}

void login_attempt_not_made(Executor& executor, Services& services, const LoginAttempt& attempt) {
  refund(executor, services, attempt.subject);
  refund(executor, services, network_window(attempt.network));
}

void forgive_login_attempts(Executor& executor, Services& services, AccountId account) {
  forgive(executor, services, account_window(account));
}

}  // namespace postern::domain

#include "domain/password_change.hpp"

#include "domain/audit.hpp"
#include "domain/factor.hpp"
#include "domain/login_limit.hpp"
#include "domain/password_end.hpp"

namespace postern::domain {
namespace {

constexpr Statement kReadPassword{"read_password", R"sql(
  select password_hash, )sql" POSTERN_HAS_FACTOR R"sql(
  from postern.account
  where id = $1 and is_active and is_approved)sql"};

constexpr Statement kReadUse{"read_password_use", R"sql(
  select )sql" POSTERN_HAS_FACTOR R"sql( from postern.account where id = $1)sql"};

/// Only where the password is still the one that was checked, and where the second factor is still
/// there that a short one needs.
constexpr Statement kReplacePassword{"replace_password", R"sql(
  update postern.account
  set password_hash = $3, password_needs_mfa = $4
  where (not $4 or )sql" POSTERN_HAS_FACTOR R"sql() and id = $1 and password_hash = $2)sql"};

constexpr Statement kSetPassword{"set_password", R"sql(
  update postern.account
  set password_hash = $2, password_needs_mfa = $3
  where (not $3 or )sql" POSTERN_HAS_FACTOR R"sql() and id = $1)sql"};

void note(Services& services, AuditEvent event, AccountId account, const Origin& origin) {
  record(services.database, services, {event, account, account, {}, "re-authentication"}, origin);
}

void note_limited(Services& services, AccountId account, const Origin& origin) {
  if (login_refusal_is_news(services, origin))
    note(services, AuditEvent::LoginLimited, account, origin);
}

/// Where a second factor is asked for besides, the password alone forgives none of the guesses at
/// it.
void settle(Services& services, const LoginAttempt& attempt, bool has_second_factor) {
  if (has_second_factor) {
    login_attempt_not_made(services, attempt);
  } else {
    login_attempt_succeeded(services.database, services, attempt);
  }
}

/// The stored hash that `password` matched.
Result<std::string> check_password(Services& services, AccountId account, const Secret& password,
                                   const Origin& origin) {
  const auto attempt = begin_login_attempt(services, account, {}, origin);
  if (!attempt) {
    note_limited(services, account, origin);
    return attempt.error();
  }
  const Rows found = services.database.run(kReadPassword, {account});
  std::string stored = found.empty() ? std::string() : found.front().text(0);
  const auto verdict = services.passwords.verify(password, stored);
  if (!verdict) {
    login_attempt_not_made(services, *attempt);
    return verdict.error();
  }
  if (!verdict->matches) {
    note(services, AuditEvent::LoginFailed, account, origin);
    return Errc::InvalidCredentials;
  }
  settle(services, *attempt, found.front().boolean(1));
  return stored;
}

/// Of an account that is not there: as if it stood alone.
PasswordUse use_of_password(Services& services, AccountId account) {
  const Rows rows = services.database.run(kReadUse, {account});
  return !rows.empty() && rows.front().boolean(0) ? PasswordUse::WithSecondFactor
                                                  : PasswordUse::Alone;
}

}  // namespace

Outcome reauthenticate(Services& services, AccountId account, const Secret& password,
                       const Origin& origin) {
  const auto checked = check_password(services, account, password, origin);
  if (!checked) return checked.error();
  return done;
}

Outcome change_password(Services& services, AccountId account, const Secret& current,
                        const Secret& replacement, std::optional<SessionId> keep,
                        const Origin& origin) {
  Outcome acceptable = services.passwords.check_acceptable(replacement, "new_password",
                                                           use_of_password(services, account));
  if (!acceptable) return acceptable;
  const auto old_hash = check_password(services, account, current, origin);
  if (!old_hash) return old_hash.error();
  const auto new_hash = services.passwords.hash(replacement);
  if (!new_hash) return new_hash.error();
  const bool needs_mfa = !services.passwords.stands_alone(replacement);
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    // Somebody else changed it in between: what was proven is no longer true.
    if (tx.run(kReplacePassword, {account, *old_hash, *new_hash, needs_mfa}).affected != 1)
      return Errc::InvalidCredentials;
    end_what_password_opened(tx, services, account, keep);
    record(tx, services, {AuditEvent::PasswordChanged, account, account, {}, {}}, origin);
    tell_of_password(tx, services, account, "owner", origin);
    return done;
  });
}

Outcome set_password(Services& services, AccountId account, const Secret& replacement,
                     std::optional<AccountId> actor, const Origin& origin,
                     std::optional<SessionId> keep) {
  Outcome acceptable = services.passwords.check_acceptable(replacement, "password",
                                                           use_of_password(services, account));
  if (!acceptable) return acceptable;
  const auto hash = services.passwords.hash(replacement);
  if (!hash) return hash.error();
  const bool needs_mfa = !services.passwords.stands_alone(replacement);
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    // None for a short one: the second factor was taken off meanwhile.
    if (tx.run(kSetPassword, {account, *hash, needs_mfa}).affected != 1) return Errc::NotFound;
    end_what_password_opened(tx, services, account, keep);
    forgive_login_attempts(services, account);
    record(tx, services, {AuditEvent::PasswordSet, account, actor, {}, {}}, origin);
    tell_of_password(tx, services, account, actor == account ? "owner" : "admin", origin);
    return done;
  });
}

}  // namespace postern::domain

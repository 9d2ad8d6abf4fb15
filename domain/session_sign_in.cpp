#include "domain/session_sign_in.hpp"

#include "domain/default_password.hpp"
#include "domain/login_limit.hpp"
#include "domain/session.hpp"
#include "domain/session_open.hpp"
#include "domain/text.hpp"
#include "domain/totp.hpp"

namespace postern::domain {
namespace {

constexpr Statement kFindLogin{"find_login", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, a.password_hash
  from postern.account a
  where a.username_key = $1 or a.email_key = $1
  order by (a.username_key = $1) desc
  limit 1
)sql"};

/// Only while the account is what it was when its password was checked: whoever disables it or
/// changes the password comes wholly before this (it finds no row) or wholly after (the session is
/// there to be ended).
constexpr Statement kRecordLogin{"record_login", R"sql(
  update postern.account a
  set last_login_at = $2, password_hash = $4
  where a.id = $1 and a.password_hash = $3 and a.is_active and a.is_approved
  returning )sql" POSTERN_ACCOUNT_COLUMNS};

struct Candidate {
  Account account;
  std::string password_hash;
};

std::optional<Candidate> find_login(Services& services, std::string_view login) {
  if (login.empty() || !is_clean_text(login)) return {};
  const auto rows = services.database.run(kFindLogin, {fold(login)});
  if (rows.empty()) return {};
  return Candidate{read_account(rows.front()), rows.front().text(kAccountColumns)};
}

void record_limited(Services& services, std::optional<AccountId> account, const Origin& origin) {
  if (!login_refusal_is_news(services, origin)) return;
  record(services.database, services, {.event = AuditEvent::LoginLimited, .account = account},
         origin);
}

/// The typed name is not written down: people type their password there.
void record_failure(Services& services, std::optional<AccountId> account, std::string detail,
                    const Origin& origin) {
  record(services.database, services,
         {.event = AuditEvent::LoginFailed, .account = account, .detail = std::move(detail)},
         origin);
}

/// A pending account with a second factor has shown half of what it would take: that forgives
/// nothing.
void settle_pending(Services& services, const Account& account, const LoginAttempt& attempt) {
  if (account.has_second_factor()) {
    login_attempt_not_made(services, attempt);
  } else {
    login_attempt_succeeded(services.database, services, attempt);
  }
}

/// Right, and still no way in. Whoever tries it stays counted: it proves nothing about anybody.
Errc must_change_here(SessionKind kind) {
  return kind == SessionKind::Kitsu ? Errc::PasswordMustChange : Errc::InvalidCredentials;
}

/// Why a login whose one hash was computed does not go on to its second factor; none when it does.
std::optional<Errc> judge_password(Services& services, const SignIn& request,
                                   const std::optional<Candidate>& found, bool matches,
                                   const LoginAttempt& attempt, const Origin& origin) {
  const auto refuse = [&](Errc code, std::string why) {
    record_failure(services, attempt.account, std::move(why), origin);
    return code;
  };
  if (!found) return refuse(Errc::InvalidCredentials, "unknown account");
  if (!matches) return refuse(Errc::InvalidCredentials, "wrong password");
  if (!found->account.is_active) {
    return refuse(request.tell_inactive ? Errc::AccountInactive : Errc::InvalidCredentials,
                  "disabled");
  }
  if (!found->account.is_approved) {
    settle_pending(services, found->account, attempt);
    return refuse(Errc::ApprovalPending, "approval pending");
  }
  if (is_default_password(request.password)) {
    return refuse(must_change_here(request.kind), "the password that everybody knows");
  }
  return {};
}

/// Fresh parameters for an old hash; the old hash where there is no slot to compute a new one.
std::string hash_to_store(Services& services, const SignIn& request, const Candidate& found,
                          bool needs_rehash) {
  if (!needs_rehash) return found.password_hash;
  auto fresh = services.passwords.hash(request.password);
  return fresh.ok() ? *std::move(fresh) : found.password_hash;
}

/// amr (RFC 8176) of a sign-in by password.
std::string methods_of(const SecondFactor& factor) {
  if (factor.empty()) return "pwd";
  return factor.assertion ? "pwd hwk mfa" : "pwd otp mfa";
}

/// The second factor, and the session. NotFound when the account changed since its password was
/// checked. Whether there is a factor is asked of the locked row; its code is spent only if the
/// session comes to be.
Result<Tokens> let_in(Services& services, const SignIn& request, const Candidate& found,
                      const std::string& hash, const Origin& origin) {
  std::string methods = "pwd";
  const Instant now = services.clock.now();
  return services.database.transaction([&](Transaction& tx) -> Result<Tokens> {
    const auto rows = tx.run(kRecordLogin, {found.account.id, now, found.password_hash, hash});
    if (rows.size() != 1) return Errc::NotFound;
    Account account = read_account(rows.front());
    if (account.has_second_factor()) {
      const auto taken = take_second_factor(tx, services, account.id, request.factor, origin);
      if (!taken) return taken.error();
      methods = methods_of(request.factor);
    }
    return open_session(tx, services,
                        {.account = std::move(account),
                         .is_first = !found.account.last_login_at,
                         .kind = request.kind,
                         .remember = request.remember,
                         .methods = methods},
                        origin);
  });
}

/// A wrong factor stays counted. A missing one is no guess, so it is taken back; but the right
/// password alone forgives none of the guesses before it (CVE-2026-9798).
void settle(Services& services, const Result<Tokens>& answer, const LoginAttempt& attempt,
            const Origin& origin) {
  if (answer) {
    forgive_login_attempt(services, attempt);
  } else if (answer.error().code == Errc::SecondFactorRequired) {
    login_attempt_not_made(services, attempt);
    record_failure(services, attempt.account, "second factor missing", origin);
  } else if (answer.error().code == Errc::SecondFactorInvalid) {
    const std::string& why = answer.error().detail;
    record_failure(services, attempt.account,
                   "wrong second factor" + (why.empty() ? "" : ": " + why), origin);
  }
}

/// NotFound as of let_in.
Result<Tokens> check_and_let_in(Services& services, const SignIn& request,
                                const std::optional<Candidate>& found, const LoginAttempt& attempt,
                                const Origin& origin, std::optional<ShownPassword>* shown) {
  const auto verdict =
      services.passwords.verify(request.password, found ? found->password_hash : std::string());
  if (!verdict.ok()) {
    login_attempt_not_made(services, attempt);
    return verdict.error();
  }
  if (const auto refusal =
          judge_password(services, request, found, verdict->matches, attempt, origin)) {
    return *refusal;
  }
  const auto hash = hash_to_store(services, request, *found, verdict->needs_rehash);
  auto answer = let_in(services, request, *found, hash, origin);
  settle(services, answer, attempt, origin);
  if (shown != nullptr && !answer && answer.error().code == Errc::SecondFactorRequired) {
    *shown = ShownPassword{found->account.id, found->password_hash};
  }
  return answer;
}

}  // namespace

Result<Tokens> sign_in(Services& services, const SignIn& request, const Origin& origin) {
  return sign_in(services, request, origin, nullptr);
}

Result<Tokens> sign_in(Services& services, const SignIn& request, const Origin& origin,
                       std::optional<ShownPassword>* shown) {
  auto found = find_login(services, request.login);
  const auto account = found ? std::optional(found->account.id) : std::nullopt;
  const auto attempt = begin_login_attempt(services, account, request.login, origin,
                                           request.brief ? LoginDoor::Brief : LoginDoor::Usual);
  if (!attempt.ok()) {
    record_limited(services, account, origin);
    return attempt.error();
  }
  auto answer = check_and_let_in(services, request, found, *attempt, origin, shown);
  if (answer.ok() || answer.error().code != Errc::NotFound) return answer;

  // Somebody else wrote the row meanwhile, perhaps no more than a fresh hash of the same password.
  found = find_login(services, request.login);
  if (!found || found->account.id != account) return Errc::InvalidCredentials;
  answer = check_and_let_in(services, request, found, *attempt, origin, shown);
  if (answer.ok() || answer.error().code != Errc::NotFound) return answer;
  return Errc::InvalidCredentials;
}

}  // namespace postern::domain

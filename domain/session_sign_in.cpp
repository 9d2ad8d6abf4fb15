#include <algorithm>

#include "domain/login_limit.hpp"
#include "domain/session.hpp"
#include "domain/session_tokens.hpp"
#include "domain/text.hpp"

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

constexpr Statement kInsertSession{"insert_session", R"sql(
  insert into postern.session (id, account_id, kind, counter, created_at, rotated_at,
    idle_expires_at, expires_at, address, user_agent)
  values ($1, $2, $3, 0, $4, $4, $5, $6, $7, $8)
)sql"};

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

/// Why a login whose one hash was computed does not go on; none when it does.
std::optional<Errc> judge(Services& services, const std::optional<Candidate>& found, bool matches,
                          const LoginAttempt& attempt, const Origin& origin) {
  const auto refuse = [&](Errc code, std::string why) {
    record_failure(services, attempt.account, std::move(why), origin);
    return code;
  };
  if (!found) return refuse(Errc::InvalidCredentials, "unknown account");
  if (!matches) return refuse(Errc::InvalidCredentials, "wrong password");
  if (!found->account.is_active) return refuse(Errc::InvalidCredentials, "disabled");
  if (!found->account.is_approved) {
    login_attempt_succeeded(services.database, services, attempt);
    return refuse(Errc::ApprovalPending, "approval pending");
  }
  return {};
}

seconds absolute_lifetime(const SessionSettings& settings, bool remember) {
  return remember ? settings.absolute_lifetime
                  : std::min(settings.absolute_lifetime, settings.unremembered_lifetime);
}

LiveSession new_session(Services& services, const SignIn& request, Account account) {
  const Instant now = services.clock.now();
  const auto& settings = services.settings.session(request.kind);
  return {.id = SessionId::make(now, services.random),
          .kind = request.kind,
          .counter = 0,
          .idle_expires_at = now + settings.idle_lifetime,
          .expires_at = now + absolute_lifetime(settings, request.remember),
          .account = std::move(account)};
}

/// Fresh parameters for an old hash; the old hash where there is no slot to compute a new one.
std::string hash_to_store(Services& services, const SignIn& request, const Candidate& found,
                          bool needs_rehash) {
  if (!needs_rehash) return found.password_hash;
  auto fresh = services.passwords.hash(request.password);
  return fresh.ok() ? *std::move(fresh) : found.password_hash;
}

/// NotFound when the account changed since its password was checked.
Result<Tokens> let_in(Services& services, const SignIn& request, const Candidate& found,
                      const std::string& hash, const LoginAttempt& attempt, const Origin& origin) {
  const Instant now = services.clock.now();
  return services.database.transaction([&](Transaction& tx) -> Result<Tokens> {
    const auto rows = tx.run(kRecordLogin, {found.account.id, now, found.password_hash, hash});
    if (rows.size() != 1) return Errc::NotFound;
    auto session = new_session(services, request, read_account(rows.front()));
    tx.run(kInsertSession,
           {session.id, session.account.id, static_cast<int>(request.kind), now,
            session.idle_expires_at, session.expires_at, origin.address, origin.user_agent});
    login_attempt_succeeded(tx, services, attempt);
    record(tx, services,
           {.event = AuditEvent::LoginSucceeded,
            .account = session.account.id,
            .actor = session.account.id,
            .subject = session.id.text()},
           origin);
    return make_tokens(services, std::move(session));
  });
}

/// NotFound as of let_in.
Result<Tokens> check_and_let_in(Services& services, const SignIn& request,
                                const std::optional<Candidate>& found, const LoginAttempt& attempt,
                                const Origin& origin) {
  const auto verdict =
      services.passwords.verify(request.password, found ? found->password_hash : std::string());
  if (!verdict.ok()) {
    login_attempt_not_made(services, attempt);
    return verdict.error();
  }
  if (const auto refusal = judge(services, found, verdict->matches, attempt, origin)) {
    return *refusal;
  }
  const auto hash = hash_to_store(services, request, *found, verdict->needs_rehash);
  return let_in(services, request, *found, hash, attempt, origin);
}

}  // namespace

Result<Tokens> sign_in(Services& services, const SignIn& request, const Origin& origin) {
  auto found = find_login(services, request.login);
  const auto account = found ? std::optional(found->account.id) : std::nullopt;
  const auto attempt = begin_login_attempt(services, account, request.login, origin);
  if (!attempt.ok()) {
    record_limited(services, account, origin);
    return attempt.error();
  }
  auto answer = check_and_let_in(services, request, found, *attempt, origin);
  if (answer.ok() || answer.error().code != Errc::NotFound) return answer;

  // Somebody else wrote the row meanwhile, perhaps no more than a fresh hash of the same password.
  found = find_login(services, request.login);
  if (!found || found->account.id != account) return Errc::InvalidCredentials;
  answer = check_and_let_in(services, request, found, *attempt, origin);
  if (answer.ok() || answer.error().code != Errc::NotFound) return answer;
  return Errc::InvalidCredentials;
}

}  // namespace postern::domain

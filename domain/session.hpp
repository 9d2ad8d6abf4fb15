#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/account.hpp"
#include "domain/audit.hpp"
#include "domain/second_factor.hpp"

namespace postern::domain {

struct SignIn {
  std::string login;  ///< username or e-mail address
  Secret password;
  SessionKind kind = SessionKind::Native;
  bool remember = true;  ///< false: for a borrowed machine; the session ends sooner
  SecondFactor factor{};
  bool brief = false;  ///< counted against settings.login_limit.brief_per_account, too
  /// Whoever knows the right password of a disabled account is told so: AccountInactive, where
  /// others get InvalidCredentials. Guessers learn nothing by it.
  bool tell_inactive = false;
};

/// What a login or refresh answers with.
struct Tokens {
  Secret access;
  Instant access_expires_at;
  Secret refresh;
  Instant refresh_expires_at;
  SessionId session;
  Account account;
  Instant issued_at;
};

/// Password login. Resolve, count against the limits, hash once, and only then look at what was
/// found: unknown, wrong and disabled are InvalidCredentials alike (rule R8). ApprovalPending only
/// after a right password. TooManyAttempts, Busy. One new session row.
///
/// The password that everybody knows (NewAccount::claimable) never opens a session: it is
/// PasswordMustChange in the Kitsu dialect, whose clients then ask for a new one with a link that
/// default_password_link() makes, and InvalidCredentials elsewhere.
///
/// An account with a second factor needs it besides, at whichever front door: SecondFactorRequired
/// after a right password without one, SecondFactorInvalid after a wrong one, which counts as a
/// failed login (ASVS 6.3.4). A good sign-in from a network that is new to the account is told to
/// its owner by mail (settings.mail.notices).
[[nodiscard]] Result<Tokens> sign_in(Services& services, const SignIn& request,
                                     const Origin& origin);

/// A login whose person somebody else has vouched for: a provider (external_identity.hpp). The same
/// session as sign_in() opens, in the caller's transaction, and the same record of it. `method` is
/// for the audit: `sso`. InvalidCredentials for an account that is disabled, ApprovalPending;
/// SecondFactorRequired for one with a second factor, unless `factor_checked`.
struct VouchedSignIn {
  AccountId account;
  SessionKind kind = SessionKind::Native;
  bool remember = true;
  bool factor_checked = false;
  std::string method;
};
[[nodiscard]] Result<Tokens> sign_in_vouched(Transaction& tx, Services& services,
                                             const VouchedSignIn& request, const Origin& origin);

/// Rotation, rules R1-R3. RefreshInvalid, RefreshExpired, RefreshReused (the session is dead),
/// TokenWrongKind, AccountInactive, AccountGone. One statement in the usual case.
[[nodiscard]] Result<Tokens> refresh_session(Services& services, SessionKind kind,
                                             std::string_view refresh_token, const Origin& origin);

struct Session {
  SessionId id;
  AccountId account;
  SessionKind kind;
  Instant created_at;
  Instant last_used_at;  ///< the last rotation
  Instant expires_at;
  std::string address, user_agent;  ///< of the login
};

/// Live sessions, newest first.
[[nodiscard]] Result<Page<Session>> list_sessions(Services& services, AccountId account,
                                                  const PageRequest& page);

/// Ends one session of that account; NotFound when it is not his or not alive.
[[nodiscard]] Outcome end_session(Services& services, AccountId account, SessionId session,
                                  AuditEvent event, std::optional<AccountId> actor,
                                  const Origin& origin);
/// Ends all, but `keep`. How many ended.
[[nodiscard]] Result<std::int64_t> end_sessions(Services& services, AccountId account,
                                                std::optional<SessionId> keep,
                                                std::optional<AccountId> actor,
                                                const Origin& origin);

}  // namespace postern::domain

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/account.hpp"
#include "domain/external_identity.hpp"
#include "domain/session.hpp"

namespace postern::domain {

/// Somebody signed in at the pages: a session of kind Browser, shown by a cookie. The cookie is
/// `pbs_` and base64url of version, master key id, session id and a MAC of 128 bits: derived, never
/// stored, good for the pages and for the gate alone (rule R10).
struct BrowserSession {
  SessionId id;
  Account account;
  Instant signed_in_at;
  std::string methods;  ///< amr, a space between: pwd, otp, mfa, hwk, swk, ext
};

[[nodiscard]] Secret browser_cookie(const KeyRing& ring, SessionId session);
/// TokenInvalid for all but what we made; not that its session lives.
[[nodiscard]] Result<SessionId> read_browser_cookie(const KeyRing& ring, std::string_view cookie);
/// TokenInvalid for what is no such cookie, TokenRevoked where its session is gone or past its end,
/// AccountInactive. Uses it (touch_browser_sessions).
[[nodiscard]] Result<BrowserSession> find_browser_session(Services& services,
                                                          std::string_view cookie);

/// Whoever lets something in by it waits (hold_browser_session), and then finds it ended: for what
/// ends it in this transaction. Nothing where there is none.
void lock_browser_session(Transaction& tx, AccountId account, SessionId session);

/// Keeps it from ending before the transaction does. False: it has ended, or is not this account's.
[[nodiscard]] bool hold_browser_session(Transaction& tx, AccountId account, SessionId session);

/// How exactly it is known when a session was last used: to the minute, or to half of an idle time
/// that is not much longer.
[[nodiscard]] seconds browser_use_period(const Settings& settings);
/// Those were used now: their idle time starts again. Writes those rows only whose last use is a
/// period ago, waits for none that somebody else is changing, and brings back none that has ended.
/// Nobody is refused because this could not be written.
void touch_browser_sessions(Services& services, const std::vector<SessionId>& sessions);

/// Whoever has shown one factor (a password, or a provider vouched for him) and lacks the second.
struct PendingSignIn {
  AccountId account;
  std::string method;   ///< pwd, ext
  std::string stamp{};  ///< of the password that was shown: none that was changed since is believed
};

/// By password, as sign_in() and with all that it refuses and counts. Where the second factor alone
/// is missing (SecondFactorRequired), `pending` is told who has shown his password, so that the
/// page can ask on.
struct BrowserSignIn {
  std::string login;
  Secret password;
  SecondFactor factor{};
};
[[nodiscard]] Result<BrowserSession> sign_in_browser(
    Services& services, const BrowserSignIn& request, const Origin& origin,
    std::optional<PendingSignIn>* pending = nullptr);
/// By a provider's word, as sign_in_with_identity(); likewise.
[[nodiscard]] Result<BrowserSession> sign_in_browser_vouched(Services& services,
                                                             const VouchedIdentity& identity,
                                                             const LinkRules& rules,
                                                             const Origin& origin,
                                                             std::optional<PendingSignIn>* pending);

/// Opaque text for a form, bound to the clock alone: LinkInvalid after five minutes.
[[nodiscard]] Secret seal_pending(Services& services, const PendingSignIn& pending);
[[nodiscard]] Result<PendingSignIn> open_pending(Services& services, std::string_view text);
/// The second step. SecondFactorInvalid counts as a failed login; TooManyAttempts;
/// InvalidCredentials, ApprovalPending where the account or its password changed meanwhile.
[[nodiscard]] Result<BrowserSession> finish_pending(Services& services,
                                                    const PendingSignIn& pending,
                                                    const SecondFactor& factor,
                                                    const Origin& origin);

/// Signs out: the session, and the grants that hang on it (revoke_grants_of_browser), at once.
void end_browser_session(Services& services, const BrowserSession& session, const Origin& origin);

/// A browser has signed in anew: the session it had ends at once. Grants of the same person's go on
/// with the new session; another's are signed out as above.
void replace_browser_session(Services& services, const BrowserSession& former,
                             const BrowserSession& fresh, const Origin& origin);

}  // namespace postern::domain

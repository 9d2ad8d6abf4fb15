#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/account.hpp"
#include "domain/session.hpp"

namespace postern::domain {

/// Somebody signed in at the pages: a session of kind Browser, shown by a cookie. The cookie is
/// `pbs_` and base64url of version, master key id, session id and a MAC of 128 bits: derived, never
/// stored, good for the pages alone (rule R10).
struct BrowserSession {
  SessionId id;
  Account account;
  Instant signed_in_at;
  std::string methods;  ///< amr, a space between: pwd, otp, mfa, hwk, swk, ext
};

[[nodiscard]] Secret browser_cookie(const KeyRing& ring, SessionId session);
/// TokenInvalid for what is no such cookie, TokenRevoked where its session is gone or past its end,
/// AccountInactive. Uses it: the idle time starts again, written at most once a minute.
[[nodiscard]] Result<BrowserSession> find_browser_session(Services& services,
                                                          std::string_view cookie);

/// By password, as sign_in() and with all that it refuses and counts. After SecondFactorRequired
/// the page asks on: prove_password() says who has shown his password, sealed for five minutes.
struct BrowserSignIn {
  std::string login;
  Secret password;
  SecondFactor factor{};
};
[[nodiscard]] Result<BrowserSession> sign_in_browser(Services& services,
                                                     const BrowserSignIn& request,
                                                     const Origin& origin);

/// Whoever has shown one factor (a password, or a provider vouched for him) and lacks the second.
/// Opaque text for a form; LinkInvalid after five minutes.
struct PendingSignIn {
  AccountId account;
  std::string method;  ///< pwd, ext
};
[[nodiscard]] Secret seal_pending(Services& services, const PendingSignIn& pending);
[[nodiscard]] Result<PendingSignIn> open_pending(Services& services, std::string_view text);
/// The second step. SecondFactorInvalid counts as a failed login; TooManyAttempts;
/// InvalidCredentials, ApprovalPending where the account changed.
[[nodiscard]] Result<BrowserSession> finish_pending(Services& services,
                                                    const PendingSignIn& pending,
                                                    const SecondFactor& factor,
                                                    const Origin& origin);

/// Signs out: the session, and the grants that hang on it (revoke_grants_of_browser), at once.
void end_browser_session(Services& services, const BrowserSession& session, const Origin& origin);

}  // namespace postern::domain

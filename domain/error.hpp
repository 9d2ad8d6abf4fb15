#pragma once

#include <chrono>
#include <string>

namespace postern::domain {

/// Why the domain refused. One enumerator per case that some dialect words differently; each
/// dialect maps them with one exhaustive switch. Broken infrastructure is not in here: that is an
/// exception (see database.hpp).
enum class Errc {
  InvalidInput,        ///< A value breaks a rule; Error::field and Error::reason say which.
  Taken,               ///< A unique value is in use; Error::field says which.
  NotFound,            ///< The thing asked for does not exist, or is not the caller's.
  NotPermitted,        ///< Known, but may not.
  LastAdmin,           ///< Would leave no active account that can administer.
  RegistrationClosed,  ///< This installation takes no registrations.
  InviteRequired,      ///< Registering needs an invitation, and none was given.
  InviteInvalid,       ///< Unknown, used up, expired or taken back: deliberately one value.
  InUse,               ///< Something else still refers to it.
  NoEmail,             ///< The account has no address that mail could be sent to.

  InvalidCredentials,  ///< Unknown, wrong password, disabled: deliberately one value (rule R8).
  ApprovalPending,     ///< Right password, account not approved yet.
  PasswordMustChange,  ///< Right, but one that everybody knows: it opens nothing but its own
                       ///< change.
  TooManyAttempts,     ///< A limit is used up; Error::retry_after says for how long.
  Busy,                ///< All hashing slots are taken; Error::retry_after.

  SecondFactorRequired,  ///< Right password; the account has a second factor and none was given.
  SecondFactorInvalid,   ///< Wrong, expired or used second factor.
  AlreadyEnabled,        ///< The second factor is in force already.
  NotEnabled,            ///< There is no second factor to change.
  ChallengeInvalid,  ///< No WebAuthn challenge that was given out for this, or used, or too old.
  ReauthenticationRequired,  ///< The sign-in is too long ago for this; Error::field says what
                             ///< helps.

  TokenInvalid,     ///< Malformed, forged, or for another issuer or audience.
  TokenExpired,     ///< Was good once.
  TokenWrongKind,   ///< A credential of another kind was presented (rule R10).
  TokenRevoked,     ///< Well signed and unexpired, but its session is gone (rule R6).
  KeyInvalid,       ///< No such API key, or its secret does not match.
  KeyRevoked,       ///< The right secret of a key that was revoked.
  KeyExpired,       ///< The right secret of a key past its expiry.
  AccountInactive,  ///< The credential is good; its account is disabled or unapproved.
  AccountGone,      ///< The credential is good; its account no longer exists.
  KeyRestricted,    ///< A good key, used from a network or for a path that it is not for.

  LinkInvalid,  ///< The secret out of a mail is unknown, used, expired, or for something else.
  IdentityNotLinked,    ///< A provider vouched for somebody who has no account here, and gets none.
  ProviderRefused,      ///< The provider's answer does not hold; Error::detail says why.
  ProviderUnavailable,  ///< The provider cannot be asked; Error::retry_after.

  ClientInvalid,         ///< invalid_client: unknown, or it did not prove to be it.
  ClientNotAllowed,      ///< unauthorized_client: not with this grant type.
  GrantInvalid,          ///< invalid_grant: a code or token that is not good, or not this client's.
  ScopeInvalid,          ///< invalid_scope.
  TargetInvalid,         ///< invalid_target: no such resource, or not one of the grant's.
  AuthorizationPending,  ///< RFC 8628: nobody has decided yet.
  SlowDown,              ///< RFC 8628: asked too soon.
  AuthorizationExpired,  ///< RFC 8628: nobody decided in time.
  AuthorizationDenied,   ///< access_denied: somebody said no.

  RefreshInvalid,  ///< Not a live refresh token of this kind of session.
  RefreshExpired,  ///< The session is past its end.
  RefreshReused,   ///< A spent refresh token came back: its session was killed (rule R3).
};

/// A refusal. Only code, field, reason and retry_after may shape an answer; detail is for the log.
struct Error {
  Errc code{};
  std::string field{};   ///< The offending member, for InvalidInput and Taken.
  std::string reason{};  ///< Stable snake_case: too_short, too_long, invalid_characters, …
  std::chrono::seconds retry_after{0};
  std::string detail{};  ///< Never sent to a client, and never holds a secret.
};

/// The enumerator's name in snake_case, for logs and audit.
const char* name_of(Errc code);

}  // namespace postern::domain

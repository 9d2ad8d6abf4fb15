#include "domain/error.hpp"

namespace postern::domain {

const char* name_of(Errc code) {
  switch (code) {
    case Errc::InvalidInput:
      return "invalid_input";
    case Errc::Taken:
      return "taken";
    case Errc::NotFound:
      return "not_found";
    case Errc::NotPermitted:
      return "not_permitted";
    case Errc::LastAdmin:
      return "last_admin";
    case Errc::RegistrationClosed:
      return "registration_closed";
    case Errc::InvalidCredentials:
      return "invalid_credentials";
    case Errc::PasswordMustChange:
      return "password_must_change";
    case Errc::ApprovalPending:
      return "approval_pending";
    case Errc::TooManyAttempts:
      return "too_many_attempts";
    case Errc::Busy:
      return "busy";
    case Errc::TokenInvalid:
      return "token_invalid";
    case Errc::TokenExpired:
      return "token_expired";
    case Errc::TokenWrongKind:
      return "token_wrong_kind";
    case Errc::TokenRevoked:
      return "token_revoked";
    case Errc::KeyInvalid:
      return "key_invalid";
    case Errc::KeyRevoked:
      return "key_revoked";
    case Errc::KeyExpired:
      return "key_expired";
    case Errc::AccountInactive:
      return "account_inactive";
    case Errc::AccountGone:
      return "account_gone";
    case Errc::RefreshInvalid:
      return "refresh_invalid";
    case Errc::RefreshExpired:
      return "refresh_expired";
    case Errc::RefreshReused:
      return "refresh_reused";
    case Errc::InviteRequired:
      return "invite_required";
    case Errc::InviteInvalid:
      return "invite_invalid";
    case Errc::InUse:
      return "in_use";
    case Errc::NoEmail:
      return "no_email";
    case Errc::SecondFactorRequired:
      return "second_factor_required";
    case Errc::SecondFactorInvalid:
      return "second_factor_invalid";
    case Errc::AlreadyEnabled:
      return "already_enabled";
    case Errc::NotEnabled:
      return "not_enabled";
    case Errc::ChallengeInvalid:
      return "challenge_invalid";
    case Errc::ReauthenticationRequired:
      return "reauthentication_required";
    case Errc::KeyRestricted:
      return "key_restricted";
    case Errc::LinkInvalid:
      return "link_invalid";
    case Errc::IdentityNotLinked:
      return "identity_not_linked";
    case Errc::ProviderRefused:
      return "provider_refused";
    case Errc::ProviderUnavailable:
      return "provider_unavailable";
  }
  return "unknown";
}

}  // namespace postern::domain

#pragma once

#include <json/value.h>

#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::native {

/// One way in which the native API refuses: what is stable of a problem+json body (RFC 9457). Its
/// `type` is the relative reference `/auth/v1/problems/<code>`: a name, not a page. Nothing that a
/// client sent is ever part of one (CVE-2019-8400).
struct Problem {
  int status;
  std::string_view code;
  std::string_view title;
};

inline constexpr Problem kBadRequest{400, "bad_request", "The request cannot be read"};
inline constexpr Problem kBadJson{400, "bad_json", "The body is not JSON as it is taken here"};
inline constexpr Problem kBadForm{400, "bad_form", "The form cannot be read"};
inline constexpr Problem kCredentialRequired{401, "credential_required", "A credential is needed"};
inline constexpr Problem kInvalidToken{401, "invalid_token", "The access token is not valid"};
inline constexpr Problem kTokenExpired{401, "token_expired", "The access token has expired"};
inline constexpr Problem kInvalidKey{401, "invalid_key", "The API key is not valid"};
inline constexpr Problem kKeyRevoked{401, "key_revoked", "The API key was revoked"};
inline constexpr Problem kKeyExpired{401, "key_expired", "The API key has expired"};
inline constexpr Problem kAccountInactive{401, "account_inactive", "The account may not act"};
inline constexpr Problem kInvalidCredentials{401, "invalid_credentials",
                                             "Login or password is wrong"};
inline constexpr Problem kInvalidRefreshToken{401, "invalid_refresh_token",
                                              "The refresh token is not valid"};
inline constexpr Problem kApprovalPending{403, "approval_pending",
                                          "The account waits for an administrator's approval"};
inline constexpr Problem kRegistrationClosed{403, "registration_closed",
                                             "Registration is closed here"};
inline constexpr Problem kInviteRequired{403, "invite_required", "An invitation is needed"};
inline constexpr Problem kInviteInvalid{403, "invite_invalid", "The invitation is not valid"};
inline constexpr Problem kMfaRequired{401, "mfa_required", "A second factor is needed"};
inline constexpr Problem kMfaInvalid{401, "mfa_invalid", "The second factor is not valid"};
inline constexpr Problem kReauthenticationRequired{403, "reauthentication_required",
                                                   "The present password is needed for this"};
inline constexpr Problem kKeyRestricted{403, "key_restricted", "The API key is not for this"};
inline constexpr Problem kIdentityNotLinked{403, "identity_not_linked",
                                            "Nobody here is linked to this identity"};
inline constexpr Problem kProviderRefused{403, "provider_refused",
                                          "The provider's answer does not hold"};
inline constexpr Problem kInvalidLink{400, "invalid_token",
                                      "The token is not valid, or not any more"};
inline constexpr Problem kInUse{409, "in_use", "Something else needs it"};
inline constexpr Problem kNoEmail{409, "no_email", "The account has no e-mail address"};
inline constexpr Problem kAlreadyEnabled{409, "already_enabled", "It is enabled already"};
inline constexpr Problem kNotEnabled{409, "not_enabled", "It is not enabled"};
inline constexpr Problem kProviderUnavailable{503, "provider_unavailable",
                                              "The provider cannot be asked at the moment"};
inline constexpr Problem kNotPermitted{403, "not_permitted", "This is not permitted"};
inline constexpr Problem kInsufficientScope{403, "insufficient_scope", "A permission is missing"};
inline constexpr Problem kSessionRequired{403, "session_required",
                                          "Only a session may do this, not a key"};
inline constexpr Problem kLoopbackOnly{403, "loopback_only",
                                       "This is answered to the machine itself only"};
inline constexpr Problem kNotFound{404, "not_found", "There is no such thing"};
inline constexpr Problem kMethodNotAllowed{405, "method_not_allowed",
                                           "This method is not known here"};
inline constexpr Problem kTaken{409, "taken", "A value is in use already"};
inline constexpr Problem kLastAdmin{409, "last_admin", "It would leave no administrator"};
inline constexpr Problem kKeyLimit{409, "key_limit", "The account has as many keys as it may"};
inline constexpr Problem kRoleLimit{409, "role_limit",
                                    "There are as many roles and permissions as there may be"};
inline constexpr Problem kBodyTooLarge{413, "body_too_large", "The body is too large"};
inline constexpr Problem kUnsupportedMediaType{415, "unsupported_media_type",
                                               "This kind of body is not taken here"};
inline constexpr Problem kInvalidInput{422, "invalid_input", "Some values are not accepted"};
inline constexpr Problem kTooManyAttempts{429, "too_many_attempts", "Too many attempts"};
inline constexpr Problem kHeadersTooLarge{431, "headers_too_large", "The headers are too large"};
inline constexpr Problem kInternal{500, "internal", "Something went wrong here"};
inline constexpr Problem kBusy{503, "busy", "Too busy at the moment"};
inline constexpr Problem kUnavailable{503, "unavailable", "Unavailable at the moment"};

/// A member of a body or query that is not accepted. `path` is its name, `code` stable snake_case.
struct FieldFault {
  std::string path;
  std::string code;
  std::string message{};  ///< none: the sentence that belongs to the code
};

/// The refusal. A 401 carries WWW-Authenticate (RFC 6750 section 3), a 503 Retry-After.
[[nodiscard]] Response refuse(const Request& request, const Problem& problem,
                              std::string_view detail = {});
/// With the members at fault: 422, or 409 for a value that is taken.
[[nodiscard]] Response refuse(const Request& request, const Problem& problem,
                              const std::vector<FieldFault>& faults);

/// What each refusal of the domain is here: the one switch.
[[nodiscard]] const Problem& problem_of(domain::Errc code);
/// The domain's refusal with its field, reason and Retry-After.
[[nodiscard]] Response refuse(const Request& request, const domain::Error& error);

/// The dialect's answers where no handler could answer.
[[nodiscard]] Response unauthenticated(const Request& request, const domain::Error* error);
[[nodiscard]] Response forbidden(const Request& request, Guard guard);
[[nodiscard]] Response not_found(const Request& request);
[[nodiscard]] Response method_not_allowed(const Request& request, std::string_view allow);
[[nodiscard]] Response failure(const Request& request, int status);

}  // namespace postern::handlers::native

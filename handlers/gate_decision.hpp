#pragma once

#include <optional>

#include "domain/check_credential.hpp"
#include "domain/limiter.hpp"
#include "domain/policy.hpp"
#include "domain/settings.hpp"
#include "handlers/credential.hpp"
#include "handlers/gate_answers.hpp"

namespace postern::handlers {

[[nodiscard]] bool satisfies(const domain::IdentityFields& identity,
                             const domain::Requirement& required);

/// What has to be known to decide about a request.
struct GateQuestion {
  const domain::Requirement* required = nullptr;    ///< of the rule that decides; none: no rule
  std::optional<PresentedCredential> credential;    ///< to be checked; only where there is a rule
  std::optional<PresentedCredential> other{};       ///< see turn_to_other()
  bool cross_origin = false;                        ///< a cookie was shown, and not by its owner
  const domain::OAuthResource* resource = nullptr;  ///< that the path belongs to

  [[nodiscard]] std::optional<domain::PresentedAs> shown() const {
    return credential ? std::optional(credential->as) : std::nullopt;
  }
  /// A browser's cookie that is over is as good as none where it shows another besides: that one is
  /// the credential from then on, and to be checked. `check`: what became of the one it was.
  [[nodiscard]] bool turn_to_other(const domain::CredentialCheck& check);
};
[[nodiscard]] GateQuestion question_of(const Request& request, const domain::Policy& policy,
                                       const CookieRule& cookies,
                                       const domain::OAuthSettings& oauth);

/// What a decision takes besides the question.
struct GateMeans {
  const GateSettings& settings;
  domain::Limiter& limiter;
  const domain::Clock& clock;
  const domain::OAuthSettings& oauth;
};

/// The gate's decision. `check`: what became of the question's credential, if it has one. A
/// client's token has to be for the place and, where bound, to come with a proof, which is good
/// once (client_token.hpp), and is worth what the place lists (oauth_worth.hpp); where the rule
/// lets a key in, its own restrictions are enforced, which counts the use: so this is to be called
/// once a request.
[[nodiscard]] Response judge(const Request& request, const GateMeans& means,
                             const GateQuestion& question,
                             const std::optional<domain::CredentialCheck>& check);

}  // namespace postern::handlers

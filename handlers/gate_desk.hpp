#pragma once

#include <optional>
#include <span>
#include <string>

#include "domain/clock.hpp"
#include "domain/credential_cache.hpp"
#include "domain/fingerprint.hpp"
#include "domain/limiter.hpp"
#include "domain/policy.hpp"
#include "fcgi/desk.hpp"
#include "handlers/gate_decision.hpp"

namespace postern::handlers {

/// The gate's answers that need no database: what the policy alone decides, and what the cache
/// knows of a credential. Decides as check_gate() does and answers the same bytes, X-Request-Id
/// apart, which nobody behind the gate would see. All it works with must outlive it.
class GateDesk final : public fcgi::Desk {
 public:
  struct Basis {
    const domain::Policy& policy;
    const GateSettings& settings;
    const domain::CredentialCache& cache;
    const domain::Fingerprinter& fingerprints;
    const domain::Clock& clock;
    domain::Limiter& limiter;  ///< the same as the resolvers': a use counts once, here or there
    const domain::OAuthSettings& oauth;
    /// settings.webauthn.origins: pages of them may use the cookies, too
    std::span<const std::string> origins{};
  };
  explicit GateDesk(const Basis& basis) : basis_(basis) {}

  [[nodiscard]] bool answer(const fcgi::Inspection& seen, fcgi::QuickAnswer& answer) override;
  void refuse(const fcgi::Inspection& seen, int status, fcgi::QuickAnswer& answer) override;

 private:
  enum class Glance {
    Allowed,     ///< answered
    Unknown,     ///< the cache does not know the credential: only the database does
    NotAllowed,  ///< or not plain, or with a proof or restrictions to look at: the long way
  };
  [[nodiscard]] Glance allow_at_once(const fcgi::Inspection& seen, fcgi::QuickAnswer& answer) const;
  [[nodiscard]] bool decide_without_asking(const fcgi::Inspection& seen,
                                           fcgi::QuickAnswer& answer) const;

  [[nodiscard]] CookieRule cookies() const {
    return cookie_rule(basis_.settings, basis_.oauth, basis_.origins);
  }
  [[nodiscard]] std::optional<domain::CredentialCheck> look_up(
      const PresentedCredential& credential) const;

  Basis basis_;
};

}  // namespace postern::handlers

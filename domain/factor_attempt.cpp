#include "domain/factor_attempt.hpp"

#include "domain/audit.hpp"

namespace postern::domain {
namespace {

void note(Services& services, AuditEvent event, AccountId account, const Origin& origin,
          const std::string& why = {}) {
  const std::string detail = why.empty() ? "second factor" : "second factor: " + why;
  record(services.database, services, {event, account, account, {}, detail}, origin);
}

}  // namespace

Result<LoginAttempt> begin_factor_attempt(Services& services, AccountId account,
                                          const Origin& origin) {
  auto attempt = begin_login_attempt(services, account, {}, origin);
  if (!attempt && login_refusal_is_news(services, origin)) {
    note(services, AuditEvent::LoginLimited, account, origin);
  }
  return attempt;
}

void end_factor_attempt(Services& services, const LoginAttempt& attempt, const Error* refusal,
                        const Origin& origin) {
  if (refusal != nullptr && refusal->code == Errc::SecondFactorInvalid) {
    note(services, AuditEvent::LoginFailed, *attempt.account, origin, refusal->detail);
  } else {
    login_attempt_not_made(services, attempt);
  }
}

}  // namespace postern::domain

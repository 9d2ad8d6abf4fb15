#include "domain/audit.hpp"
#include "domain/factor_attempt.hpp"
#include "domain/factor_rows.hpp"
#include "domain/revocation.hpp"
#include "domain/totp.hpp"

namespace postern::domain {
namespace {

/// An account that is disabled or waits for approval can be reset, too.
constexpr Statement kLockToReset{"lock_to_reset", R"sql(
  select totp_enabled, password_needs_mfa from postern.account where id = $1 for no key update
)sql"};

constexpr Statement kVoidPassword{"void_password", R"sql(
  update postern.account set password_hash = '', password_needs_mfa = false where id = $1
)sql"};

}  // namespace

Outcome disable_totp(Services& services, AccountId account, const SecondFactor& proof,
                     const Origin& origin) {
  return with_factor_attempt(services, account, origin, [&](Transaction& tx) -> Outcome {
    const auto owner = lock_factor_owner(tx, account);
    if (!owner || !owner->totp_enabled) return Errc::NotEnabled;
    Outcome taken = take_second_factor(tx, services, account, proof, origin);
    if (!taken) return taken;
    if (owner->password_needs_mfa) return Error{Errc::InvalidInput, "password", "too_short"};
    drop_factors(tx, services, account);
    record(tx, services, {.event = AuditEvent::TotpDisabled, .account = account, .actor = account},
           origin);
    tell_factor_changed(tx, services, account, "disabled", origin);
    return done;
  });
}

Outcome reset_second_factor(Services& services, AccountId account, std::optional<AccountId> actor,
                            const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    const Rows rows = tx.run(kLockToReset, {account});
    if (rows.empty()) return Errc::NotFound;
    if (!rows.front().boolean(0)) return Errc::NotEnabled;
    const bool too_short = rows.front().boolean(1);
    // Such a password is worth nothing without the factor, so it ends with it.
    if (too_short) tx.run(kVoidPassword, {account});
    drop_factors(tx, services, account);
    revoke_sessions(tx, services, account, std::nullopt);
    record(tx, services,
           {.event = AuditEvent::TotpDisabled,
            .account = account,
            .actor = actor,
            .detail = too_short ? "reset; its short password is void" : "reset"},
           origin);
    tell_factor_changed(tx, services, account, "reset", origin);
    return done;
  });
}

}  // namespace postern::domain

#include "domain/factor_change.hpp"
#include "domain/revocation.hpp"
#include "domain/totp.hpp"

namespace postern::domain {
namespace {

/// An account that is disabled or waits for approval can be reset, too.
constexpr Statement kLockToReset{"lock_to_reset", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, a.password_needs_mfa
  from postern.account a
  where a.id = $1
  for no key update
)sql"};

constexpr Statement kVoidPassword{"void_password", R"sql(
  update postern.account set password_hash = '', password_needs_mfa = false where id = $1
)sql"};

struct Reset {
  const Account& account;
  std::optional<AccountId> actor;
  bool too_short = false;  ///< its password, which is void from now on
};
void record_reset(Transaction& tx, Services& services, const Reset& reset, const Origin& origin) {
  for (const Factor factor : kFactors) {
    if (!has_factor(reset.account, factor)) continue;
    record_factor(tx, services,
                  {.account = reset.account.id,
                   .actor = reset.actor,
                   .detail = reset.too_short ? "reset; its short password is void" : "reset"},
                  FactorStep::Removed, factor, origin);
  }
}

}  // namespace

Outcome disable_totp(Services& services, AccountId account, const SecondFactor& proof,
                     const Origin& origin) {
  return disable_factor(services, account, Factor::Totp, proof, origin);
}

Outcome reset_second_factor(Services& services, AccountId account, std::optional<AccountId> actor,
                            const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    const Rows rows = tx.run(kLockToReset, {account});
    if (rows.empty()) return Errc::NotFound;
    const Account owner = read_account(rows.front());
    if (!owner.has_second_factor()) return Errc::NotEnabled;
    const bool too_short = rows.front().boolean(kAccountColumns);
    // Such a password is worth nothing without a factor, so it ends with the last.
    if (too_short) tx.run(kVoidPassword, {account});
    drop_factors(tx, services, account);
    revoke_sessions(tx, services, account, std::nullopt);
    record_reset(tx, services, {owner, actor, too_short}, origin);
    tell_factor_changed(tx, services, account, "reset", origin);
    return done;
  });
}

}  // namespace postern::domain

#include "domain/second_factor.hpp"

#include "domain/audit.hpp"
#include "domain/factor_rows.hpp"
#include "domain/recovery_code.hpp"
#include "domain/totp.hpp"

namespace postern::domain {
namespace {

/// Of any number of takers of one code, one finds the step unspent. The secret must still be the
/// one that the code was checked with.
constexpr Statement kSpendStep{"spend_totp_step", R"sql(
  update postern.totp
  set last_step = $3
  where account_id = $1 and sealed_secret = $2 and confirmed_at is not null and last_step < $3
)sql"};

Outcome take_code(Transaction& tx, Services& services, AccountId account, const StoredTotp& totp,
                  const Secret& code) {
  const auto step = acceptable_step(services, totp, code);
  if (!step) return Errc::SecondFactorInvalid;
  if (tx.run(kSpendStep, {account, totp.sealed, *step}).affected != 1) {
    return Errc::SecondFactorInvalid;
  }
  return done;
}

Outcome take_recovery_code(Transaction& tx, Services& services, AccountId account,
                           const Secret& code, const Origin& origin) {
  if (!use_recovery_code(tx, services, account, code)) return Errc::SecondFactorInvalid;
  record(tx, services,
         {.event = AuditEvent::RecoveryCodeUsed, .account = account, .actor = account}, origin);
  return done;
}

}  // namespace

Outcome take_second_factor(Transaction& tx, Services& services, AccountId account,
                           const SecondFactor& proof, const Origin& origin) {
  if (proof.empty()) return Errc::SecondFactorRequired;
  const auto totp = read_totp(tx, services, account);
  if (!totp || !totp->confirmed) return Errc::NotEnabled;
  if (!proof.totp.empty()) return take_code(tx, services, account, *totp, proof.totp);
  return take_recovery_code(tx, services, account, proof.recovery_code, origin);
}

}  // namespace postern::domain

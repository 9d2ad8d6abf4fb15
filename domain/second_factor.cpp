#include "domain/second_factor.hpp"

#include "domain/audit.hpp"
#include "domain/email_code.hpp"
#include "domain/factor_rows.hpp"
#include "domain/recovery_code.hpp"
#include "domain/totp.hpp"
#include "domain/webauthn.hpp"

namespace postern::domain {
namespace {

constexpr Statement kReadFactors{"read_factors", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql( from postern.account a where a.id = $1
)sql"};

/// Of any number of takers of one code, one finds the step unspent. The secret must still be the
/// one that the code was checked with.
constexpr Statement kSpendStep{"spend_totp_step", R"sql(
  update postern.totp
  set last_step = $3
  where account_id = $1 and sealed_secret = $2 and confirmed_at is not null and last_step < $3
)sql"};

Outcome take_code(Transaction& tx, Services& services, AccountId account, const Secret& code) {
  const auto totp = read_totp(tx, services, account);
  if (!totp || !totp->confirmed) return Errc::SecondFactorInvalid;
  const auto step = acceptable_step(services, *totp, code);
  if (!step) return Errc::SecondFactorInvalid;
  if (tx.run(kSpendStep, {account, totp->sealed, *step}).affected != 1) {
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

Outcome take_email_code(Transaction& tx, Services& services, AccountId account,
                        const Secret& code) {
  if (!use_email_code(tx, services, account, CodePurpose::Prove, code)) {
    return Errc::SecondFactorInvalid;
  }
  return done;
}

/// Of a proof that is neither empty nor a recovery code.
Factor factor_shown(const SecondFactor& proof) {
  if (!proof.totp.empty()) return Factor::Totp;
  return proof.email_code.empty() ? Factor::Webauthn : Factor::EmailOtp;
}

}  // namespace

Outcome take_second_factor(Transaction& tx, Services& services, AccountId account,
                           const SecondFactor& proof, const Origin& origin) {
  const Rows rows = tx.run(kReadFactors, {account});
  if (rows.empty()) return Errc::NotEnabled;
  const Account owner = read_account(rows.front());
  if (!owner.has_second_factor()) return Errc::NotEnabled;
  if (proof.empty()) return ask_for_factor(owner);
  if (!proof.recovery_code.empty() && proof.totp.empty()) {
    return take_recovery_code(tx, services, account, proof.recovery_code, origin);
  }
  const Factor shown = factor_shown(proof);
  if (!has_factor(owner, shown)) return Errc::SecondFactorInvalid;
  switch (shown) {
    case Factor::Totp:
      return take_code(tx, services, account, proof.totp);
    case Factor::EmailOtp:
      return take_email_code(tx, services, account, proof.email_code);
    case Factor::Webauthn:
      return take_assertion(tx, services, account, *proof.assertion);
  }
  return Errc::SecondFactorInvalid;
}

}  // namespace postern::domain

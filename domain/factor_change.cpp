#include "domain/factor_change.hpp"

#include "domain/email_code.hpp"
#include "domain/factor_attempt.hpp"
#include "domain/mail.hpp"
#include "domain/revocation.hpp"
#include "domain/totp.hpp"

namespace postern::domain {
namespace {

constexpr Statement kFactorOn{"factor_on", R"sql(
  update postern.account
  set totp_enabled = totp_enabled or $2 = 'totp',
      email_otp_enabled = email_otp_enabled or $2 = 'email_otp',
      webauthn_enabled = webauthn_enabled or $2 = 'webauthn',
      preferred_factor = case preferred_factor when '' then $2 else preferred_factor end
  where id = $1
)sql"};

constexpr Statement kFactorOff{"factor_off", R"sql(
  update postern.account
  set totp_enabled = totp_enabled and $2 <> 'totp',
      email_otp_enabled = email_otp_enabled and $2 <> 'email_otp',
      webauthn_enabled = webauthn_enabled and $2 <> 'webauthn',
      preferred_factor = case preferred_factor when $2 then '' else preferred_factor end
  where id = $1
)sql"};

constexpr Statement kDeleteTotp{"delete_totp", R"sql(
  delete from postern.totp where account_id = $1
)sql"};

constexpr Statement kDeleteWebauthn{"delete_webauthn", R"sql(
  delete from postern.webauthn_credential where account_id = $1
)sql"};

void delete_rows(Transaction& tx, AccountId account, Factor factor) {
  switch (factor) {
    case Factor::Totp:
      tx.run(kDeleteTotp, {account});
      return;
    case Factor::EmailOtp:
      delete_email_codes(tx, account);
      return;
    case Factor::Webauthn:
      tx.run(kDeleteWebauthn, {account});
      return;
  }
}

void take_off(Transaction& tx, AccountId account, Factor factor) {
  delete_rows(tx, account, factor);
  tx.run(kFactorOff, {account, name_of(factor)});
}

AuditEvent event_of(FactorStep step, Factor factor) {
  if (factor == Factor::Totp) {
    return step == FactorStep::Added ? AuditEvent::TotpEnabled : AuditEvent::TotpDisabled;
  }
  return step == FactorStep::Added ? AuditEvent::FactorAdded : AuditEvent::FactorRemoved;
}

}  // namespace

std::vector<Secret> put_in_force(Transaction& tx, Services& services, AccountId account,
                                 const FactorInForce& what, const Origin& origin) {
  tx.run(kFactorOn, {account, name_of(what.factor)});
  std::vector<Secret> codes;
  if (count_recovery_codes(tx, account) == 0) {
    codes = make_recovery_codes(tx, services, account, what.style);
  }
  // They began without the factor: whoever stole one would keep it (ASVS 7.4.3).
  revoke_sessions(tx, services, account, what.keep);
  account_changed(tx, services, account);
  record_factor(tx, services, {.account = account, .actor = account}, FactorStep::Added,
                what.factor, origin);
  tell_factor_changed(tx, services, account, "enabled", origin);
  return codes;
}

Outcome may_end(const FactorOwner& owner, Factor factor) {
  if (owner.password_needs_mfa && owner.has_only(factor)) {
    return Error{Errc::InvalidInput, "password", "too_short"};
  }
  return done;
}

void end_factor(Transaction& tx, Services& services, const FactorOwner& owner, Factor factor,
                const Origin& origin) {
  const AccountId account = owner.account.id;
  take_off(tx, account, factor);
  if (owner.has_only(factor)) delete_recovery_codes(tx, account);
  account_changed(tx, services, account);
  record_factor(tx, services, {.account = account, .actor = account}, FactorStep::Removed, factor,
                origin);
  tell_factor_changed(tx, services, account, "disabled", origin);
}

Outcome disable_factor(Services& services, AccountId account, Factor factor,
                       const SecondFactor& proof, const Origin& origin) {
  return with_factor_attempt(services, account, origin, [&](Transaction& tx) -> Outcome {
    const auto owner = lock_factor_owner(tx, account);
    if (!owner || !has_factor(owner->account, factor)) return Errc::NotEnabled;
    Outcome taken = take_second_factor(tx, services, account, proof, origin);
    if (!taken) return taken;
    Outcome allowed = may_end(*owner, factor);
    if (!allowed) return allowed;
    end_factor(tx, services, *owner, factor, origin);
    return done;
  });
}

void drop_factors(Transaction& tx, Services& services, AccountId account) {
  for (const Factor factor : kFactors) take_off(tx, account, factor);
  delete_recovery_codes(tx, account);
  account_changed(tx, services, account);
}

void record_factor(Transaction& tx, Services& services, AuditEntry entry, FactorStep step,
                   Factor factor, const Origin& origin) {
  entry.event = event_of(step, factor);
  if (factor != Factor::Totp) {
    const std::string name(name_of(factor));
    entry.detail = entry.detail.empty() ? name : name + ": " + entry.detail;
  }
  record(tx, services, entry, origin);
}

void tell_factor_changed(Transaction& tx, Services& services, AccountId account,
                         const std::string& change, const Origin& origin) {
  queue_letter(
      tx, services,
      {.kind = MailKind::FactorChanged,
       .account = account,
       .address = {},
       .values = {
           {"change", change}, {"address", origin.address}, {"user_agent", origin.user_agent}}});
}

}  // namespace postern::domain

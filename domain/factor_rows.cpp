#include "domain/factor_rows.hpp"

#include <sodium.h>

#include <stdexcept>

#include "domain/mail.hpp"
#include "domain/recovery_code.hpp"
#include "domain/revocation.hpp"
#include "domain/totp_code.hpp"

namespace postern::domain {
namespace {

/// Weaker than FOR UPDATE: what only refers to the row does not wait.
constexpr Statement kLockFactorOwner{"lock_factor_owner", R"sql(
  select username, totp_enabled, password_needs_mfa
  from postern.account
  where id = $1 and is_active and is_approved
  for no key update
)sql"};

constexpr Statement kReadTotp{"read_totp", R"sql(
  select sealed_secret, confirmed_at is not null, last_step
  from postern.totp
  where account_id = $1
)sql"};

constexpr Statement kStoreTotp{"store_totp", R"sql(
  insert into postern.totp as t (account_id, sealed_secret, created_at)
  values ($1, $2, $3)
  on conflict (account_id) do update
    set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at, last_step = 0
    where t.confirmed_at is null
)sql"};

constexpr Statement kDeleteTotp{"delete_totp", R"sql(
  delete from postern.totp where account_id = $1
)sql"};

constexpr Statement kNoFactor{"no_factor", R"sql(
  update postern.account set totp_enabled = false where id = $1
)sql"};

std::string seal_context(AccountId account) {
  return "totp:" + account.text();
}

Secret unseal(Services& services, AccountId account, const Bytes& sealed) {
  auto plain = services.ring.open(seal_context(account), sealed);
  if (!plain) throw std::runtime_error("a second factor was sealed under another master key");
  Secret secret(std::string(plain->begin(), plain->end()));
  sodium_memzero(plain->data(), plain->size());
  return secret;
}

}  // namespace

std::optional<FactorOwner> lock_factor_owner(Transaction& tx, AccountId account) {
  const Rows rows = tx.run(kLockFactorOwner, {account});
  if (rows.empty()) return {};
  const Row& row = rows.front();
  return FactorOwner{row.text(0), row.boolean(1), row.boolean(2)};
}

std::optional<StoredTotp> read_totp(Executor& executor, Services& services, AccountId account) {
  const Rows rows = executor.run(kReadTotp, {account});
  if (rows.empty()) return {};
  const Row& row = rows.front();
  StoredTotp totp{row.bytes(0), {}, row.boolean(1), row.integer(2)};
  totp.secret = unseal(services, account, totp.sealed);
  return totp;
}

bool store_unconfirmed_totp(Transaction& tx, Services& services, AccountId account,
                            const Secret& secret) {
  const Bytes sealed =
      services.ring.seal(seal_context(account), as_bytes(secret.reveal()), services.random);
  return tx.run(kStoreTotp, {account, sealed, services.clock.now()}).affected == 1;
}

std::optional<std::int64_t> acceptable_step(const Services& services, const StoredTotp& totp,
                                            const Secret& code) {
  return matching_totp_step(totp.secret, code,
                            {.present = totp_step(services.clock.now()),
                             .drift = services.settings.mfa.drift_steps,
                             .after = totp.last_step});
}

void drop_factors(Transaction& tx, Services& services, AccountId account) {
  tx.run(kDeleteTotp, {account});
  delete_recovery_codes(tx, account);
  tx.run(kNoFactor, {account});
  account_changed(tx, services, account);
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

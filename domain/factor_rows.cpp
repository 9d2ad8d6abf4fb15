#include "domain/factor_rows.hpp"

#include <sodium.h>

#include <stdexcept>

#include "domain/totp_code.hpp"

namespace postern::domain {
namespace {

/// Weaker than FOR UPDATE: what only refers to the row does not wait.
constexpr Statement kLockFactorOwner{"lock_factor_owner", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, a.password_needs_mfa
  from postern.account a
  where a.id = $1 and a.is_active and a.is_approved
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
  return FactorOwner{read_account(rows.front()), rows.front().boolean(kAccountColumns)};
}

bool FactorOwner::has_only(Factor factor) const {
  for (const Factor other : kFactors) {
    if (has_factor(account, other) != (other == factor)) return false;
  }
  return true;
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

}  // namespace postern::domain

#include "domain/factor_attempt.hpp"
#include "domain/factor_change.hpp"
#include "domain/text.hpp"
#include "domain/totp.hpp"
#include "domain/webauthn.hpp"

namespace postern::domain {
namespace {

constexpr Statement kListCredentials{"list_webauthn", R"sql(
  select id, name, postern.micros(created_at), postern.micros(last_used_at)
  from postern.webauthn_credential
  where account_id = $1
  order by created_at, name
)sql"};

constexpr Statement kDeleteCredential{"delete_webauthn_credential", R"sql(
  delete from postern.webauthn_credential where account_id = $1 and name = $2
)sql"};

bool is_there(const std::vector<WebauthnCredential>& all, std::string_view name) {
  for (const auto& credential : all) {
    if (credential.name == name) return true;
  }
  return false;
}

/// Of several; the factor stays.
Outcome remove_one(Transaction& tx, Services& services, AccountId account, std::string_view name,
                   const Origin& origin) {
  if (tx.run(kDeleteCredential, {account, name}).affected != 1) return Errc::NotEnabled;
  record_factor(tx, services, {.account = account, .actor = account, .detail = "one of several"},
                FactorStep::Removed, Factor::Webauthn, origin);
  tell_factor_changed(tx, services, account, "disabled", origin);
  return done;
}

}  // namespace

std::vector<WebauthnCredential> list_webauthn_credentials(Executor& executor, AccountId account) {
  std::vector<WebauthnCredential> all;
  for (const Row& row : executor.run(kListCredentials, {account})) {
    all.push_back({row.bytes(0), row.text(1), row.instant(2), row.instant_or_null(3)});
  }
  return all;
}

Outcome remove_webauthn(Services& services, AccountId account, std::string_view name,
                        const SecondFactor& proof, const Origin& origin) {
  if (!is_clean_text(name)) return Errc::NotEnabled;
  return with_factor_attempt(services, account, origin, [&](Transaction& tx) -> Outcome {
    const auto owner = lock_factor_owner(tx, account);
    if (!owner) return Errc::NotEnabled;
    const auto all = list_webauthn_credentials(tx, account);
    if (!is_there(all, name)) return Errc::NotEnabled;
    Outcome taken = take_second_factor(tx, services, account, proof, origin);
    if (!taken) return taken;
    if (all.size() > 1) return remove_one(tx, services, account, name, origin);
    Outcome allowed = may_end(*owner, Factor::Webauthn);
    if (!allowed) return allowed;
    end_factor(tx, services, *owner, Factor::Webauthn, origin);
    return done;
  });
}

}  // namespace postern::domain

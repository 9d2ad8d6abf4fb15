#include <algorithm>

#include "domain/factor_change.hpp"
#include "domain/sha256.hpp"
#include "domain/text.hpp"
#include "domain/webauthn.hpp"
#include "domain/webauthn_authenticator_data.hpp"
#include "domain/webauthn_client_data.hpp"
#include "domain/webauthn_key.hpp"
#include "domain/webauthn_party.hpp"

namespace postern::domain {
namespace {

constexpr Statement kCountCredentials{"count_webauthn", R"sql(
  select count(*), count(*) filter (where name = $2)
  from postern.webauthn_credential
  where account_id = $1
)sql"};

/// None written: the id is registered, be it for somebody else (section 7.1 step 22).
constexpr Statement kInsertCredential{"insert_webauthn", R"sql(
  insert into postern.webauthn_credential
    (id, account_id, name, algorithm, public_key, sign_count, created_at)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (id) do nothing
)sql"};

constexpr std::size_t kLongestName = 100;

Error refused(const char* reason) {
  return Error{Errc::InvalidInput, "attestation", reason};
}

Error too_many() {
  return Error{Errc::InvalidInput, "credentials", "too_many"};
}

struct Attested {
  Bytes id;
  WebauthnKey key;
  std::uint32_t sign_count = 0;
};

/// Section 7.1 steps 12 to 19.
Result<Attested> read_attestation(const Settings& settings, const Bytes& object) {
  const auto data = data_of_attestation(object);
  const auto said = data ? read_registration_data(*data) : std::nullopt;
  if (!said) return refused("malformed");
  const Digest ours = sha256(as_bytes(rp_id_of(settings)));
  if (!std::equal(ours.begin(), ours.end(), said->rp_id_hash.begin())) return refused("wrong_rp");
  if (!said->user_present) return refused("user_absent");
  auto key = read_webauthn_key(*data);
  if (!key) return refused("algorithm");
  return Attested{Bytes(said->credential_id.begin(), said->credential_id.end()), *std::move(key),
                  said->sign_count};
}

Outcome store(Transaction& tx, Services& services, AccountId account, const std::string& name,
              const Attested& attested) {
  const Rows counted = tx.run(kCountCredentials, {account, name});
  if (counted.front().integer(0) >= services.settings.webauthn.per_account) return too_many();
  if (counted.front().integer(1) != 0) return Error{Errc::Taken, "name"};
  const Rows inserted = tx.run(
      kInsertCredential, {attested.id, account, name, attested.key.algorithm,
                          attested.key.public_key, attested.sign_count, services.clock.now()});
  if (inserted.affected != 1) return Error{Errc::Taken, "credential"};
  return done;
}

/// One more of a factor that is in force.
void tell_of_another(Transaction& tx, Services& services, AccountId account, const Origin& origin) {
  record_factor(tx, services, {.account = account, .actor = account, .detail = "another"},
                FactorStep::Added, Factor::Webauthn, origin);
  tell_factor_changed(tx, services, account, "enabled", origin);
}

}  // namespace

Result<WebauthnCreation> start_webauthn(Services& services, AccountId account) {
  const auto owner = find_account(services, account);
  if (!owner) return owner.error();
  const auto& settings = services.settings.webauthn;
  WebauthnCreation told;
  for (auto& credential : list_webauthn_credentials(services.database, account)) {
    told.exclude.push_back(std::move(credential.id));
  }
  if (told.exclude.size() >= settings.per_account) return too_many();
  const std::string handle = account.text();
  told.challenge = make_challenge(services, account, ChallengePurpose::Register);
  told.rp_id = rp_id_of(services.settings);
  told.rp_name = settings.rp_name;
  told.user_handle.assign(handle.begin(), handle.end());
  told.username = owner->username;
  told.algorithms = {kEs256, kEdDsa, kRs256};
  told.timeout = settings.challenge_lifetime;
  return told;
}

Result<std::vector<Secret>> register_webauthn(Services& services, AccountId account,
                                              const NewWebauthnCredential& wanted, SessionId keep,
                                              const Origin& origin, RecoveryCodeStyle style) {
  using Codes = Result<std::vector<Secret>>;
  const Outcome named = check_label("name", wanted.name, kLongestName);
  if (!named) return named.error();
  const auto challenge =
      check_client_data(services, wanted.attestation.client, account, ChallengePurpose::Register);
  if (!challenge) return challenge.error();
  const auto attested = read_attestation(services.settings, wanted.attestation.attestation_object);
  if (!attested) return attested.error();
  return services.database.transaction([&](Transaction& tx) -> Codes {
    const auto owner = lock_factor_owner(tx, account);
    if (!owner) return Errc::NotFound;
    Outcome stored = use_up_challenge(tx, *challenge);
    if (stored) stored = store(tx, services, account, wanted.name, *attested);
    if (!stored) return stored.error();
    if (!owner->account.webauthn_enabled) {
      return put_in_force(tx, services, account, {Factor::Webauthn, keep, style}, origin);
    }
    tell_of_another(tx, services, account, origin);
    return std::vector<Secret>{};
  });
}

}  // namespace postern::domain

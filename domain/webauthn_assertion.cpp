#include <algorithm>

#include "domain/network.hpp"
#include "domain/sha256.hpp"
#include "domain/webauthn.hpp"
#include "domain/webauthn_authenticator_data.hpp"
#include "domain/webauthn_client_data.hpp"
#include "domain/webauthn_key.hpp"
#include "domain/webauthn_party.hpp"

namespace postern::domain {
namespace {

/// Somebody else's is as good as none.
constexpr Statement kFindCredential{"find_webauthn", R"sql(
  select algorithm, public_key
  from postern.webauthn_credential
  where id = $1 and account_id = $2
)sql"};

/// Section 7.2 step 21. Of two uses that show one counter, one finds it smaller than its own.
constexpr Statement kCountUse{"count_webauthn_use", R"sql(
  update postern.webauthn_credential
  set sign_count = $3, last_used_at = $4
  where id = $1 and account_id = $2
    and (sign_count < $3::bigint or (sign_count = 0 and $3::bigint = 0))
)sql"};

/// The caller's answer tells nothing more: whoever shows a bad proof need not know what is wrong.
Error refused(std::string why) {
  return Error{Errc::SecondFactorInvalid, {}, {}, {}, "security key: " + std::move(why)};
}
Error refused(const Error& error) {
  return refused(error.code == Errc::ChallengeInvalid ? "challenge" : error.reason);
}

/// An authenticator need not say whose it is; if it does, it says so rightly (step 6).
bool is_handle_of(const Bytes& handle, AccountId account) {
  const std::string text = account.text();
  return handle.empty() || std::ranges::equal(handle, as_bytes(text));
}

/// Steps 15 and 16.
Result<AuthenticatorData> check_data(const Settings& settings, const Bytes& data) {
  const auto said = read_assertion_data(data);
  if (!said) return refused("malformed");
  const Digest ours = sha256(as_bytes(rp_id_of(settings)));
  if (!std::ranges::equal(ours, said->rp_id_hash)) return refused("wrong_rp");
  if (!said->user_present) return refused("user_absent");
  return *said;
}

Result<WebauthnKey> find_key(Transaction& tx, AccountId account, const Bytes& id) {
  if (id.empty() || id.size() > kMostCredentialId) return refused("unknown_credential");
  const Rows rows = tx.run(kFindCredential, {id, account});
  if (rows.empty()) return refused("unknown_credential");
  return WebauthnKey{static_cast<int>(rows.front().integer(0)), rows.front().bytes(1)};
}

WebauthnRequest request_of(Services& services, AccountId account) {
  WebauthnRequest told{make_challenge(services, account, ChallengePurpose::Prove),
                       rp_id_of(services.settings),
                       {},
                       services.settings.webauthn.challenge_lifetime};
  for (auto& credential : list_webauthn_credentials(services.database, account)) {
    told.allow.push_back(std::move(credential.id));
  }
  return told;
}

}  // namespace

Result<WebauthnRequest> request_assertion(Services& services, std::string_view login,
                                          const Origin& origin) {
  const auto& settings = services.settings;
  const Charge counted = services.limiter.charge(
      "webauthn:" + network_of(origin.address),
      {settings.login_limit.per_network, settings.login_limit.window}, services.clock.uptime());
  if (!counted.allowed) return Error{Errc::TooManyAttempts, {}, {}, counted.retry_after};
  const auto account = find_account_by_login(services, login);
  if (!account || !account->may_act() || !account->webauthn_enabled) return Errc::NotEnabled;
  return request_of(services, account->id);
}

Result<WebauthnRequest> request_assertion_on_page(Services& services, const Account& account) {
  if (!account.webauthn_enabled) return Errc::NotEnabled;
  if (!is_issuer_among_origins(services.settings)) return Errc::NotEnabled;
  return request_of(services, account.id);
}

Outcome take_assertion(Transaction& tx, Services& services, AccountId account,
                       const WebauthnAssertion& assertion) {
  const auto key = find_key(tx, account, assertion.credential_id);
  if (!key) return key.error();
  if (!is_handle_of(assertion.user_handle, account)) return refused("wrong_user");
  const auto challenge =
      check_client_data(services, assertion.client, account, ChallengePurpose::Prove);
  if (!challenge) return refused(challenge.error());
  const auto said = check_data(services.settings, assertion.authenticator_data);
  if (!said) return said.error();
  const std::string rp_id = rp_id_of(services.settings);
  const Digest hash = sha256(assertion.client.raw);
  if (!verify_assertion(*key, {rp_id, hash, assertion.authenticator_data, assertion.signature})) {
    return refused("signature");
  }
  if (!use_up_challenge(tx, *challenge)) return refused("challenge");
  const Rows used =
      tx.run(kCountUse, {assertion.credential_id, account, said->sign_count, services.clock.now()});
  if (used.affected != 1) return refused("counter_went_back");
  return done;
}

}  // namespace postern::domain

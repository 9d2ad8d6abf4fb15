#include "domain/oauth_code.hpp"

#include "domain/alphanumeric_secret.hpp"
#include "domain/browser_session.hpp"
#include "domain/grant_secret.hpp"

namespace postern::domain {
namespace {

/// Whoever withdraws the consent, deletes the client or ends all that the account has comes wholly
/// before (nothing is written) or wholly after (the code is there to be ended).
constexpr Statement kInsertCode{"insert_code", R"sql(
  insert into postern.oauth_code
    (code_hash, hash_key_id, client, account_id, consent_id, redirect_uri, challenge, scopes,
     resources, nonce, dpop_jkt, browser_session, signed_in_at, methods, created_at, expires_at)
  select $1, $2, c.id, a.id, k.id, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
  from postern.oauth_client c, postern.account a, postern.oauth_consent k
  where c.id = $3 and a.id = $4 and k.id = $5 and a.is_active and a.is_approved
  for key share of c for share of a for key share of k)sql"};

}  // namespace

Result<Secret> issue_code(Transaction& tx, Services& services, const NewCode& wanted) {
  const Secret code = alphanumeric_secret(services.random);
  const Instant now = services.clock.now();
  const GrantBasis& basis = wanted.basis;
  const auto challenge =
      hex_encode(hash_grant_secret(services.ring, GrantSecret::Challenge, wanted.challenge));
  const Rows written = tx.run(
      kInsertCode, {hash_grant_secret(services.ring, GrantSecret::Code, code.reveal()),
                    services.ring.current_id(), wanted.client.id, basis.account, basis.consent,
                    wanted.redirect_uri, challenge, basis.granted.scopes, basis.granted.resources,
                    wanted.nonce, basis.dpop_jkt, basis.browser_session, basis.signed_in_at,
                    basis.methods, now, now + services.settings.oauth.code_lifetime});
  if (written.affected != 1) return Errc::GrantInvalid;
  if (basis.browser_session && !hold_browser_session(tx, basis.account, *basis.browser_session)) {
    return Errc::GrantInvalid;
  }
  return code;
}

}  // namespace postern::domain

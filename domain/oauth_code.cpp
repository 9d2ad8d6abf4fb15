#include "domain/oauth_code.hpp"

#include "domain/alphanumeric_secret.hpp"
#include "domain/grant_secret.hpp"

namespace postern::domain {
namespace {

constexpr Statement kInsertCode{"insert_code", R"sql(
  insert into postern.oauth_code
    (code_hash, hash_key_id, client, account_id, consent_id, redirect_uri, challenge, scopes,
     resources, nonce, dpop_jkt, browser_session, signed_in_at, methods, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))sql"};

}  // namespace

Secret issue_code(Transaction& tx, Services& services, const NewCode& wanted) {
  const Secret code = alphanumeric_secret(services.random);
  const Instant now = services.clock.now();
  const GrantBasis& basis = wanted.basis;
  const auto challenge =
      hex_encode(hash_grant_secret(services.ring, GrantSecret::Challenge, wanted.challenge));
  tx.run(kInsertCode,
         {hash_grant_secret(services.ring, GrantSecret::Code, code.reveal()),
          services.ring.current_id(), wanted.client.id, basis.account, basis.consent,
          wanted.redirect_uri, challenge, basis.granted.scopes, basis.granted.resources,
          wanted.nonce, basis.dpop_jkt, basis.browser_session, basis.signed_in_at, basis.methods,
          now, now + services.settings.oauth.code_lifetime});
  return code;
}

}  // namespace postern::domain

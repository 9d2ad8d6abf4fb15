#pragma once

#include <optional>
#include <string>

#include "domain/oauth_tokens.hpp"

namespace postern::domain {

/// What the files that read or open grants share. Not for others.

/// The columns that read_live_grant() expects: of an account `a`, its session `s`, the grant `g`
/// and its client `c`.
#define POSTERN_GRANT_COLUMNS                                                                  \
  POSTERN_ACCOUNT_COLUMNS                                                                      \
  ", postern.micros(s.idle_expires_at), postern.micros(s.expires_at), g.scopes, g.resources, " \
  "postern.micros(g.signed_in_at), g.methods, g.consent_id is null, c.client_id, c.scopes, "   \
  "'refresh_token' = any (c.grant_types), c.id_token_alg"
inline constexpr std::size_t kGrantColumns = kAccountColumns + 11;
[[nodiscard]] LiveGrant read_live_grant(const Row& row, SessionId session, std::uint64_t counter);

/// `granted`, as far as the client may still have them. `client_scopes` is null for all.
[[nodiscard]] std::vector<std::string> bounded_scopes(const Row& row, std::size_t granted,
                                                      std::size_t client_scopes);

/// How long a new grant's session lives.
struct GrantSpan {
  Instant idle_end, end;
};
/// A client that cannot refresh has nothing of it once its access token is over; but one that wants
/// to be told of the end of the browser's session is told while that may last.
[[nodiscard]] GrantSpan span_of_grant(const Services& services, const OAuthClient& client);

/// Its session and its row. Client, account and consent are to be locked before.
void open_grant(Transaction& tx, Services& services, SessionId session, const GrantSpan& span,
                OAuthClientId client, const GrantBasis& basis, const Origin& origin);

/// The same as it lives from now on; `row` begins with the account's columns.
[[nodiscard]] LiveGrant make_opened_grant(const Row& row, SessionId session, const GrantSpan& span,
                                          const OAuthClient& client, const GrantBasis& basis);

/// Whose key the refresh tokens are bound to (RFC 9449 section 5): a confidential client's are
/// bound to the client already.
[[nodiscard]] std::string refresh_key(const OAuthClient& client, const TokenProof& proof);

/// InvalidInput field dpop: its tokens are bound to a key always, and no proof came.
[[nodiscard]] Outcome check_proof_needed(bool dpop_bound, const TokenProof& proof);

}  // namespace postern::domain

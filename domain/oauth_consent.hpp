#pragma once

#include <string>
#include <vector>

#include "domain/oauth_client.hpp"
#include "domain/oauth_scope.hpp"

namespace postern::domain {

/// What a person lets a client do: one row for person, client and resources, however many grants
/// rest on it.
struct Consent {
  ConsentId id;
  AccountId account;
  OAuthClientId client;
  std::string client_id, client_name;
  std::string resource;  ///< uris, sorted, a space between
  std::vector<std::string> scopes;
  Instant created_at, updated_at;
  std::int64_t live_grants = 0;
};

/// The consent that covers all of it; none where there is none, or for less, or where the client
/// came to have another name or one more redirect URI since (RFC 6749 section 10.2): then it has to
/// be given again. What was granted before lives on.
[[nodiscard]] std::optional<ConsentId> find_consent(Services& services, AccountId account,
                                                    OAuthClientId client, const Wanted& wanted);
/// Adds to it what is new. AccountInactive where the account may not act (any more); ClientInvalid
/// where `client`, as it was shown to the person, has such a change behind it by now. Audited
/// (ConsentGiven) when it is new or wider, or holds again. A change that comes while the
/// transaction is under way waits for it, and counts as later.
[[nodiscard]] Result<ConsentId> give_consent(Transaction& tx, Services& services, AccountId account,
                                             const OAuthClient& client, const Wanted& wanted,
                                             const Origin& origin);
/// Newest first.
[[nodiscard]] Result<Page<Consent>> list_consents(Services& services, AccountId account,
                                                  const PageRequest& page);
/// With all grants, codes and tokens that rest on it, at once (rule R6). NotFound when it is not
/// his.
[[nodiscard]] Outcome withdraw_consent(Services& services, AccountId account, ConsentId consent,
                                       std::optional<AccountId> actor, const Origin& origin);

}  // namespace postern::domain

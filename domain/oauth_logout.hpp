#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/oauth_client.hpp"

namespace postern::domain {

/// OpenID Connect Back-Channel Logout 1.0: clients are told that a session ended, by the
/// housekeeper, until they answer or for an hour. One notice for each session; of one account and
/// client the newest 50 at most (rule R9).

/// In the transaction that ends the grant. Nothing for a client without a logout_uri.
void queue_logout(Transaction& tx, Services& services, OAuthClientId client, AccountId account,
                  SessionId sid);
/// The same for all grants of the account but `keep` whose scope is openid: before they go.
void queue_logouts(Transaction& tx, Services& services, AccountId account,
                   std::optional<SessionId> keep);

struct LogoutNotice {
  Uuid id;
  std::string uri;
  Secret token;      ///< the logout token (section 2.4): typ logout+jwt, good for two minutes,
                     ///< signed as the client's ID tokens are
  int attempts = 0;  ///< this one included
};
/// At most `most` that are due, of as many clients: those of different accounts in turn, then what
/// was tried least and waits longest. Taken so that no other machine takes one of the same client
/// within a minute.
[[nodiscard]] std::vector<LogoutNotice> take_due_logouts(Services& services, int most);
void logout_told(Services& services, const Uuid& id);
/// Tries again after 5 s, and twice as long each time; whatever else waits for that client waits
/// with it. False: an hour has passed since the session ended and it was tried three times at the
/// least, nobody tries again, neither this nor what is as old and for the same client.
bool logout_not_told(Services& services, const Uuid& id, int attempts);

}  // namespace postern::domain

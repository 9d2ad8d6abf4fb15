#pragma once

#include <string>
#include <vector>

#include "domain/oauth_client.hpp"

namespace postern::domain {

/// OpenID Connect Back-Channel Logout 1.0: clients are told that a session ended, by the
/// housekeeper, until they answer or for an hour.

/// In the transaction that ends the grant. Nothing for a client without a logout_uri.
void queue_logout(Transaction& tx, Services& services, OAuthClientId client, AccountId account,
                  SessionId sid);

struct LogoutNotice {
  Uuid id;
  std::string uri;
  Secret token;      ///< the logout token (section 2.4): typ logout+jwt, good for two minutes,
                     ///< signed as the client's ID tokens are
  int attempts = 0;  ///< this one included
};
/// At most `most` that are due, the longest waiting first, taken so that no other machine takes
/// them within a minute.
[[nodiscard]] std::vector<LogoutNotice> take_due_logouts(Services& services, int most);
void logout_told(Services& services, const Uuid& id);
/// Tries again after 5 s, and twice as long each time. False: an hour has passed since the session
/// ended, nobody tries again.
bool logout_not_told(Services& services, const Uuid& id, int attempts);

}  // namespace postern::domain

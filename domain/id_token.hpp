#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/account.hpp"
#include "domain/oauth_client.hpp"

namespace postern::domain {

/// ID tokens (OpenID Connect Core 1.0 section 2): typ JWT, aud the client_id.
struct IdTokenContent {
  const Account& account;
  std::string client_id;
  SigningAlgorithm algorithm;           ///< what the client registered
  SessionId session;                    ///< sid: that of the grant
  Instant signed_in_at;                 ///< auth_time
  std::string methods{};                ///< amr
  std::string nonce{};                  ///< "" for none
  std::string_view access_token{};      ///< for at_hash; "" for none
  bool profile = false, email = false;  ///< which claims the scopes allow
};
[[nodiscard]] Secret issue_id_token(Services& services, const IdTokenContent& content);

/// An id_token_hint (RP-Initiated Logout 1.0 section 2): one of ours, whatever its age. NOT
/// checked: that its session lives.
struct IdTokenHint {
  AccountId account;
  SessionId session;
  std::string client_id;
};
[[nodiscard]] std::optional<IdTokenHint> read_id_token_hint(Services& services,
                                                            std::string_view text);

}  // namespace postern::domain

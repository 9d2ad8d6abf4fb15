#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/oauth_grant.hpp"
#include "domain/session_tokens.hpp"

namespace postern::domain {

/// What the files that answer with tokens share. Not for others.

/// A grant that lives, as its row, its session's and its client's say.
struct LiveGrant {
  LiveSession session;
  std::string client_id;
  SigningAlgorithm id_token_alg = SigningAlgorithm::Rs256;  ///< what the client wants
  bool has_refresh = false;                                 ///< the client may use refresh tokens
  bool is_own = false;              ///< the client's own: it acts for itself
  std::vector<std::string> scopes;  ///< granted, as far as the client may still have them
  std::vector<std::string> resources;
  Instant signed_in_at{};
  std::string methods{};
};

/// What this answer is for.
struct TokenWish {
  std::vector<std::string> scopes;     ///< of the access token, as far as its audience lists them
  std::vector<std::string> resources;  ///< its audience
  std::string dpop_jkt{};              ///< the key that it is bound to; "" for none
  std::string nonce{};                 ///< of the ID token; "" for none
};

/// Signs; writes nothing, checks nothing. No token outlives its session.
[[nodiscard]] OAuthTokens make_grant_tokens(Services& services, const LiveGrant& grant,
                                            TokenWish wish);

/// Scopes that a request names for less than was granted, without what nobody has here. None: it
/// names none. ScopeInvalid for what is no scope, or where none is left.
[[nodiscard]] Result<std::optional<std::vector<std::string>>> named_scopes(
    const Settings& settings, std::optional<std::string_view> scope);
/// The same of resources, as configured. TargetInvalid for an unknown one. Empty: none named.
[[nodiscard]] Result<std::vector<std::string>> named_resources(
    const OAuthSettings& settings, const std::vector<std::string>& resources);

/// Those of `some` that are in `all`.
[[nodiscard]] std::vector<std::string> common(const std::vector<std::string>& some,
                                              const std::vector<std::string>& all);
[[nodiscard]] bool contains_all(const std::vector<std::string>& all,
                                const std::vector<std::string>& some);

}  // namespace postern::domain

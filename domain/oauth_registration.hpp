#pragma once

#include <optional>
#include <string_view>

#include "domain/oauth_client.hpp"

namespace postern::domain {

/// A client that registers itself (RFC 7591, 7592), or is known by a document of its own.

struct Registered {
  OAuthClient client;
  std::optional<Secret> secret{};              ///< a new one; none: it has none, or keeps it
  std::optional<Secret> registration_token{};  ///< a new one: `reg_` and 43 of [A-Za-z0-9]
};

/// RegistrationClosed (settings.oauth.registration), TooManyAttempts by the network, as
/// check_client_metadata() refuses. A stranger cannot turn the limits against the owner: what is
/// registered again and again in the same words (settings.oauth.equal_registrations) and what is
/// unused beyond settings.oauth.most_unused_clients pushes out the oldest unused of the same kind,
/// never a client that got a code or token and never one younger than an hour while others are
/// there; metadata that a used client has already do not count against the network.
[[nodiscard]] Result<Registered> register_client(Services& services, const ClientMetadata& metadata,
                                                 const Origin& origin);

/// The client that the token is for. TokenInvalid for all else, an unknown client among them.
/// Showing the present token ends the one before.
[[nodiscard]] Result<OAuthClient> find_registration(Services& services, std::string_view client_id,
                                                    std::string_view registration_token);

/// PUT: all of its metadata are these now. A new registration token comes with it, the one before
/// stays good until the new one is first shown (a lost answer locks nobody out). Becoming one with
/// a secret gives it one; otherwise the secret stays. `secret`, where the client sent one, must be
/// the present one: InvalidInput field client_secret. Consents and grants stay where they are
/// still possible: those of scopes or grant types that it lost refuse at their next use.
[[nodiscard]] Result<Registered> replace_registration(Services& services, const OAuthClient& client,
                                                      const ClientMetadata& metadata,
                                                      std::optional<std::string_view> secret,
                                                      const Origin& origin);

/// Writes what a metadata document says, until when it may be believed. Only for client_ids that
/// begin with https://.
[[nodiscard]] Result<OAuthClient> put_client_document(Services& services,
                                                      std::string_view client_id,
                                                      const ClientMetadata& metadata,
                                                      Instant fetched_until, const Origin& origin);
/// Writes keys fetched from jwks_uri.
void put_client_keys(Services& services, OAuthClientId id, std::string_view jwks,
                     Instant fetched_until);

}  // namespace postern::domain

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
/// check_client_metadata() refuses. A stranger cannot turn the limits against the owner. What is
/// registered again and again in the same words pushes out the oldest unused of the same words
/// beyond settings.oauth.equal_registrations, but none younger than an hour: somebody may be
/// signing in with it. Beyond settings.oauth.most_unused_clients the oldest unused of all goes. A
/// client that got a code or token is never pushed out. Words that a used client has already do not
/// count against the network, so that many people behind one address can use the same program, as
/// long as there are fewer than equal_registrations unused ones of the last hour.
[[nodiscard]] Result<Registered> register_client(Services& services, const ClientMetadata& metadata,
                                                 const Origin& origin);

/// TooManyAttempts where settings.oauth.registrations_per_network_per_hour of the network, or eight
/// times as many of an IPv6 site's /48, were charged within the hour.
[[nodiscard]] Outcome charge_registration(Services& services, const Origin& origin);

/// The client that the token is for. TokenInvalid for all else, an unknown client among them.
/// Showing the present token ends the one before.
[[nodiscard]] Result<OAuthClient> find_registration(Services& services, std::string_view client_id,
                                                    std::string_view registration_token);

/// PUT: all of its metadata are these now. A new registration token comes with it, the one before
/// stays good until the new one is first shown; until then, the same PUT answers with the same new
/// token, and the same new secret, whoever asks first: neither a lost answer nor any number of
/// simultaneous calls lock anybody out. Becoming one with a secret gives it one; otherwise the
/// secret stays. `secret`, where the client sent one, must be the present one: InvalidInput field
/// client_secret. TokenInvalid where the token ended in between. Giving up a scope or a grant type
/// ends what was granted (rule R6); consents stay.
[[nodiscard]] Result<Registered> replace_registration(Services& services, const OAuthClient& client,
                                                      std::string_view registration_token,
                                                      const ClientMetadata& metadata,
                                                      std::optional<std::string_view> secret,
                                                      const Origin& origin);

/// Writes what a metadata document says, until when it may be believed. Only for client_ids that
/// begin with https:// (ClientInvalid). As check_client_metadata() refuses. Keys that were fetched
/// stay while jwks_uri does. Giving up a scope or a grant type ends what was granted (rule R6).
/// Unused ones are bounded as those that register themselves, and new ones charged to the network
/// as they are.
[[nodiscard]] Result<OAuthClient> put_client_document(Services& services,
                                                      std::string_view client_id,
                                                      const ClientMetadata& metadata,
                                                      Instant fetched_until, const Origin& origin);
/// Keys that were fetched from the jwks_uri of `client`, as that was known when they were asked
/// for. Answers those to go by, which are others where later ones came meanwhile. ClientInvalid
/// where the client is gone; ProviderUnavailable where its keys are elsewhere by now: then these
/// were not written.
[[nodiscard]] Result<std::string> put_client_keys(Services& services, const OAuthClient& client,
                                                  std::string_view jwks, Instant fetched_until);

}  // namespace postern::domain

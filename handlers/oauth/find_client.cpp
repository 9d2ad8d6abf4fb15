#include "handlers/oauth/find_client.hpp"

#include <optional>

#include "domain/oauth_registration.hpp"
#include "handlers/oauth/client_document.hpp"
#include "handlers/oauth/client_keys.hpp"
#include "handlers/oauth/fetch_turn.hpp"
#include "handlers/oauth/safe_fetch.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Instant;
using domain::OAuthClient;
using Found = domain::Result<OAuthClient>;

/// What cannot be fetched now is believed so long past its time.
constexpr std::chrono::hours kBelievedPastItsTime{24};
constexpr domain::Rate kKeysAgain{1, std::chrono::seconds(60)};
constexpr int kOk = 200;

using Until = std::optional<Instant>;

bool is_fresh(const Until& fetched_until, Instant now) {
  return fetched_until && now < *fetched_until;
}

bool is_believable(const Until& fetched_until, Instant now) {
  return fetched_until && now < *fetched_until + kBelievedPastItsTime;
}

Found fetch_document(Services& services, const std::string& address, FetchTurn::For why,
                     const domain::Origin& origin) {
  const auto turn = FetchTurn::take(services, why, address, origin.address);
  if (!turn) return turn.error();
  const auto& settings = services.domain.settings;
  const auto fetched = safe_fetch(settings.oauth, address);
  if (!fetched) return fetched.error();
  const auto metadata = read_document(*fetched, address, settings);
  if (!metadata) return metadata.error();
  return domain::put_client_document(services.domain, address, *metadata,
                                     services.domain.clock.now() + believed_for(*fetched), origin);
}

Found find_document_client(Services& services, std::string_view client_id,
                           const domain::Origin& origin) {
  if (!services.domain.settings.oauth.client_documents || !is_document_address(client_id)) {
    return Errc::ClientInvalid;
  }
  const Instant now = services.domain.clock.now();
  auto known = domain::find_client(services.domain, client_id);
  if (known && is_fresh(known->fetched_until, now)) return known;
  const auto why = known ? FetchTurn::For::Again : FetchTurn::For::Stranger;
  auto fetched = fetch_document(services, std::string(client_id), why, origin);
  const bool out_of_reach = !fetched && fetched.error().code == Errc::ProviderUnavailable;
  if (out_of_reach && known && is_believable(known->fetched_until, now)) return known;
  return fetched;
}

struct FetchedKeys {
  std::string text;
  Instant until;
};
domain::Result<FetchedKeys> fetch_keys(Services& services, const OAuthClient& client,
                                       const domain::Origin& origin) {
  const auto& address = client.metadata.jwks_uri;
  const auto why = client.metadata.jwks.empty() ? FetchTurn::For::Client : FetchTurn::For::Again;
  const auto turn = FetchTurn::take(services, why, address, origin.address);
  if (!turn) return turn.error();
  const Instant asked = services.domain.clock.now();
  const auto fetched = safe_fetch(services.domain.settings.oauth, address);
  if (!fetched) return fetched.error();
  if (fetched->status != kOk || !is_key_set(fetched->body)) {
    return domain::Error{Errc::ProviderUnavailable, {}, {}, kKeysAgain.window, "no keys there"};
  }
  return FetchedKeys{fetched->body, asked + believed_for(*fetched)};
}

}  // namespace

domain::Result<domain::OAuthClient> find_client(Services& services, std::string_view client_id,
                                                const domain::Origin& origin) {
  if (names_document(client_id)) return find_document_client(services, client_id, origin);
  return domain::find_client(services.domain, client_id);
}

domain::Result<std::string> keys_of(Services& services, const domain::OAuthClient& client,
                                    bool refresh, const domain::Origin& origin) {
  const auto& kept = client.metadata.jwks;
  if (client.metadata.jwks_uri.empty()) return kept;
  const Instant now = services.domain.clock.now();
  const bool present = !kept.empty();
  if (present && !refresh && is_fresh(client.keys_fetched_until, now)) return kept;
  if (present && refresh &&
      !services.domain.limiter
           .charge("oauth keys again of " + client.id.text(), kKeysAgain,
                   services.domain.clock.uptime())
           .allowed) {
    return kept;
  }
  auto fetched = fetch_keys(services, client, origin);
  if (fetched)
    return domain::put_client_keys(services.domain, client, fetched->text, fetched->until);
  if (present && is_believable(client.keys_fetched_until, now)) return kept;
  return fetched.error();
}

}  // namespace postern::handlers::oauth

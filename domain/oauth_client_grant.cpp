#include "domain/client_memory.hpp"
#include "domain/oauth_grant.hpp"
#include "domain/oauth_grant_rows.hpp"

namespace postern::domain {
namespace {

/// The one grant that a client has for itself, as long as it lasts beyond $2. Not ordered:
/// PostgreSQL would go through the newest sessions of everybody to find it.
constexpr Statement kFindOwnGrant{"find_own_grant", R"sql(
  select )sql" POSTERN_GRANT_COLUMNS R"sql(, s.id
  from postern.oauth_grant g
    join postern.session s on s.id = g.session_id
    join postern.oauth_client c on c.id = g.client and c.account_id = s.account_id
    join postern.account a on a.id = s.account_id
  where g.client = $1 and g.consent_id is null and s.kind = $3 and s.expires_at > $2
  limit 1)sql"};

/// Whoever makes it keeps others from making another, and its account from being disabled
/// unseen.
constexpr Statement kLockClientForItself{"lock_client_for_itself", R"sql(
  select a.id, a.is_active and a.is_approved
  from postern.oauth_client c join postern.account a on a.id = c.account_id
  where c.id = $1
  for no key update of c for share of a)sql"};

/// The configuration or the client came to have more.
constexpr Statement kWidenOwnGrant{"widen_own_grant", R"sql(
  update postern.oauth_grant set scopes = $2, resources = $3 where session_id = $1)sql"};

constexpr std::size_t kSession = kGrantColumns;

/// None of it says anything about a person.
std::vector<std::string> permissions_in(const std::vector<std::string>& scopes) {
  std::vector<std::string> permissions;
  for (const auto& scope : scopes) {
    if (!is_identity_scope(scope)) permissions.push_back(scope);
  }
  return permissions;
}

Result<Wanted> settle(const Services& services, const ClientRequest& request) {
  auto wanted = settle_request(services, request.client.metadata, request.resources, request.scope);
  if (!wanted) return wanted.error();
  const bool named = !wanted->scopes.empty();
  wanted->scopes = permissions_in(wanted->scopes);
  if (named && wanted->scopes.empty()) return Errc::ScopeInvalid;
  return wanted;
}

/// A token lasts as long as it could: a grant that ends before is no use any more. But a whole
/// grant may be no longer than a token (absolute_seconds, access_seconds), and then none would ever
/// be of use: each serves for the first half of its time at least, and tokens end with it.
Instant needed_until(const Services& services) {
  const auto& times = services.settings.session(SessionKind::OAuth);
  const std::chrono::microseconds token = times.access_lifetime, grant = times.absolute_lifetime;
  return services.clock.now() + std::min(token, grant / 2);
}

std::optional<LiveGrant> find_own_grant(Executor& executor, Services& services,
                                        OAuthClientId client) {
  const auto rows = executor.run(
      kFindOwnGrant, {client, needed_until(services), static_cast<int>(SessionKind::OAuth)});
  if (rows.empty()) return {};
  return read_live_grant(rows.front(), SessionId{rows.front().uuid(kSession)}, 0);
}

/// All that it can ask for: each of its tokens is for less.
Wanted most(const Services& services, const OAuthClient& client) {
  std::vector<std::string> resources;
  for (const auto& resource : services.settings.oauth.resources) resources.push_back(resource.uri);
  auto all = settle_request(services, client.metadata, resources, {});
  return all ? Wanted{permissions_in(all->scopes), all->resources} : Wanted{{}, resources};
}

void open_own_grant(Transaction& tx, Services& services, const OAuthClient& client,
                    AccountId account, const Origin& origin) {
  const Instant now = services.clock.now();
  const Instant end = now + services.settings.session(SessionKind::OAuth).absolute_lifetime;
  open_grant(
      tx, services, SessionId::make(now, services.random), {end, end}, client.id,
      {.account = account, .consent = {}, .granted = most(services, client), .signed_in_at = now},
      origin);
}

void widen_own_grant(Transaction& tx, Services& services, const OAuthClient& client,
                     SessionId session) {
  const auto granted = most(services, client);
  if (tx.run(kWidenOwnGrant, {session, granted.scopes, granted.resources}).affected != 1) {
    throw DatabaseUnavailable("widen_own_grant: the grant ended meanwhile");
  }
}

/// Of any number of first requests at the same time one makes it.
Result<LiveGrant> make_own_grant(Services& services, const OAuthClient& client,
                                 const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Result<LiveGrant> {
    const auto rows = tx.run(kLockClientForItself, {client.id});
    if (rows.empty()) return Errc::ClientInvalid;
    if (!rows.front().boolean(1)) return Errc::AccountInactive;
    if (const auto made = find_own_grant(tx, services, client.id)) {
      widen_own_grant(tx, services, client, made->session.id);
    } else {
      open_own_grant(tx, services, client, AccountId{rows.front().uuid(0)}, origin);
    }
    auto opened = find_own_grant(tx, services, client.id);
    if (!opened) throw DatabaseError("open_own_grant: the grant is not there");
    return *std::move(opened);
  });
}

bool suffices(const LiveGrant& grant, const Wanted& wanted, Instant needed) {
  return grant.session.expires_at > needed && contains_all(grant.scopes, wanted.scopes);
}

/// The one remembered with the client, else the one that is stored or made now.
Result<LiveGrant> own_grant(Services& services, const OAuthClient& client, const Wanted& wanted,
                            const Origin& origin) {
  const auto belief = belief_from_now(services);
  auto* const known = belief ? services.memory->clients->find(services.memory->cache,
                                                              services.clock, client.client_id)
                             : nullptr;
  if (known != nullptr) {
    const auto* grant = ClientMemory::own_grant(services.memory->cache, services.clock, *known);
    if (grant != nullptr && suffices(*grant, wanted, needed_until(services))) return *grant;
  }
  auto found = find_own_grant(services.database, services, client.id);
  if (!found || !contains_all(found->scopes, wanted.scopes)) {
    return make_own_grant(services, client, origin);
  }
  if (known != nullptr) known->own = {*found, *belief};
  return *std::move(found);
}

}  // namespace

Result<OAuthTokens> issue_to_client(Services& services, const ClientRequest& request,
                                    const Origin& origin) {
  const OAuthClient& client = request.client;
  if (!client.account || client.metadata.auth == ClientAuth::None ||
      !client.metadata.allows(grant_type::kClient)) {
    return Errc::ClientNotAllowed;
  }
  if (const auto proven = check_proof_needed(client.metadata.dpop_bound, request.proof); !proven) {
    return proven.error();
  }
  auto wanted = settle(services, request);
  if (!wanted) return wanted.error();
  const auto grant = own_grant(services, client, *wanted, origin);
  if (!grant) return grant.error();
  if (!grant->session.account.may_act()) return Errc::AccountInactive;
  note_client_use(services.database, services, client);
  return make_grant_tokens(services, *grant,
                           {.scopes = std::move(wanted->scopes),
                            .resources = std::move(wanted->resources),
                            .dpop_jkt = request.proof.dpop_jkt});
}

}  // namespace postern::domain

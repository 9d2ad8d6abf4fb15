#include <algorithm>

#include "domain/check_credential.hpp"
#include "domain/oauth_access_token.hpp"
#include "domain/oauth_grant.hpp"
#include "domain/oauth_grant_rows.hpp"
#include "domain/oauth_worth.hpp"
#include "domain/principals.hpp"
#include "domain/refresh_verdict.hpp"

namespace postern::domain {
namespace {

constexpr Statement kFindGrantOfRefresh{"find_grant_of_refresh", R"sql(
  select )sql" POSTERN_GRANT_COLUMNS R"sql(,
    r.permissions, s.counter, postern.micros(s.rotated_at), g.dpop_jkt
  from postern.session s
    join postern.account a on a.id = s.account_id
    join postern.role r on r.name = a.role
    join postern.oauth_grant g on g.session_id = s.id
    join postern.oauth_client c on c.id = g.client
  where s.id = $1 and s.kind = $2 and s.expires_at > $3 and s.idle_expires_at > $3
    and a.is_active and a.is_approved)sql"};

enum Column : std::size_t { kPermissions = kGrantColumns, kCounter, kRotatedAt, kBoundKey };

/// What is found of a refresh token's grant, if it lives and this client may know.
struct Seen {
  LiveGrant grant;
  std::vector<std::string> permissions;
  RefreshState state;
  std::string bound_key;
};

bool may_see(const OAuthClient& asking, std::string_view client_id) {
  if (asking.client_id == client_id) return true;
  return asking.origin == ClientOrigin::Administrator && asking.metadata.auth != ClientAuth::None;
}

std::optional<Seen> look(Services& services, const OAuthClient& asking, SessionId session) {
  const auto rows = services.database.run(
      kFindGrantOfRefresh, {session, static_cast<int>(SessionKind::OAuth), services.clock.now()});
  if (rows.empty()) return {};
  const Row& row = rows.front();
  const auto counter = static_cast<std::uint64_t>(row.integer(kCounter));
  Seen seen;
  seen.grant = read_live_grant(row, session, counter);
  seen.permissions = row.texts(kPermissions);
  seen.state = {.kind = SessionKind::OAuth,
                .counter = counter,
                .rotated_at = row.instant(kRotatedAt),
                .idle_expires_at = seen.grant.session.idle_expires_at,
                .expires_at = seen.grant.session.expires_at};
  seen.bound_key = row.text(kBoundKey);
  if (seen.grant.is_own || !may_see(asking, seen.grant.client_id)) return {};
  return seen;
}

/// What scopes are worth now: permissions by the account's role, where a resource lists them.
template <class IsPermission>
std::string worth(const Services& services, const std::vector<std::string>& audience,
                  const std::vector<std::string>& granted, IsPermission permits) {
  const auto scopes = scopes_at(services.settings.oauth.resources, audience, granted);
  std::vector<std::string> worth;
  std::copy_if(
      scopes.begin(), scopes.end(), std::back_inserter(worth),
      [&](const std::string& scope) { return is_identity_scope(scope) || permits(scope); });
  return join_scope(worth);
}

/// As the gate would find it, and remember it.
std::optional<Introspection> inspect_access(Services& services, const OAuthClient& client,
                                            std::string_view token) {
  const auto claims = peek_oauth_claims(token);
  if (!claims) return {};
  const auto as = claims->dpop_jkt.empty() ? PresentedAs::Bearer : PresentedAs::Dpop;
  const auto check = check_credential(services, as, token);
  const auto found = check.identity.fields();
  if (check.refusal || !found.is_for_client() || !may_see(client, found.client)) return {};
  Introspection answer;
  answer.client_id = found.client;
  if (!claims->subject.starts_with(kClientSubject)) answer.username = found.user;
  std::vector<std::string> scopes;
  std::copy_if(claims->scopes.begin(), claims->scopes.end(), std::back_inserter(scopes),
               [&](const std::string& scope) { return has_word(found.scopes, scope); });
  std::sort(scopes.begin(), scopes.end());
  answer.scope = worth(services, claims->audience, scopes,
                       [&](const std::string& scope) { return found.may(scope); });
  answer.subject = claims->subject;
  answer.token_id = claims->token_id;
  answer.dpop_jkt = found.bound_key;
  answer.audience = claims->audience;
  answer.issued_at = claims->issued_at;
  answer.expires_at = claims->expires_at;
  return answer;
}

/// NOT used up by it.
std::optional<Introspection> inspect_refresh(Services& services, const OAuthClient& client,
                                             const RefreshToken& token) {
  const auto seen = look(services, client, token.session);
  if (!seen || !seen->grant.has_refresh) return {};
  const auto verdict = judge_refresh(services, seen->state, token);
  if (verdict != RefreshVerdict::Current && verdict != RefreshVerdict::Predecessor) return {};
  Introspection answer;
  answer.is_refresh = true;
  answer.client_id = seen->grant.client_id;
  answer.username = seen->grant.session.account.username;
  answer.scope =
      worth(services, seen->grant.resources, seen->grant.scopes,
            [&](const std::string& scope) { return contains(seen->permissions, scope); });
  answer.subject = seen->grant.session.account.id.text();
  answer.dpop_jkt = seen->bound_key;
  answer.audience = seen->grant.resources;
  answer.issued_at = seen->state.rotated_at;
  answer.expires_at = std::min(seen->state.idle_expires_at, seen->state.expires_at);
  return answer;
}

}  // namespace

std::optional<Introspection> introspect_token(Services& services, const OAuthClient& client,
                                              std::string_view token) {
  if (const auto refresh = decode_refresh_token(services.ring, token)) {
    return inspect_refresh(services, client, *refresh);
  }
  return inspect_access(services, client, token);
}

}  // namespace postern::domain

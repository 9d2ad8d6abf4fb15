#include "domain/oauth_grant.hpp"
#include "domain/oauth_grant_rows.hpp"
#include "domain/oauth_worth.hpp"
#include "domain/refresh_verdict.hpp"

namespace postern::domain {
namespace {

/// R1 in one statement, with all that a grant adds: a request that is refused for what it asks
/// spends nothing. No indexed column is written.
constexpr Statement kRotateGrant{"rotate_grant", R"sql(
  update postern.session s
  set counter = s.counter + 1, rotated_at = $4, idle_expires_at = $5
  from postern.account a, postern.oauth_grant g, postern.oauth_client c
  where s.id = $1 and s.counter = $2 and s.kind = $3
    and s.expires_at > $4 and s.idle_expires_at > $4
    and a.id = s.account_id and a.is_active and a.is_approved
    and g.session_id = s.id and g.consent_id is not null and c.id = g.client
    and (c.id = $6 or ($6::uuid is null and c.auth_method = 'none'))
    and 'refresh_token' = any (c.grant_types)
    and (g.dpop_jkt = '' or g.dpop_jkt = $7) and (not c.dpop_bound or $7 <> '')
    and ($8::text[] is null or $8 <@ g.scopes) and $9::text[] <@ g.resources
  returning )sql" POSTERN_GRANT_COLUMNS};

constexpr Statement kLookAtGrant{"look_at_grant", R"sql(
  select )sql" POSTERN_GRANT_COLUMNS R"sql(,
    s.counter, postern.micros(s.rotated_at), g.dpop_jkt, c.dpop_bound, c.auth_method, c.id, g.scopes
  from postern.session s
    join postern.account a on a.id = s.account_id
    join postern.oauth_grant g on g.session_id = s.id
    join postern.oauth_client c on c.id = g.client
  where s.id = $1 and s.kind = $2 and g.consent_id is not null)sql"};

enum Column : std::size_t {
  kCounter = kGrantColumns,
  kRotatedAt,
  kBoundKey,
  kDpopBound,
  kAuthMethod,
  kClient,
  kGrantedScopes
};

/// What a request asks for, as far as it can be told without the grant.
struct Asked {
  std::optional<std::vector<std::string>> scopes;
  std::vector<std::string> resources;
};

Result<Asked> read_wishes(const Services& services, const RefreshRequest& request) {
  auto scopes = named_scopes(services.settings, request.scope);
  if (!scopes) return scopes.error();
  auto resources = named_resources(services.settings.oauth, request.resources);
  if (!resources) return resources.error();
  const bool named = *scopes && !resources->empty();
  if (named && scopes_at(services.settings.oauth.resources, *resources, **scopes).empty()) {
    return Errc::ScopeInvalid;
  }
  return Asked{*std::move(scopes), *std::move(resources)};
}

OAuthTokens answer(Services& services, const LiveGrant& grant, const Asked& asked,
                   const TokenProof& proof) {
  return make_grant_tokens(
      services, grant,
      {.scopes = asked.scopes ? common(*asked.scopes, grant.scopes) : grant.scopes,
       .resources = asked.resources.empty() ? grant.resources : asked.resources,
       .dpop_jkt = proof.dpop_jkt});
}

std::optional<LiveGrant> rotate(Services& services, const RefreshRequest& request,
                                const RefreshToken& token, const Asked& asked) {
  const Instant now = services.clock.now();
  const auto client = request.client != nullptr ? std::optional(request.client->id) : std::nullopt;
  const auto rows = services.database.run(
      kRotateGrant, {token.session, token.counter, static_cast<int>(SessionKind::OAuth), now,
                     now + services.settings.session(SessionKind::OAuth).idle_lifetime, client,
                     request.proof.dpop_jkt, asked.scopes, asked.resources});
  if (rows.size() != 1) return {};
  return read_live_grant(rows.front(), token.session, token.counter + 1);
}

/// Whether the request is from whom the token was given to: its client, with its key.
Outcome check_bearer(const RefreshRequest& request, const Row& row) {
  if (request.client == nullptr) {
    if (client_auth(row.text(kAuthMethod)) != ClientAuth::None) return Errc::ClientInvalid;
  } else if (request.client->id.uuid != row.uuid(kClient)) {
    return Errc::GrantInvalid;
  }
  if (const auto proven = check_proof_needed(row.boolean(kDpopBound), request.proof); !proven) {
    return proven.error();
  }
  const auto& bound = row.text(kBoundKey);
  if (!bound.empty() && bound != request.proof.dpop_jkt) return Errc::GrantInvalid;
  return done;
}

RefreshState state_of(const Row& row, const LiveGrant& grant) {
  return {.kind = SessionKind::OAuth,
          .counter = static_cast<std::uint64_t>(row.integer(kCounter)),
          .rotated_at = row.instant(kRotatedAt),
          .idle_expires_at = grant.session.idle_expires_at,
          .expires_at = grant.session.expires_at};
}

Outcome check_wishes(const Row& row, const LiveGrant& grant, const Asked& asked) {
  if (!grant.session.account.may_act()) return Errc::GrantInvalid;
  if (!grant.has_refresh) return Errc::ClientNotAllowed;
  if (asked.scopes && !contains_all(row.texts(kGrantedScopes), *asked.scopes)) {
    return Errc::ScopeInvalid;
  }
  if (!contains_all(grant.resources, asked.resources)) return Errc::TargetInvalid;
  return done;
}

/// What became of a token that did not rotate.
Result<OAuthTokens> second_look(Services& services, const RefreshRequest& request,
                                const RefreshToken& token, const Asked& asked,
                                const Origin& origin) {
  const auto rows =
      services.database.run(kLookAtGrant, {token.session, static_cast<int>(SessionKind::OAuth)});
  if (rows.empty()) return Errc::GrantInvalid;
  const Row& row = rows.front();
  if (const auto borne = check_bearer(request, row); !borne) return borne.error();
  const auto grant = read_live_grant(row, token.session, token.counter + 1);
  const auto verdict = judge_refresh(services, state_of(row, grant), token);
  if (verdict == RefreshVerdict::Spent) {
    end_reused_session(services, grant.session.account.id, token.session, origin);
  }
  if (verdict != RefreshVerdict::Current && verdict != RefreshVerdict::Predecessor) {
    return Errc::GrantInvalid;
  }
  if (const auto fit = check_wishes(row, grant, asked); !fit) return fit.error();
  // Whatever kept it from rotating has passed in between: not ours to guess what it was.
  if (verdict == RefreshVerdict::Current) {
    throw DatabaseUnavailable("rotate_grant: the grant changed meanwhile");
  }
  return answer(services, grant, asked, request.proof);
}

}  // namespace

Result<OAuthTokens> refresh_grant(Services& services, const RefreshRequest& request,
                                  const Origin& origin) {
  const auto token = decode_refresh_token(services.ring, request.refresh_token);
  if (!token) return Errc::GrantInvalid;
  const auto asked = read_wishes(services, request);
  if (!asked) return asked.error();
  if (const auto grant = rotate(services, request, *token, *asked)) {
    if (request.client != nullptr) note_client_use(services.database, services, *request.client);
    return answer(services, *grant, *asked, request.proof);
  }
  return second_look(services, request, *token, *asked, origin);
}

}  // namespace postern::domain

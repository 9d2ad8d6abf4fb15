#include <algorithm>

#include "domain/oauth_tokens.hpp"
#include "domain/principals.hpp"
#include "domain/session.hpp"

namespace postern::domain {
namespace {

constexpr Statement kFindPrincipalsOfGrants{"find_principals_of_grants", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, r.permissions,
    s.id, postern.micros(least(s.expires_at, s.idle_expires_at)), g.scopes, c.client_id
  from postern.session s
    join postern.oauth_grant g on g.session_id = s.id
    join postern.oauth_client c on c.id = g.client
    join postern.account a on a.id = s.account_id
    join postern.role r on r.name = a.role
  where s.id = any($1::uuid[]) and s.kind = $2 and s.expires_at > $3 and s.idle_expires_at > $3
)sql"};

/// The same of one: PostgreSQL plans a list anew each time, which takes longer than to answer.
constexpr Statement kFindPrincipalOfGrant{"find_principal_of_grant", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, r.permissions,
    s.id, postern.micros(least(s.expires_at, s.idle_expires_at)), g.scopes, c.client_id
  from postern.session s
    join postern.oauth_grant g on g.session_id = s.id
    join postern.oauth_client c on c.id = g.client
    join postern.account a on a.id = s.account_id
    join postern.role r on r.name = a.role
  where s.id = $1 and s.kind = $2 and s.expires_at > $3 and s.idle_expires_at > $3
)sql"};

enum Column : std::size_t {
  kRolePermissions = kAccountColumns,
  kSessionId,
  kSessionEnd,
  kScopes,
  kClientId
};

std::vector<std::string> sorted(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  return words;
}

bool is_subject(const OAuthClaims& claims, const Account& account) {
  if (!claims.subject.starts_with(kClientSubject)) return claims.subject == account.id.text();
  return std::string_view(claims.subject).substr(kClientSubject.size()) == claims.client_id;
}

Result<Principal> judge(const OAuthClaims& claims, const Row* row) {
  if (row == nullptr || row->text(kClientId) != claims.client_id) return Errc::TokenRevoked;
  Principal principal;
  principal.account = read_account(*row);
  if (!is_subject(claims, principal.account)) return Errc::TokenRevoked;
  if (!principal.account.may_act()) return Errc::AccountInactive;
  principal.scopes = common(sorted(claims.scopes), row->texts(kScopes));
  principal.permissions = common(principal.scopes, row->texts(kRolePermissions));
  principal.less_than_role = true;  // a client is never all that a person is
  principal.kind = CredentialKind::OAuthToken;
  principal.credential_id = claims.session.text();
  principal.session = claims.session;
  principal.expires_at = claims.expires_at;
  principal.good_until = std::min(claims.expires_at, row->instant(kSessionEnd));
  principal.audience = claims.audience;
  principal.client_id = claims.client_id;
  principal.bound_key = claims.dpop_jkt;
  return principal;
}

Rows find_rows(Services& services, std::span<const OAuthClaims> claims) {
  const auto kind = static_cast<int>(SessionKind::OAuth);
  const Instant now = services.clock.now();
  if (claims.size() == 1) {
    return services.database.run(kFindPrincipalOfGrant, {claims.front().session, kind, now});
  }
  std::vector<std::string> ids;
  for (const auto& each : claims) ids.push_back(each.session.text());
  return services.database.run(kFindPrincipalsOfGrants, {ids, kind, now});
}

}  // namespace

std::vector<Result<Principal>> find_principals_of_grants(Services& services,
                                                         std::span<const OAuthClaims> claims) {
  std::vector<Result<Principal>> answers;
  if (claims.empty()) return answers;
  const Rows rows = find_rows(services, claims);
  for (const auto& each : claims) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
      return row.uuid(kSessionId) == each.session.uuid;
    });
    answers.push_back(judge(each, found == rows.end() ? nullptr : &*found));
  }
  return answers;
}

}  // namespace postern::domain

#include <algorithm>

#include "domain/browser_session.hpp"
#include "domain/principals.hpp"
#include "domain/session_tokens.hpp"

namespace postern::domain {
namespace {

constexpr Statement kFindPrincipalsOfBrowsers{"find_principals_of_browsers", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, r.permissions,
    s.id, postern.micros(s.expires_at), postern.micros(s.idle_expires_at),
    postern.micros(s.rotated_at)
  from postern.session s
    join postern.account a on a.id = s.account_id
    join postern.role r on r.name = a.role
  where s.id = any($1::uuid[]) and s.kind = $2 and s.expires_at > $3 and s.idle_expires_at > $3
)sql"};

enum Column : std::size_t {
  kRolePermissions = kAccountColumns,
  kSessionId,
  kExpiresAt,
  kIdleEnd,
  kUsedAt
};

/// Whether its use is to be noted now.
bool is_due(const Services& services, const Row& row) {
  return row.instant(kUsedAt) + browser_use_period(services.settings) <= services.clock.now();
}

/// When somebody has to look again.
Instant good_until(const Services& services, const Row& row) {
  const auto noted = is_due(services, row) ? services.clock.now() : row.instant(kUsedAt);
  return std::min({row.instant(kExpiresAt), row.instant(kIdleEnd),
                   noted + browser_use_period(services.settings)});
}

Result<Principal> judge(const Services& services, SessionId session, const Row* row) {
  if (row == nullptr) return Errc::TokenRevoked;
  Principal principal;
  principal.account = read_account(*row);
  if (!principal.account.may_act()) return Errc::AccountInactive;
  principal.permissions = row->texts(kRolePermissions);
  std::sort(principal.permissions.begin(), principal.permissions.end());
  principal.kind = CredentialKind::BrowserSession;
  principal.credential_id = session.text();
  principal.session = session;
  principal.expires_at = row->instant(kExpiresAt);
  principal.good_until = good_until(services, *row);
  principal.lacks_second_factor =
      lacks_second_factor(services.settings, SessionKind::Browser, principal.account);
  return principal;
}

}  // namespace

std::vector<Result<Principal>> find_principals_of_browsers(
    Services& services, std::span<const std::string_view> cookies) {
  std::vector<Result<SessionId>> sessions;
  std::vector<std::string> ids;
  for (const auto cookie : cookies) {
    sessions.push_back(read_browser_cookie(services.ring, cookie));
    if (sessions.back()) ids.push_back(sessions.back()->text());
  }
  const Rows rows = ids.empty()
                        ? Rows{}
                        : services.database.run(
                              kFindPrincipalsOfBrowsers,
                              {ids, static_cast<int>(SessionKind::Browser), services.clock.now()});
  std::vector<Result<Principal>> answers;
  std::vector<SessionId> used;
  for (const auto& session : sessions) {
    if (!session) {
      answers.emplace_back(session.error());
      continue;
    }
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& each) {
      return each.uuid(kSessionId) == session->uuid;
    });
    answers.push_back(judge(services, *session, row == rows.end() ? nullptr : &*row));
    if (answers.back().ok() && is_due(services, *row)) used.push_back(*session);
  }
  touch_browser_sessions(services, used);
  return answers;
}

}  // namespace postern::domain

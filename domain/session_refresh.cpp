#include "domain/refresh_token.hpp"
#include "domain/refresh_verdict.hpp"
#include "domain/session.hpp"
#include "domain/session_tokens.hpp"

namespace postern::domain {
namespace {

/// R1 in one statement: of any number of callers with the same counter one finds it. No indexed
/// column is written, so that the update stays within its page.
constexpr Statement kRotateSession{"rotate_session", R"sql(
  update postern.session s
  set counter = s.counter + 1, rotated_at = $4, idle_expires_at = $5
  from postern.account a
  where s.id = $1 and s.counter = $2 and s.kind = $3
    and s.expires_at > $4 and s.idle_expires_at > $4
    and a.id = s.account_id and a.is_active and a.is_approved
  returning )sql" POSTERN_ACCOUNT_COLUMNS R"sql(,
    postern.micros(s.idle_expires_at), postern.micros(s.expires_at)
)sql"};

constexpr Statement kLookAtSession{"look_at_session", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(,
    postern.micros(s.idle_expires_at), postern.micros(s.expires_at),
    s.counter, s.kind, postern.micros(s.rotated_at)
  from postern.session s join postern.account a on a.id = s.account_id
  where s.id = $1
)sql"};

enum Column : std::size_t {
  kIdleExpiresAt = kAccountColumns,
  kExpiresAt,
  kCounter,
  kKind,
  kRotatedAt
};

LiveSession read_session(const Row& row, const RefreshToken& token, SessionKind kind) {
  return {.id = token.session,
          .kind = kind,
          .counter = token.counter + 1,
          .idle_expires_at = row.instant(kIdleExpiresAt),
          .expires_at = row.instant(kExpiresAt),
          .account = read_account(row)};
}

std::optional<LiveSession> rotate(Services& services, SessionKind kind, const RefreshToken& token) {
  const Instant now = services.clock.now();
  const Instant idle_end = now + services.settings.session(kind).idle_lifetime;
  const auto rows = services.database.run(
      kRotateSession, {token.session, token.counter, static_cast<int>(kind), now, idle_end});
  if (rows.size() != 1) return {};
  return read_session(rows.front(), token, kind);
}

/// Rule R10: grants of OAuth clients have rules of their own (oauth_grant.hpp), browsers' sessions
/// no refresh tokens at all.
bool is_refreshed_here(SessionKind kind) {
  return !has_standing_refresh(kind) && kind != SessionKind::OAuth && kind != SessionKind::Browser;
}

/// What became of a token that did not rotate.
Result<Tokens> second_look(Services& services, SessionKind kind, const RefreshToken& token,
                           const Origin& origin) {
  const auto rows = services.database.run(kLookAtSession, {token.session});
  if (rows.empty()) return Errc::RefreshInvalid;
  const Row& row = rows.front();
  if (row.integer(kKind) != static_cast<int>(kind)) return Errc::TokenWrongKind;
  const RefreshState state{.kind = kind,
                           .counter = static_cast<std::uint64_t>(row.integer(kCounter)),
                           .rotated_at = row.instant(kRotatedAt),
                           .idle_expires_at = row.instant(kIdleExpiresAt),
                           .expires_at = row.instant(kExpiresAt)};
  const auto verdict = judge_refresh(services, state, token);
  if (verdict == RefreshVerdict::Unknown) return Errc::RefreshInvalid;
  if (verdict == RefreshVerdict::Expired) return Errc::RefreshExpired;
  auto session = read_session(row, token, kind);
  if (verdict == RefreshVerdict::Spent) {
    end_reused_session(services, session.account.id, session.id, origin);
    return Errc::RefreshReused;
  }
  if (!session.account.may_act()) return Errc::AccountInactive;
  // Whatever kept it from rotating has passed in between: not ours to guess what it was.
  if (verdict == RefreshVerdict::Current) {
    throw DatabaseUnavailable("rotate_session: the session changed meanwhile");
  }
  return make_tokens(services, std::move(session));
}

}  // namespace

Result<Tokens> refresh_session(Services& services, SessionKind kind, std::string_view refresh_token,
                               const Origin& origin) {
  const auto token = decode_refresh_token(services.ring, refresh_token);
  if (!token.ok()) return token.error();
  // Such sessions have refresh tokens of another form, or another door.
  if (!is_refreshed_here(kind)) return Errc::TokenWrongKind;
  if (auto rotated = rotate(services, kind, *token)) {
    return make_tokens(services, *std::move(rotated));
  }
  return second_look(services, kind, *token, origin);
}

}  // namespace postern::domain

#include "domain/standing_refresh.hpp"

#include <algorithm>

#include "domain/bot_token.hpp"
#include "domain/session_tokens.hpp"
#include "domain/signed_claims.hpp"

namespace postern::domain {
namespace {

constexpr std::string_view kTokenType = "refresh";

/// No indexed column is written, so that the update stays within its page.
constexpr Statement kUseStanding{"use_standing_refresh", R"sql(
  update postern.session s
  set rotated_at = $4, idle_expires_at = greatest(s.idle_expires_at, $5)
  from postern.account a
  where s.id = $1 and s.account_id = $2 and s.kind = $3
    and s.expires_at > $4 and s.idle_expires_at > $4
    and a.id = s.account_id and a.is_active and a.is_approved
  returning )sql" POSTERN_ACCOUNT_COLUMNS R"sql(,
    s.id, s.kind, s.counter, postern.micros(s.idle_expires_at), postern.micros(s.expires_at),
    postern.micros(s.created_at)
)sql"};

constexpr Statement kFindStanding{"find_standing_session", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(,
    s.id, s.kind, s.counter, postern.micros(s.idle_expires_at), postern.micros(s.expires_at),
    postern.micros(s.created_at)
  from postern.session s join postern.account a on a.id = s.account_id
  where s.id = $1 and s.account_id = $2
)sql"};

enum Column : std::size_t {
  kId = kAccountColumns,
  kKind,
  kCounter,
  kIdleExpiresAt,
  kExpiresAt,
  kCreatedAt
};

LiveSession read_session(const Row& row) {
  return {.id = SessionId{row.uuid(kId)},
          .kind = static_cast<SessionKind>(row.integer(kKind)),
          .counter = static_cast<std::uint64_t>(row.integer(kCounter)),
          .idle_expires_at = row.instant(kIdleExpiresAt),
          .expires_at = row.instant(kExpiresAt),
          .account = read_account(row),
          .created_at = row.instant(kCreatedAt)};
}

struct RefreshClaims {
  SessionId session;
  AccountId account;
};

Result<RefreshClaims> read_refresh(Services& services, std::string_view token) {
  const auto claims = read_signed_claims(services, token);
  if (!claims)
    return read_bot_token(services.ring, token) ? Errc::TokenWrongKind : Errc::TokenInvalid;
  if (claims->text("token_type") != kTokenType) return Errc::TokenWrongKind;
  const auto session = SessionId::parse(claims->text("jti").value_or(""));
  const auto account = AccountId::parse(claims->text("sub").value_or(""));
  const auto expires_at = claimed_time(*claims, "exp");
  if (!session || !account || !expires_at) return Errc::TokenInvalid;
  if (services.clock.now() >= *expires_at) return Errc::TokenExpired;
  return RefreshClaims{*session, *account};
}

/// The session is gone: by itself, or with its account.
Error became_of(Services& services, AccountId account) {
  const auto owner = find_account(services, account);
  if (!owner) return {Errc::AccountGone};
  return {owner->may_act() ? Errc::TokenRevoked : Errc::AccountInactive};
}

/// Why a well signed token found no session to go on with.
Error second_look(Services& services, SessionKind kind, const RefreshClaims& claims) {
  const auto rows = services.database.run(kFindStanding, {claims.session, claims.account});
  if (rows.empty()) return became_of(services, claims.account);
  const auto session = read_session(rows.front());
  if (session.kind != kind) return {Errc::TokenWrongKind};
  const Instant now = services.clock.now();
  if (session.expires_at <= now || session.idle_expires_at <= now) return {Errc::TokenExpired};
  if (!session.account.may_act()) return {Errc::AccountInactive};
  // Whatever kept it from going on has passed in between: not ours to guess what it was.
  throw DatabaseUnavailable("use_standing_refresh: the session changed meanwhile");
}

}  // namespace

Instant standing_refresh_end(const Services& services, const LiveSession& session) {
  const auto lifetime = services.settings.session(session.kind).idle_lifetime;
  return from_unix_seconds(
      unix_seconds(std::min(session.created_at + lifetime, session.expires_at)));
}

Secret issue_standing_refresh(Services& services, const LiveSession& session) {
  FlatJsonWriter json;
  json.add("iss", services.settings.issuer)
      .add("aud", services.settings.issuer)
      .add("sub", session.account.id.text())
      .add("jti", session.id.text())
      .add("iat", unix_seconds(session.created_at))
      .add("nbf", unix_seconds(session.created_at))
      .add("exp", unix_seconds(standing_refresh_end(services, session)))
      .add_boolean("fresh", false)
      .add("token_type", kTokenType)
      .add("type", kTokenType)
      .add("identity_type", "person");
  return Secret(sign_claims(services, std::move(json)));
}

Result<Tokens> refresh_standing_session(Services& services, SessionKind kind,
                                        std::string_view refresh_token, const Origin& /*origin*/) {
  const auto claims = read_refresh(services, refresh_token);
  if (!claims) return claims.error();
  const Instant now = services.clock.now();
  const auto rows = services.database.run(
      kUseStanding, {claims->session, claims->account, static_cast<int>(kind), now,
                     now + services.settings.session(kind).access_lifetime});
  if (rows.size() != 1) return second_look(services, kind, *claims);
  auto session = read_session(rows.front());
  auto access = make_access(services, session);
  return Tokens{.access = std::move(access.token),
                .access_expires_at = access.expires_at,
                .refresh = Secret(std::string(refresh_token)),
                .refresh_expires_at = standing_refresh_end(services, session),
                .session = session.id,
                .account = std::move(session.account),
                .issued_at = now};
}

Result<Tokens> reissue_tokens(Services& services, AccountId account, SessionId session) {
  const auto rows = services.database.run(kFindStanding, {session, account});
  if (rows.empty()) return Errc::NotFound;
  auto live = read_session(rows.front());
  const Instant now = services.clock.now();
  if (live.expires_at <= now || live.idle_expires_at <= now) return Errc::NotFound;
  return make_tokens(services, std::move(live));
}

}  // namespace postern::domain

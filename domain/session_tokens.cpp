#include "domain/session_tokens.hpp"

#include <algorithm>
#include <array>

#include "domain/access_token.hpp"
#include "domain/refresh_token.hpp"
#include "domain/standing_refresh.hpp"

namespace postern::domain {
namespace {

/// Dispatcharr's clients read an account number out of the token.
std::optional<std::string> user_id_for(const LiveSession& session) {
  if (session.kind != SessionKind::Dispatcharr) return {};
  return std::to_string(session.account.number);
}

}  // namespace

std::string new_token_id(Random& random) {
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  return hex_encode(bytes);
}

bool has_standing_refresh(SessionKind kind) {
  return kind == SessionKind::Kitsu;
}

bool lacks_second_factor(const Settings& settings, SessionKind kind, const Account& account) {
  return settings.mfa.required_at_kitsu && kind == SessionKind::Kitsu && !account.is_bot &&
         !account.has_second_factor();
}

IssuedAccess make_access(Services& services, const LiveSession& session) {
  const Instant now = services.clock.now();
  const Instant end = std::min(session.idle_expires_at, session.expires_at);
  const auto lifetime = services.settings.session(session.kind).access_lifetime;
  const bool kitsu = session.kind == SessionKind::Kitsu;
  // Tokens count in whole seconds.
  const Instant access_end = from_unix_seconds(unix_seconds(std::min(now + lifetime, end)));
  auto token = issue_access_token(
      services,
      {.subject = session.account.id,
       .session = session.id,
       .issued_at = now,
       .expires_at = access_end,
       .token_id = kitsu ? Uuid::v7(now, services.random).text() : new_token_id(services.random),
       .user_id = user_id_for(session),
       .in_kitsu_style = kitsu,
       .lacks_second_factor =
           lacks_second_factor(services.settings, session.kind, session.account)});
  return {std::move(token), access_end};
}

Tokens make_tokens(Services& services, LiveSession session) {
  auto access = make_access(services, session);
  const bool standing = has_standing_refresh(session.kind);
  auto refresh = standing ? issue_standing_refresh(services, session)
                          : encode_refresh_token(services.ring, {session.id, session.counter,
                                                                 services.ring.current_id()});
  return {.access = std::move(access.token),
          .access_expires_at = access.expires_at,
          .refresh = std::move(refresh),
          .refresh_expires_at = standing ? standing_refresh_end(services, session)
                                         : std::min(session.idle_expires_at, session.expires_at),
          .session = session.id,
          .account = std::move(session.account),
          .issued_at = services.clock.now()};
}

}  // namespace postern::domain

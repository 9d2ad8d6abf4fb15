#include "domain/session_tokens.hpp"

#include <algorithm>
#include <array>

#include "domain/access_token.hpp"
#include "domain/refresh_token.hpp"

namespace postern::domain {
namespace {

std::string new_token_id(Random& random) {
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  return hex_encode(bytes);
}

/// Dispatcharr's clients read an account number out of the token.
std::optional<std::string> user_id_for(const LiveSession& session) {
  if (session.kind != SessionKind::Dispatcharr) return {};
  return std::to_string(session.account.number);
}

}  // namespace

Tokens make_tokens(Services& services, LiveSession session) {
  const Instant now = services.clock.now();
  const Instant end = std::min(session.idle_expires_at, session.expires_at);
  const auto lifetime = services.settings.session(session.kind).access_lifetime;
  // Tokens count in whole seconds.
  const Instant access_end = from_unix_seconds(unix_seconds(std::min(now + lifetime, end)));
  auto access = issue_access_token(services, {.subject = session.account.id,
                                              .session = session.id,
                                              .issued_at = now,
                                              .expires_at = access_end,
                                              .token_id = new_token_id(services.random),
                                              .user_id = user_id_for(session)});
  auto refresh = encode_refresh_token(services.ring,
                                      {session.id, session.counter, services.ring.current_id()});
  return {.access = std::move(access),
          .access_expires_at = access_end,
          .refresh = std::move(refresh),
          .refresh_expires_at = end,
          .session = session.id,
          .account = std::move(session.account),
          .issued_at = now};
}

}  // namespace postern::domain

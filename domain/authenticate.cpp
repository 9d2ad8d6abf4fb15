#include "domain/authenticate.hpp"

#include <algorithm>

#include "domain/access_token.hpp"
#include "domain/bot_token.hpp"
#include "domain/principals.hpp"

namespace postern::domain {
namespace {

constexpr minutes kLastUsedEvery{1};

constexpr Statement kTouchKey{"touch_key", R"sql(
  update postern.api_key
  set last_used_at = $2
  where id = $1 and (last_used_at is null or last_used_at <= $3)
)sql"};

/// Of a key that is being used.
Result<Principal> take_note(Services& services, Result<VerifiedKey> verified) {
  if (!verified.ok()) return verified.error();
  const Instant now = services.clock.now();
  const auto last = verified->last_used_at;
  if (!last || *last <= now - kLastUsedEvery) note_key_use(services, *verified->principal.key, now);
  return std::move(verified->principal);
}

}  // namespace

std::string_view name_of(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::AccessToken:
      return "access_token";
    case CredentialKind::ApiKey:
      return "api_key";
    case CredentialKind::OAuthToken:
      return "oauth_token";
    case CredentialKind::BrowserSession:
      return "browser_session";
  }
  return "unknown";
}

bool Principal::may(std::string_view permission) const {
  return std::find(permissions.begin(), permissions.end(), permission) != permissions.end();
}

Result<Principal> authenticate_access_token(Services& services, std::string_view token) {
  const auto claims = verify_access_token(services, token);
  if (!claims.ok()) return claims.error();
  return std::move(find_principals(services, {&*claims, 1}).front());
}

Result<Principal> authenticate_oauth_token(Services& services, PresentedAs as,
                                           std::string_view token) {
  const auto claims = verify_oauth_token(services, token);
  if (!claims.ok()) return claims.error();
  const auto way = claims->dpop_jkt.empty() ? PresentedAs::Bearer : PresentedAs::Dpop;
  if (as != way) return Errc::TokenWrongKind;
  return std::move(find_principals_of_grants(services, {&*claims, 1}).front());
}

Result<VerifiedKey> verify_key(Services& services, std::string_view text) {
  return std::move(verify_keys(services, {&text, 1}).front());
}

Result<VerifiedKey> verify_bot_token(Services& services, std::string_view text) {
  return std::move(find_principals_of_tokens(services, {&text, 1}).front());
}

void note_key_use(Services& services, KeyId key, Instant at) {
  try {
    services.database.run(kTouchKey, {key, at, at - kLastUsedEvery});
  } catch (const DatabaseUnavailable&) {
    return;
  }
}

Result<Principal> authenticate_key(Services& services, std::string_view text) {
  return take_note(services, verify_key(services, text));
}

bool looks_like_token(std::string_view value) {
  return std::count(value.begin(), value.end(), '.') == 2;
}

Result<Principal> authenticate_bearer(Services& services, std::string_view value) {
  if (looks_like_bot_token(value)) return take_note(services, verify_bot_token(services, value));
  return looks_like_token(value) ? authenticate_access_token(services, value)
                                 : authenticate_key(services, value);
}

}  // namespace postern::domain

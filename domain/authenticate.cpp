#include "domain/authenticate.hpp"

#include <algorithm>
#include <iterator>

#include "domain/access_token.hpp"
#include "domain/api_key.hpp"
#include "domain/api_key_store.hpp"

namespace postern::domain {
namespace {

constexpr minutes kLastUsedEvery{1};

constexpr Statement kFindPrincipalOfSession{"find_principal_of_session", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, r.permissions,
    postern.micros(least(s.expires_at, s.idle_expires_at))
  from postern.session s
    join postern.account a on a.id = s.account_id
    join postern.role r on r.name = a.role
  where s.id = $1 and s.account_id = $2 and s.expires_at > $3 and s.idle_expires_at > $3
)sql"};

constexpr Statement kFindPrincipalOfKey{"find_principal_of_key", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, r.permissions,
    k.id, k.secret_hash, k.hash_key_id, k.permissions, k.revoked_at is not null,
    postern.micros(k.expires_at), postern.micros(k.last_used_at)
  from postern.api_key k
    join postern.account a on a.id = k.account_id
    join postern.role r on r.name = a.role
  where k.lookup_id = $1
)sql"};

constexpr Statement kTouchKey{"touch_key", R"sql(
  update postern.api_key
  set last_used_at = $2
  where id = $1 and (last_used_at is null or last_used_at <= $3)
)sql"};

enum SessionColumn : std::size_t { kSessionEnd = kAccountColumns + 1 };

enum Column : std::size_t {
  kRolePermissions = kAccountColumns,
  kKeyId,
  kSecretHash,
  kHashKeyId,
  kKeyPermissions,
  kRevoked,
  kExpiresAt,
  kLastUsedAt
};

std::vector<std::string> role_permissions_of(const Row& row) {
  auto permissions = row.texts(kRolePermissions);
  std::sort(permissions.begin(), permissions.end());
  return permissions;
}

std::vector<std::string> effective_permissions(const Row& row) {
  auto granted = role_permissions_of(row);
  if (row.is_null(kKeyPermissions)) return granted;
  auto own = row.texts(kKeyPermissions);
  std::sort(own.begin(), own.end());
  std::vector<std::string> both;
  std::set_intersection(granted.begin(), granted.end(), own.begin(), own.end(),
                        std::back_inserter(both));
  return both;
}

bool secret_matches(const Services& services, const Row& row, std::string_view text) {
  const auto hash_key = row.integer(kHashKeyId);
  if (hash_key < 1 || hash_key > 255) return false;
  const auto id = static_cast<std::uint8_t>(hash_key);
  if (!services.ring.has(id)) return false;
  const Bytes stored = row.bytes(kSecretHash);
  const Digest presented = hash_key_text(services.ring, id, text);
  return stored.size() == presented.size() && constant_time_equal(stored, presented);
}

}  // namespace

std::string_view name_of(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::AccessToken:
      return "access_token";
    case CredentialKind::ApiKey:
      return "api_key";
  }
  return "unknown";
}

bool Principal::may(std::string_view permission) const {
  return std::find(permissions.begin(), permissions.end(), permission) != permissions.end();
}

Result<Principal> authenticate_access_token(Services& services, std::string_view token) {
  const auto claims = verify_access_token(services, token);
  if (!claims.ok()) return claims.error();
  const auto rows = services.database.run(kFindPrincipalOfSession,
                                          {claims->session, claims->subject, services.clock.now()});
  if (rows.size() != 1) return Errc::TokenRevoked;
  Principal principal;
  principal.account = read_account(rows.front());
  if (!principal.account.may_act()) return Errc::AccountInactive;
  principal.permissions = role_permissions_of(rows.front());
  principal.kind = CredentialKind::AccessToken;
  principal.credential_id = claims->session.text();
  principal.session = claims->session;
  principal.expires_at = claims->expires_at;
  principal.good_until = std::min(claims->expires_at, rows.front().instant(kSessionEnd));
  return principal;
}

Result<VerifiedKey> verify_key(Services& services, std::string_view text) {
  const auto parsed = parse_key_text(text);
  if (!parsed) return Errc::KeyInvalid;
  const auto rows = services.database.run(kFindPrincipalOfKey, {parsed->lookup_id});
  if (rows.size() != 1 || !secret_matches(services, rows.front(), text)) return Errc::KeyInvalid;
  const Row& row = rows.front();
  if (row.boolean(kRevoked)) return Errc::KeyRevoked;
  const auto expires_at = row.instant_or_null(kExpiresAt);
  if (expires_at && *expires_at <= services.clock.now()) return Errc::KeyExpired;
  VerifiedKey verified;
  Principal& principal = verified.principal;
  principal.account = read_account(row);
  if (!principal.account.may_act()) return Errc::AccountInactive;
  principal.permissions = effective_permissions(row);
  principal.kind = CredentialKind::ApiKey;
  principal.key = KeyId{row.uuid(kKeyId)};
  principal.credential_id = principal.key->text();
  principal.expires_at = expires_at;
  principal.good_until = expires_at.value_or(Instant::max());
  verified.last_used_at = row.instant_or_null(kLastUsedAt);
  return verified;
}

void note_key_use(Services& services, KeyId key, Instant at) {
  try {
    services.database.run(kTouchKey, {key, at, at - kLastUsedEvery});
  } catch (const DatabaseUnavailable&) {
    return;
  }
}

Result<Principal> authenticate_key(Services& services, std::string_view text) {
  auto verified = verify_key(services, text);
  if (!verified.ok()) return verified.error();
  const Instant now = services.clock.now();
  const auto last = verified->last_used_at;
  if (!last || *last <= now - kLastUsedEvery) note_key_use(services, *verified->principal.key, now);
  return std::move(verified->principal);
}

bool looks_like_token(std::string_view value) {
  return std::count(value.begin(), value.end(), '.') == 2;
}

Result<Principal> authenticate_bearer(Services& services, std::string_view value) {
  return looks_like_token(value) ? authenticate_access_token(services, value)
                                 : authenticate_key(services, value);
}

}  // namespace postern::domain

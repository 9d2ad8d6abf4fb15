#include "domain/principals.hpp"

#include <algorithm>
#include <iterator>

#include "domain/api_key.hpp"
#include "domain/api_key_store.hpp"
#include "domain/bot_token.hpp"
#include "domain/bot_token_text.hpp"
#include "domain/session_tokens.hpp"

namespace postern::domain {
namespace {

constexpr Statement kFindPrincipalsOfSessions{"find_principals_of_sessions", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, r.permissions,
    s.id, postern.micros(least(s.expires_at, s.idle_expires_at)), s.kind
  from postern.session s
    join postern.account a on a.id = s.account_id
    join postern.role r on r.name = a.role
  where s.id = any($1::uuid[]) and s.expires_at > $2 and s.idle_expires_at > $2
    and s.kind not in (6, 7)
)sql"};

constexpr Statement kFindPrincipalsOfKeys{"find_principals_of_keys", R"sql(
  select )sql" POSTERN_ACCOUNT_COLUMNS R"sql(, r.permissions,
    k.lookup_id, k.id, k.secret_hash, k.hash_key_id, k.permissions, k.revoked_at is not null,
    postern.micros(k.expires_at), postern.micros(k.last_used_at), k.dialect,
    k.cidrs, k.paths, k.requests_per_minute, k.kind
  from postern.api_key k
    join postern.account a on a.id = k.account_id
    join postern.role r on r.name = a.role
  where k.lookup_id = any($1::text[])
)sql"};

constexpr std::size_t kRolePermissions = kAccountColumns;
enum SessionColumn : std::size_t { kSessionId = kAccountColumns + 1, kSessionEnd, kSessionKind };
enum KeyColumn : std::size_t {
  kLookupId = kAccountColumns + 1,
  kKeyId,
  kSecretHash,
  kHashKeyId,
  kKeyPermissions,
  kRevoked,
  kExpiresAt,
  kLastUsedAt,
  kDialect,
  kRestrictions,
  kKeyKind = kRestrictions + 3
};

std::vector<std::string> role_permissions_of(const Row& row) {
  auto permissions = row.texts(kRolePermissions);
  std::sort(permissions.begin(), permissions.end());
  return permissions;
}

/// `granted`: the role's, sorted.
std::vector<std::string> effective_permissions(const Row& row,
                                               const std::vector<std::string>& granted) {
  if (row.is_null(kKeyPermissions)) return granted;
  auto own = row.texts(kKeyPermissions);
  std::sort(own.begin(), own.end());
  std::vector<std::string> both;
  std::set_intersection(granted.begin(), granted.end(), own.begin(), own.end(),
                        std::back_inserter(both));
  return both;
}

/// How the text of a key of one form is hashed under one of the ring's keys.
using HashText = Digest (*)(const KeyRing&, std::uint8_t, std::string_view);

bool secret_matches(const Services& services, const Row& row, std::string_view text,
                    HashText hash) {
  const auto hash_key = row.integer(kHashKeyId);
  if (hash_key < 1 || hash_key > 255) return false;
  const auto id = static_cast<std::uint8_t>(hash_key);
  if (!services.ring.has(id)) return false;
  const Bytes stored = row.bytes(kSecretHash);
  const Digest presented = hash(services.ring, id, text);
  return stored.size() == presented.size() && constant_time_equal(stored, presented);
}

/// The row whose column says this; null where there is none.
const Row* find_row(const Rows& rows, std::size_t column, const std::string& value) {
  for (const Row& row : rows) {
    if (row.text(column) == value) return &row;
  }
  return nullptr;
}

Result<Principal> judge_session(const Services& services, const AccessClaims& claims,
                                const Row* row) {
  if (row == nullptr) return Errc::TokenRevoked;
  Principal principal;
  principal.account = read_account(*row);
  if (principal.account.id != claims.subject) return Errc::TokenRevoked;
  if (!principal.account.may_act()) return Errc::AccountInactive;
  principal.permissions = role_permissions_of(*row);
  principal.kind = CredentialKind::AccessToken;
  principal.credential_id = claims.session.text();
  principal.session = claims.session;
  principal.expires_at = claims.expires_at;
  principal.good_until = std::min(claims.expires_at, row->instant(kSessionEnd));
  principal.lacks_second_factor = lacks_second_factor(
      services.settings, static_cast<SessionKind>(row->integer(kSessionKind)), principal.account);
  return principal;
}

/// A row whose secret was found to match.
Result<VerifiedKey> judge_proven(const Services& services, const Row& row) {
  if (row.boolean(kRevoked)) return Errc::KeyRevoked;
  const auto expires_at = row.instant_or_null(kExpiresAt);
  if (expires_at && *expires_at <= services.clock.now()) return Errc::KeyExpired;
  VerifiedKey verified;
  Principal& principal = verified.principal;
  principal.account = read_account(row);
  if (!principal.account.may_act()) return Errc::AccountInactive;
  const auto granted = role_permissions_of(row);
  principal.permissions = effective_permissions(row, granted);
  principal.less_than_role = principal.permissions.size() < granted.size();
  principal.kind = CredentialKind::ApiKey;
  principal.key = KeyId{row.uuid(kKeyId)};
  principal.credential_id = principal.key->text();
  principal.expires_at = expires_at;
  principal.key_dialect = row.text(kDialect);
  principal.restrictions = encode_restrictions(read_restrictions(row, kRestrictions));
  principal.good_until = expires_at.value_or(Instant::max());
  verified.last_used_at = row.instant_or_null(kLastUsedAt);
  return verified;
}

Result<VerifiedKey> judge_key(const Services& services, std::string_view text, const Row* row) {
  const bool matches = row != nullptr &&
                       row->integer(kKeyKind) != static_cast<int>(KeyKind::Token) &&
                       secret_matches(services, *row, text, hash_key_text);
  if (!matches) return Errc::KeyInvalid;
  return judge_proven(services, *row);
}

/// A signed token without a row has had one, which went with its account.
Result<VerifiedKey> judge_token(const Services& services, std::string_view text,
                                const BotTokenClaims& claims, const Row* row) {
  if (row == nullptr) return Errc::KeyRevoked;
  const bool matches = row->integer(kKeyKind) == static_cast<int>(KeyKind::Token) &&
                       row->uuid(0) == claims.account.uuid &&
                       secret_matches(services, *row, text, hash_bot_token);
  if (!matches) return Errc::KeyInvalid;
  return judge_proven(services, *row);
}

}  // namespace

std::vector<Result<Principal>> find_principals(Services& services,
                                               std::span<const AccessClaims> claims) {
  std::vector<Result<Principal>> answers;
  if (claims.empty()) return answers;
  std::vector<std::string> ids;
  for (const AccessClaims& each : claims) ids.push_back(each.session.text());
  const Rows rows = services.database.run(kFindPrincipalsOfSessions, {ids, services.clock.now()});
  for (const AccessClaims& each : claims) {
    answers.push_back(
        judge_session(services, each, find_row(rows, kSessionId, each.session.text())));
  }
  return answers;
}

std::vector<Result<VerifiedKey>> verify_keys(Services& services,
                                             std::span<const std::string_view> texts) {
  std::vector<std::string> lookup_ids;
  for (const std::string_view text : texts) {
    if (const auto parsed = parse_key_text(text)) lookup_ids.emplace_back(parsed->lookup_id);
  }
  const Rows rows =
      lookup_ids.empty() ? Rows{} : services.database.run(kFindPrincipalsOfKeys, {lookup_ids});
  std::vector<Result<VerifiedKey>> answers;
  for (const std::string_view text : texts) {
    const auto parsed = parse_key_text(text);
    const Row* row = parsed ? find_row(rows, kLookupId, std::string(parsed->lookup_id)) : nullptr;
    answers.push_back(judge_key(services, text, row));
  }
  return answers;
}

std::vector<Result<VerifiedKey>> find_principals_of_tokens(
    Services& services, std::span<const std::string_view> texts) {
  std::vector<Result<BotTokenClaims>> claims;
  std::vector<std::string> lookup_ids;
  for (const std::string_view text : texts) {
    claims.push_back(read_bot_token(services.ring, text));
    if (claims.back()) lookup_ids.push_back(claims.back()->key.text());
  }
  const Rows rows =
      lookup_ids.empty() ? Rows{} : services.database.run(kFindPrincipalsOfKeys, {lookup_ids});
  std::vector<Result<VerifiedKey>> answers;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!claims[i]) {
      answers.emplace_back(claims[i].error());
      continue;
    }
    const Row* row = find_row(rows, kLookupId, claims[i]->key.text());
    answers.push_back(judge_token(services, texts[i], *claims[i], row));
  }
  return answers;
}

}  // namespace postern::domain

#include "domain/api_key_store.hpp"

#include <algorithm>

#include "domain/audit.hpp"
#include "domain/revocation.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kShownPrefix = 12;
constexpr std::size_t kLeastShown = 4;  ///< behind a style's prefix, so that keys can be told apart
constexpr std::size_t kChecksum = 6;

enum KeyColumn : std::size_t {
  kId,
  kNumber,
  kAccount,
  kAccountNumber,
  kUsername,
  kKind,
  kName,
  kKeyPrefix,
  kPermissions,
  kCreatedAt,
  kExpiresAt,
  kLastUsedAt,
  kRevokedAt,
  kDialect,
  kType,
  kRestrictions
};

/// Weaker than FOR UPDATE: logins of the account, which only refer to its row, do not wait.
constexpr Statement kLockKeyOwner{"lock_key_owner", R"sql(
  select a.number, a.username, r.permissions
  from postern.account a join postern.role r on r.name = a.role
  where a.id = $1
  for no key update of a
)sql"};

constexpr Statement kLockLiveKey{"lock_live_key", R"sql(
  select )sql" POSTERN_KEY_COLUMNS R"sql(
  from postern.api_key k join postern.account a on a.id = k.account_id
  where k.id = $1 and k.account_id = $2 and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > $3)
  for update of k
)sql"};

constexpr Statement kFindOnlyKey{"find_only_key", R"sql(
  select id from postern.api_key where account_id = $1 and kind = $2 and revoked_at is null
)sql"};

constexpr Statement kCountLiveKeys{"count_live_keys", R"sql(
  select count(*)
  from postern.api_key
  where account_id = $1 and revoked_at is null and (expires_at is null or expires_at > $2)
)sql"};

constexpr Statement kInsertKey{"insert_key", R"sql(
  insert into postern.api_key (id, account_id, kind, name, lookup_id, key_prefix, secret_hash,
    hash_key_id, permissions, sealed_copy, created_at, expires_at, dialect, type, cidrs, paths,
    requests_per_minute)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
  returning number
)sql"};

std::optional<Bytes> copy_to_keep(Services& services, const ApiKey& key, const Secret& text) {
  if (key.kind != KeyKind::Personal || !services.settings.keys.read_back) return {};
  return services.ring.seal(key_seal_context(key.id), as_bytes(text.reveal()), services.random);
}

}  // namespace

ApiKey read_api_key(const Row& row) {
  ApiKey key;
  key.id = KeyId{row.uuid(kId)};
  key.number = row.integer(kNumber);
  key.account = AccountId{row.uuid(kAccount)};
  key.account_number = row.integer(kAccountNumber);
  key.username = row.text(kUsername);
  key.kind = static_cast<KeyKind>(row.integer(kKind));
  key.name = row.text(kName);
  key.key_prefix = row.text(kKeyPrefix);
  if (!row.is_null(kPermissions)) key.permissions = row.texts(kPermissions);
  key.created_at = row.instant(kCreatedAt);
  key.expires_at = row.instant_or_null(kExpiresAt);
  key.last_used_at = row.instant_or_null(kLastUsedAt);
  key.revoked_at = row.instant_or_null(kRevokedAt);
  key.dialect = row.text(kDialect);
  key.type = row.text(kType);
  key.restrictions = read_restrictions(row, kRestrictions);
  return key;
}

KeyRestrictions read_restrictions(const Row& row, std::size_t first) {
  KeyRestrictions restrictions{row.texts(first), row.texts(first + 1), {}};
  if (!row.is_null(first + 2)) {
    restrictions.requests_per_minute = static_cast<std::uint32_t>(row.integer(first + 2));
  }
  return restrictions;
}

bool KeyOwner::may(std::string_view permission) const {
  return std::find(permissions.begin(), permissions.end(), permission) != permissions.end();
}

Outcome check_style_owner(const KeyOwner& owner, const KeyStyle& style) {
  if (style.required_permission.empty() || owner.may(style.required_permission)) return done;
  return Error{.code = Errc::NotPermitted, .field = "dialect"};
}

Digest hash_key_text(const KeyRing& ring, std::uint8_t key_id, std::string_view text) {
  return ring.mac(KeyPurpose::ApiKeyHash, key_id,
                  as_bytes(text.substr(0, text.size() - kChecksum)));
}

std::string key_seal_context(KeyId key) {
  return "api_key:" + key.text();
}

std::optional<KeyOwner> lock_key_owner(Transaction& tx, AccountId account) {
  const auto rows = tx.run(kLockKeyOwner, {account});
  if (rows.empty()) return {};
  const Row& row = rows.front();
  return KeyOwner{account, row.integer(0), row.text(1), row.texts(2)};
}

std::optional<ApiKey> lock_live_key(Transaction& tx, Services& services, AccountId account,
                                    KeyId key) {
  const auto rows = tx.run(kLockLiveKey, {key, account, services.clock.now()});
  return rows.empty() ? std::nullopt : std::optional(read_api_key(rows.front()));
}

std::int64_t count_live_keys(Transaction& tx, Services& services, AccountId account) {
  return tx.run(kCountLiveKeys, {account, services.clock.now()}).front().integer(0);
}

ApiKey describe_key(const KeyOwner& owner, const KeyToInsert& wanted, KeyId id, Instant now) {
  ApiKey key;
  key.id = id;
  key.account = owner.id;
  key.account_number = owner.number;
  key.username = owner.username;
  key.kind = wanted.kind;
  key.dialect = wanted.style.dialect;
  key.type = wanted.style.type;
  key.name = wanted.name;
  key.permissions = wanted.permissions;
  key.restrictions = wanted.restrictions;
  key.created_at = now;
  key.expires_at = wanted.expires_at;
  return key;
}

std::int64_t store_key(Transaction& tx, const ApiKey& key, const KeyProof& proof) {
  const auto rows = tx.run(
      kInsertKey, {key.id, key.account, static_cast<int>(key.kind), key.name, proof.lookup_id,
                   key.key_prefix, proof.hash, proof.hash_key, key.permissions, proof.sealed_copy,
                   key.created_at, key.expires_at, key.dialect, key.type, key.restrictions.cidrs,
                   key.restrictions.paths, key.restrictions.requests_per_minute});
  return rows.front().integer(0);
}

IssuedKey insert_key(Transaction& tx, Services& services, const KeyOwner& owner,
                     const KeyToInsert& wanted) {
  const Instant now = services.clock.now();
  const auto lookup_id = random_base62(services.random, kKeyLookupLength);
  const Secret secret(random_base62(services.random, kKeySecretLength));
  IssuedKey issued{describe_key(owner, wanted, KeyId::make(now, services.random), now),
                   make_key_text(wanted.style.prefix, lookup_id, secret)};
  const auto shown = std::max(kShownPrefix, wanted.style.prefix.size() + kLeastShown);
  issued.key.key_prefix = issued.text.reveal().substr(0, shown);
  const auto hash_key = services.ring.current_id();
  issued.key.number =
      store_key(tx, issued.key,
                {.lookup_id = lookup_id,
                 .hash = hash_key_text(services.ring, hash_key, issued.text.reveal()),
                 .hash_key = hash_key,
                 .sealed_copy = copy_to_keep(services, issued.key, issued.text)});
  return issued;
}

std::optional<KeyId> revoke_only_key(Transaction& tx, Services& services, AccountId account,
                                     KeyKind kind, std::string_view reason) {
  const auto rows = tx.run(kFindOnlyKey, {account, static_cast<int>(kind)});
  if (rows.empty()) return {};
  const KeyId id{rows.front().uuid(0)};
  if (revoke_key(tx, services, account, id, reason) != 1) return {};
  return id;
}

Outcome end_only_key(Services& services, AccountId account, KeyKind kind,
                     std::optional<AccountId> actor, const Origin& origin) {
  return services.database.transaction([&](Transaction& tx) -> Outcome {
    if (!lock_key_owner(tx, account)) return Errc::NotFound;
    const auto ended = revoke_only_key(tx, services, account, kind, "revoked");
    if (!ended) return Errc::NotFound;
    record(tx, services,
           {.event = AuditEvent::KeyRevoked,
            .account = account,
            .actor = actor,
            .subject = ended->text(),
            .detail = std::string(name_of(kind))},
           origin);
    return done;
  });
}

}  // namespace postern::domain

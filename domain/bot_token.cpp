#include "domain/bot_token.hpp"

#include "domain/api_key_store.hpp"
#include "domain/audit.hpp"
#include "domain/bot_token_text.hpp"
#include "domain/date.hpp"
#include "domain/flat_json.hpp"

namespace postern::domain {
namespace {

constexpr const char* kName = "token";
constexpr std::size_t kShownPrefix = 12;

constexpr Statement kTokenOwner{"token_owner", R"sql(
select is_bot, is_active
from postern.account
where id = $1
)sql"};

Error bad_date(std::string reason) {
  return {.code = Errc::InvalidInput, .field = "expiration_date", .reason = std::move(reason)};
}

/// The last second of that day: tokens count in whole seconds.
Result<std::optional<Instant>> end_of(const std::optional<std::string>& ends_on, Instant now) {
  if (!ends_on) return std::optional<Instant>();
  const auto date = parse_date(*ends_on);
  if (!date) return bad_date("invalid");
  if (*date < std::chrono::floor<std::chrono::days>(now)) return bad_date("in_the_past");
  return std::optional<Instant>(Instant(*date + std::chrono::days(1)) - seconds(1));
}

std::string claims_of(const ApiKey& key, bool is_bot) {
  FlatJsonWriter json;
  json.add_boolean("fresh", false)
      .add("iat", unix_seconds(key.created_at))
      .add("jti", key.id.text())
      .add("type", "access")
      .add("sub", key.account.text())
      .add("nbf", unix_seconds(key.created_at))
      .add("identity_type", is_bot ? "bot" : "person_api");
  if (key.expires_at) json.add("exp", unix_seconds(*key.expires_at));
  return std::move(json).finish();
}

IssuedKey insert_token(Transaction& tx, Services& services, const KeyOwner& owner, bool is_bot,
                       const std::optional<Instant>& expires_at) {
  const Instant now = services.clock.now();
  const KeyToInsert wanted{
      .kind = KeyKind::Token,
      .style = {.dialect = kBotTokenDialect, .type = {}, .prefix = {}, .longest_lifetime = {}},
      .name = kName,
      .permissions = {},
      .restrictions = {},
      .expires_at = expires_at};
  IssuedKey issued{describe_key(owner, wanted, KeyId::make(now, services.random), now), {}};
  issued.text = sign_bot_token(services.ring, claims_of(issued.key, is_bot));
  issued.key.key_prefix = issued.text.reveal().substr(0, kShownPrefix);
  const auto hash_key = services.ring.current_id();
  issued.key.number =
      store_key(tx, issued.key,
                {.lookup_id = issued.key.id.text(),
                 .hash = hash_bot_token(services.ring, hash_key, issued.text.reveal()),
                 .hash_key = hash_key});
  return issued;
}

}  // namespace

Result<IssuedKey> issue_bot_token(Services& services, AccountId account,
                                  const std::optional<std::string>& ends_on,
                                  std::optional<AccountId> actor, const Origin& origin) {
  const auto expires_at = end_of(ends_on, services.clock.now());
  if (!expires_at) return expires_at.error();
  return services.database.transaction([&](Transaction& tx) -> Result<IssuedKey> {
    const auto owner = lock_key_owner(tx, account);
    if (!owner) return Errc::NotFound;
    const auto rows = tx.run(kTokenOwner, {account});
    const auto& about = rows.front();
    if (!about.boolean(1)) return Errc::AccountInactive;
    const auto replaced = revoke_only_key(tx, services, account, KeyKind::Token, "replaced");
    auto issued = insert_token(tx, services, *owner, about.boolean(0), *expires_at);
    record(tx, services,
           {.event = AuditEvent::KeyIssued,
            .account = account,
            .actor = actor,
            .subject = issued.key.id.text(),
            .detail = replaced ? "token, replaces " + replaced->text() : "token"},
           origin);
    return issued;
  });
}

Outcome revoke_bot_token(Services& services, AccountId account, std::optional<AccountId> actor,
                         const Origin& origin) {
  return end_only_key(services, account, KeyKind::Token, actor, origin);
}

void end_bot_token(Transaction& tx, Services& services, AccountId account) {
  revoke_only_key(tx, services, account, KeyKind::Token, "account_disabled");
}

}  // namespace postern::domain

#include "domain/api_key.hpp"
#include "domain/key_power.hpp"
#include "domain/text.hpp"
#include "handlers/object_text.hpp"
#include "handlers/scriptix/errors.hpp"
#include "handlers/scriptix/handlers.hpp"
#include "handlers/scriptix/key_object.hpp"
#include "handlers/scriptix/reader.hpp"

// The document manages API keys with an API key. So a key may, within its own power: what it makes
// is never worth more than itself, and it ends nothing that is.

namespace postern::handlers::scriptix {
namespace {

using domain::ApiKey;
using domain::Errc;

std::string key_entry(const ApiKey& key, domain::Instant now) {
  std::string last_used;
  if (key.last_used_at) last_used = domain::rfc3339(*key.last_used_at);
  return ObjectText()
      .number("id", key.number)
      .text("name", key.name)
      .text("key_prefix", key.key_prefix)
      .text("created_at", domain::rfc3339(key.created_at))
      .text_or_null("last_used_at", key.last_used_at ? &last_used : nullptr)
      .text("status", domain::name_of(key.status(now)))
      .finish();
}

/// A session or an API key; a token is for batches and streams and manages nothing. The key itself
/// is asked, for its type.
bool may_manage(const Call& call, Services& services) {
  if (!call.principal->key) return call.principal->session.has_value();
  const auto key = domain::find_key(services.domain, *call.principal->key);
  return key && (key->dialect != kDialect || is_of(KeyClass::ApiKey, *key));
}

domain::Outcome revoke(const Call& call, Services& services, const ApiKey& key) {
  const auto& owner = call.principal->account.id;
  if (call.principal->key)
    return domain::revoke_key_with_key(services.domain, owner, *call.principal->key, key.id,
                                       call.origin());
  return domain::revoke_account_key(services.domain, owner, key.id, owner, call.origin());
}

}  // namespace

Response list_api_keys(const Call& call, Services& services) {
  if (!may_manage(call, services)) return refusal({Errc::NotPermitted});
  return list_of_keys(
      call, services,
      {.of = KeyClass::ApiKey, .usual_limit = 100, .ended = true, .entry = key_entry});
}

Response create_api_key(const Call& call, Services& services) {
  if (!may_manage(call, services)) return refusal({Errc::NotPermitted});
  auto body = Reader::wish(call.request, {"name", "type"});
  domain::NewKey wanted;
  wanted.name = body.text("name");
  wanted.dialect = kDialect;
  wanted.type = body.optional_text("type").value_or("live");
  wanted.made_with = call.principal->key;
  if (is_token_type(wanted.type)) body.refuse("type", "must be one of API keys, such as live");
  if (body.refusal()) return *body.refusal();

  const auto& owner = call.principal->account.id;
  const auto issued = domain::issue_key(services.domain, owner, wanted, owner, call.origin());
  if (!issued) return refuse_key(issued.error());
  return Response(201, "application/json",
                  ObjectText()
                      .number("id", issued->key.number)
                      .text("name", issued->key.name)
                      .text("key", issued->text.reveal())
                      .text("key_prefix", issued->key.key_prefix)
                      .text("created_at", domain::rfc3339(issued->key.created_at))
                      .finish());
}

Response delete_api_key(const Call& call, Services& services) {
  if (!may_manage(call, services)) return refusal({Errc::NotPermitted});
  const auto key = find_own_key(call, services, KeyClass::ApiKey);
  if (!key) return refusal(key.error());
  const auto revoked = revoke(call, services, *key);
  return revoked ? Response(204) : refusal(revoked.error());
}

}  // namespace postern::handlers::scriptix

#include "domain/api_key.hpp"
#include "domain/text.hpp"
#include "handlers/object_text.hpp"
#include "handlers/scriptix/errors.hpp"
#include "handlers/scriptix/handlers.hpp"
#include "handlers/scriptix/key_object.hpp"
#include "handlers/scriptix/reader.hpp"

namespace postern::handlers::scriptix {
namespace {

using domain::ApiKey;

std::string token_entry(const ApiKey& token, domain::Instant) {
  std::string last_used;
  if (token.last_used_at) last_used = domain::rfc3339(*token.last_used_at);
  return ObjectText()
      .number("id", token.number)
      .text("name", token.name)
      .text("type", token.type)
      .text("created_at", domain::rfc3339(token.created_at))
      .text_or_null("last_used_at", token.last_used_at ? &last_used : nullptr)
      .finish();
}

}  // namespace

Response list_tokens(const Call& call, Services& services) {
  return list_of_keys(
      call, services,
      {.of = KeyClass::Token, .usual_limit = 25, .ended = false, .entry = token_entry});
}

Response create_token(const Call& call, Services& services) {
  auto body = Reader::wish(call.request, {"name", "type"});
  domain::NewKey wanted;
  wanted.name = body.text("name");
  wanted.dialect = kDialect;
  wanted.type = body.text("type");
  if (!is_token_type(wanted.type)) body.refuse("type", "must be batch or realtime");
  if (body.refusal()) return *body.refusal();

  const auto& owner = call.principal->account.id;
  const auto issued = domain::issue_key(services.domain, owner, wanted, owner, call.origin());
  if (!issued) return refuse_key(issued.error());
  return Response(201, "application/json",
                  ObjectText()
                      .number("id", issued->key.number)
                      .text("name", issued->key.name)
                      .text("key", issued->text.reveal())
                      .text("type", issued->key.type)
                      .text("created_at", domain::rfc3339(issued->key.created_at))
                      .finish());
}

Response delete_token(const Call& call, Services& services) {
  const auto token = find_own_key(call, services, KeyClass::Token);
  if (!token) return refusal(token.error());
  const auto& owner = call.principal->account.id;
  const auto revoked =
      domain::revoke_account_key(services.domain, owner, token->id, owner, call.origin());
  return revoked ? Response(204) : refusal(revoked.error());
}

}  // namespace postern::handlers::scriptix

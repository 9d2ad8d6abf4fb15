#include "domain/external_identity.hpp"
#include "domain/text.hpp"
#include "handlers/native/body_reader.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/native/query_reader.hpp"
#include "handlers/native/views.hpp"
#include "handlers/sso/sign_in.hpp"

namespace postern::handlers::native {

Response list_providers(const Call& /*call*/, Services& services) {
  Json::Value body(Json::objectValue);
  auto& items = body["items"] = Json::Value(Json::arrayValue);
  for (const auto& provider : services.settings.sso.providers) {
    Json::Value item(Json::objectValue);
    item["name"] = provider.name;
    item["title"] = provider.title;
    items.append(std::move(item));
  }
  return json_response(200, body);
}

Response start_sso(const Call& call, Services& services) {
  QueryReader query(call.request);
  sso::Wish wish;
  wish.provider = call.path.at("provider");
  wish.return_to = query.text("return_to").value_or("");
  wish.state = query.text("state").value_or("");
  wish.challenge = query.text("code_challenge").value_or("");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  auto started = sso::start_sign_in(call.request, services, wish);
  return started ? *std::move(started) : refuse(call.request, started.error());
}

Response finish_sso(const Call& call, Services& services) {
  return sso::finish_at_callback(call, services);
}

Response redeem_sso_code(const Call& call, Services& services) {
  BodyReader body(call.request, BodyReader::Forms::Taken);
  const auto code = body.secret("code");
  const auto verifier = body.optional_text("code_verifier");
  if (auto refusal = body.refusal()) return *std::move(refusal);
  const auto tokens = sso::redeem_code(call, services, code.reveal(), verifier.value_or(""));
  if (!tokens) return refuse(call.request, tokens.error());
  auto response = json_response(200, view(*tokens));
  response.log_account = tokens->account.id.text();
  return response;
}

Response list_my_identities(const Call& call, Services& services) {
  Json::Value body(Json::objectValue);
  auto& items = body["items"] = Json::Value(Json::arrayValue);
  for (const auto& identity :
       domain::list_identities(services.domain, call.principal->account.id)) {
    Json::Value item(Json::objectValue);
    item["provider"] = identity.provider;
    item["subject"] = identity.subject;
    item["created_at"] = domain::rfc3339(identity.created_at);
    item["last_login_at"] = domain::rfc3339(identity.last_login_at);
    items.append(std::move(item));
  }
  return json_response(200, body);
}

/// The issuer is an address, which no path can hold: both stand in the query.
Response drop_my_identity(const Call& call, Services& services) {
  QueryReader query(call.request);
  const auto provider = query.text("provider").value_or("");
  const auto subject = query.text("subject").value_or("");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  const auto dropped = domain::unlink_identity(services.domain, call.principal->account.id,
                                               provider, subject, call.origin());
  return dropped ? no_content() : refuse(call.request, dropped.error());
}

}  // namespace postern::handlers::native

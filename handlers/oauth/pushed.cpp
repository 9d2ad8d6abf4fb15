#include <json/value.h>

#include "domain/oauth_pushed.hpp"
#include "handlers/json_body.hpp"
#include "handlers/oauth/authorization_request.hpp"
#include "handlers/oauth/client_authentication.hpp"
#include "handlers/oauth/dpop_proof.hpp"
#include "handlers/oauth/endpoints.hpp"
#include "handlers/oauth/errors.hpp"
#include "handlers/oauth/handlers.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Error;
using domain::Outcome;
using domain::Result;

/// RFC 9449 section 10.1: a proof stands for dpop_jkt.
Outcome take_proof(const Call& call, Services& services, Parameters& form) {
  const auto proof = call.request.header("dpop");
  if (!proof) return domain::done;
  const auto thumbprint =
      check_proof(services.domain.limiter, services.domain.clock, services.domain.settings.oauth,
                  *proof, {"POST", endpoint(services.domain.settings, "/oauth/par")});
  if (!thumbprint) return thumbprint.error();
  const auto named = form.get("dpop_jkt");
  if (named && *named != *thumbprint) return Error{Errc::InvalidInput, "dpop", "another dpop_jkt"};
  form.set("dpop_jkt", *thumbprint);
  return domain::done;
}

Response refuse_fault(const RequestFault& fault) {
  // Where it goes wrong for the person alone, the words are not for developers.
  return error_answer(400, fault.error,
                      fault.redirect ? fault.description : "redirect_uri is not the client's");
}

Response show_pushed(Services& services, const domain::Secret& uri) {
  Json::Value body(Json::objectValue);
  body["request_uri"] = std::string(uri.reveal());
  body["expires_in"] = Json::Int64{services.domain.settings.oauth.pushed_lifetime.count()};
  Response response(201, "application/json", write_json(body));
  response.set("Pragma", "no-cache");
  allow_any_origin(response);
  return response;
}

/// The form without what proves the client, which nobody needs to keep.
Parameters without_proof(const Parameters& form, const std::string& client_id) {
  Parameters kept;
  for (const auto name : {"response_type", "redirect_uri", "scope", "state", "code_challenge",
                          "code_challenge_method", "response_mode", "nonce", "prompt", "max_age",
                          "login_hint", "id_token_hint", "dpop_jkt", "request", "registration"}) {
    if (const auto value = form.get(name)) kept.set(name, std::string(*value));
  }
  for (auto& resource : form.resources()) kept.set("resource", std::move(resource));
  kept.set("client_id", client_id);
  return kept;
}

}  // namespace

Response push_request(const Call& call, Services& services) {
  auto form = Parameters::of_body(call.request);
  if (!form) return refusal(form.error());
  bool basic = false;
  const auto found = authenticate_client(call, services, *form, basic);
  if (!found) return refusal(found.error(), basic);
  if (!*found) return refusal({Errc::ClientInvalid}, basic);
  const auto& client = (*found)->client;

  if (form->get("request_uri")) {
    return error_answer(400, "invalid_request", "request_uri cannot be pushed");
  }
  const auto named = form->get("client_id");
  if (named && *named != client.client_id) {
    return error_answer(400, "invalid_request", "client_id is another client's");
  }
  if (const auto proven = take_proof(call, services, *form); !proven) {
    return refusal(proven.error());
  }
  const auto parameters = without_proof(*form, client.client_id);
  const auto checked = check_pushed_request(services, client, parameters);
  if (checked.fault) return refuse_fault(*checked.fault);
  const auto charged = domain::charge_push(services.domain, client, call.origin());
  if (!charged) return refusal(charged.error());
  const auto pushed = domain::push_request(services.domain, client.id, parameters.text());
  if (!pushed) return refusal(pushed.error(), basic);
  return show_pushed(services, *pushed);
}

}  // namespace postern::handlers::oauth

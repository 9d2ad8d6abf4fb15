#include "domain/oauth_grant.hpp"
#include "handlers/oauth/client_authentication.hpp"
#include "handlers/oauth/errors.hpp"
#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/json_answer.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::oauth {
namespace {

void add_audience(ObjectText& body, const std::vector<std::string>& audience) {
  if (audience.size() == 1) {
    body.text("aud", audience.front());
  } else {
    body.raw("aud", text_list(audience));
  }
}

/// RFC 7662 section 2.2.
std::string describe(const domain::Settings& settings, const domain::Introspection& token) {
  ObjectText body;
  body.boolean("active", true).text("client_id", token.client_id);
  if (!token.scope.empty()) body.text("scope", token.scope);
  if (!token.username.empty()) body.text("username", token.username);
  if (!token.is_refresh) body.text("token_type", token.dpop_jkt.empty() ? "Bearer" : "DPoP");
  body.text("iss", settings.oauth.issuer)
      .text("sub", token.subject)
      .number("iat", domain::unix_seconds(token.issued_at))
      .number("exp", domain::unix_seconds(token.expires_at));
  add_audience(body, token.audience);
  if (!token.token_id.empty()) body.text("jti", token.token_id);
  if (!token.dpop_jkt.empty()) {
    body.raw("cnf", ObjectText().text("jkt", token.dpop_jkt).finish());
  }
  return body.finish();
}

}  // namespace

Response introspect_token(const Call& call, Services& services) {
  const auto form = Parameters::of_body(call.request);
  if (!form) return refusal(form.error());
  bool basic = false;
  const auto found = authenticate_client(call, services, *form, basic);
  if (!found) return refusal(found.error(), basic);
  if (!*found || !(*found)->proven) return refusal({domain::Errc::ClientInvalid}, basic);
  const auto token = form->get("token");
  if (!token) return refusal({domain::Errc::InvalidInput, "token", "missing"});
  const auto seen = domain::introspect_token(services.domain, (*found)->client, *token);
  if (!seen) return json_answer(200, R"({"active":false})");
  return json_answer(200, describe(services.domain.settings, *seen));
}

}  // namespace postern::handlers::oauth

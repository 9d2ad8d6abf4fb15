#include <algorithm>

#include "domain/oauth_code.hpp"
#include "domain/oauth_device.hpp"
#include "handlers/oauth/client_authentication.hpp"
#include "handlers/oauth/dpop_proof.hpp"
#include "handlers/oauth/endpoints.hpp"
#include "handlers/oauth/errors.hpp"
#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/json_answer.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Error;
using domain::OAuthTokens;
using domain::Result;
using domain::TokenProof;
namespace grant_type = domain::grant_type;

/// A token request whose form, client and proof were found sound.
struct TokenRequest {
  const Parameters& form;
  const domain::OAuthClient* client;  ///< null: the request names none
  TokenProof proof;
  domain::Origin origin;
};
using Tokens = Result<OAuthTokens>;

Error missing(std::string name) {
  return {Errc::InvalidInput, std::move(name), "missing"};
}

Tokens redeem_code(Services& services, const TokenRequest& request) {
  const auto code = request.form.get("code");
  const auto verifier = request.form.get("code_verifier");
  if (!request.client) return Errc::ClientInvalid;
  if (!code) return missing("code");
  if (!verifier) return missing("code_verifier");
  return domain::redeem_code(services.domain,
                             {.client = *request.client,
                              .code = *code,
                              .verifier = *verifier,
                              .redirect_uri = request.form.get("redirect_uri"),
                              .resources = request.form.resources(),
                              .proof = request.proof},
                             request.origin);
}

Tokens refresh(Services& services, const TokenRequest& request) {
  const auto token = request.form.get("refresh_token");
  if (!token) return missing("refresh_token");
  return domain::refresh_grant(services.domain,
                               {.client = request.client,
                                .refresh_token = *token,
                                .scope = request.form.get("scope"),
                                .resources = request.form.resources(),
                                .proof = request.proof},
                               request.origin);
}

Tokens issue_to_client(Services& services, const TokenRequest& request) {
  if (!request.client) return Errc::ClientInvalid;
  return domain::issue_to_client(services.domain,
                                 {.client = *request.client,
                                  .scope = request.form.get("scope"),
                                  .resources = request.form.resources(),
                                  .proof = request.proof},
                                 request.origin);
}

Tokens redeem_device(Services& services, const TokenRequest& request) {
  const auto code = request.form.get("device_code");
  if (!request.client) return Errc::ClientInvalid;
  if (!code) return missing("device_code");
  return domain::redeem_device(
      services.domain, {.client = *request.client, .device_code = *code, .proof = request.proof},
      request.origin);
}

struct Grant {
  std::string_view type;
  Tokens (*give)(Services&, const TokenRequest&);
};
constexpr Grant kGrants[] = {{grant_type::kCode, redeem_code},
                             {grant_type::kRefresh, refresh},
                             {grant_type::kClient, issue_to_client},
                             {grant_type::kDevice, redeem_device}};

Result<TokenProof> read_proof(const Call& call, Services& services) {
  const auto header = call.request.header("dpop");
  if (!header) return TokenProof{};
  const auto& settings = services.domain.settings;
  auto key =
      check_proof(services.domain.limiter, services.domain.clock, settings.oauth, *header,
                  {.method = call.request.method, .url = endpoint(settings, "/oauth/token")});
  if (!key) return key.error();
  return TokenProof{*std::move(key)};
}

/// RFC 6749 section 5.1. What there is none of is left out: clients take null for a value. But
/// `scope` is always said, since without it clients believe they have all that they asked for.
Response show_tokens(const OAuthTokens& tokens) {
  ObjectText body;
  body.text("access_token", tokens.access.reveal())
      .text("token_type", tokens.dpop ? "DPoP" : "Bearer")
      .number("expires_in", domain::unix_seconds(tokens.access_expires_at) -
                                domain::unix_seconds(tokens.issued_at))
      .text("scope", domain::join_scope(tokens.scopes));
  if (tokens.refresh) body.text("refresh_token", tokens.refresh->reveal());
  if (tokens.id_token) body.text("id_token", tokens.id_token->reveal());
  return json_answer(200, body.finish());
}

}  // namespace

Response issue_token(const Call& call, Services& services) {
  const auto form = Parameters::of_body(call.request);
  if (!form) return refusal(form.error());
  const auto type = form->get("grant_type");
  if (!type) return refusal(missing("grant_type"));
  const auto* const grant = std::find_if(std::begin(kGrants), std::end(kGrants),
                                         [&](const Grant& each) { return each.type == *type; });
  if (grant == std::end(kGrants)) {
    return error_answer(400, "unsupported_grant_type", "not one of grant_types_supported");
  }
  bool basic = false;
  const auto found = authenticate_client(call, services, *form, basic);
  if (!found) return refusal(found.error(), basic);
  auto proof = read_proof(call, services);
  if (!proof) return refusal(proof.error());
  const auto tokens = grant->give(services, {.form = *form,
                                             .client = *found ? &(*found)->client : nullptr,
                                             .proof = *std::move(proof),
                                             .origin = call.origin()});
  return tokens ? show_tokens(*tokens) : refusal(tokens.error(), basic);
}

}  // namespace postern::handlers::oauth

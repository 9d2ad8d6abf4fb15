#include "domain/oauth_scope.hpp"
#include "handlers/credential.hpp"
#include "handlers/oauth/dpop_proof.hpp"
#include "handlers/oauth/endpoints.hpp"
#include "handlers/oauth/errors.hpp"
#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/json_answer.hpp"
#include "handlers/oauth/parameters.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::PresentedAs;
using domain::Principal;
using domain::Result;

/// By its header, or in the body of a form (RFC 6750 section 2.2); never in the address.
std::optional<PresentedCredential> find_token(const Call& call,
                                              const std::optional<Parameters>& form) {
  if (const auto shown = find_credential(call.request)) {
    return shown->as == PresentedAs::Key ? std::nullopt : shown;
  }
  const auto token = form ? form->get("access_token") : std::nullopt;
  if (!token) return {};
  return PresentedCredential{PresentedAs::Bearer, *token};
}

/// Of the key that the token is bound to (RFC 9449 section 7.1).
domain::Outcome check_bound_key(const Call& call, Services& services, const Principal& principal,
                                std::string_view token) {
  if (principal.bound_key.empty()) return domain::done;
  const auto& settings = services.domain.settings;
  const auto key = check_proof(services.domain.limiter, services.domain.clock, settings.oauth,
                               call.request.header("dpop").value_or(""),
                               {.method = call.request.method,
                                .url = endpoint(settings, "/oauth/userinfo"),
                                .access_token = token});
  if (!key) return key.error();
  if (*key != principal.bound_key) return Errc::TokenInvalid;
  return domain::done;
}

Result<Principal> authenticate(const Call& call, Services& services,
                               const PresentedCredential& shown) {
  auto principal = domain::authenticate_oauth_token(services.domain, shown.as, shown.value);
  if (!principal) return principal.error();
  const auto proven = check_bound_key(call, services, *principal, shown.value);
  if (!proven) return proven.error();
  return principal;
}

/// RFC 6750 section 3, RFC 9449 section 7.1.
Response challenge(int status, std::string_view scheme, std::string_view error) {
  std::string text(scheme);
  text += R"( realm="postern", scope="openid")";
  if (!error.empty()) text.append(R"(, error=")").append(error).append("\"");
  if (scheme == "DPoP") text += R"(, algs="ES256 RS256 PS256")";
  auto response =
      error.empty() ? error_answer(status, "invalid_token") : error_answer(status, error);
  response.set("WWW-Authenticate", text);
  return response;
}

/// OpenID Connect Core section 5.3.2, as far as the scopes allow (section 5.4).
std::string describe(const Principal& principal) {
  const domain::Account& account = principal.account;
  const auto granted = [&](std::string_view scope) {
    return domain::contains(principal.scopes, scope);
  };
  ObjectText body;
  body.text("sub", account.id.text());
  if (granted("profile")) {
    body.text("preferred_username", account.username).text("name", account.username);
  }
  if (granted("email") && account.email) {
    body.text("email", *account.email).boolean("email_verified", account.email_verified);
  }
  return body.finish();
}

}  // namespace

Response show_userinfo(const Call& call, Services& services) {
  std::optional<Parameters> form;
  if (call.request.method == "POST" && !call.request.body.empty()) {
    auto read = Parameters::of_body(call.request);
    if (!read) return refusal(read.error());
    form = *std::move(read);
  }
  const auto shown = find_token(call, form);
  if (!shown) return challenge(401, "Bearer", "");
  const std::string_view scheme = shown->as == PresentedAs::Dpop ? "DPoP" : "Bearer";
  const auto principal = authenticate(call, services, *shown);
  if (!principal) {
    const bool bad_proof = principal.error().code == Errc::InvalidInput;
    return challenge(401, scheme, bad_proof ? "invalid_dpop_proof" : "invalid_token");
  }
  if (!domain::contains(principal->scopes, "openid")) {
    return challenge(403, scheme, "insufficient_scope");
  }
  return json_answer(200, describe(*principal));
}

}  // namespace postern::handlers::oauth

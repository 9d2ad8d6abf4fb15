#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/reader.hpp"
#include "handlers/kitsu/session_answer.hpp"
#include "handlers/object_text.hpp"
#include "handlers/sso/digest.hpp"
#include "handlers/sso/sign_in.hpp"

namespace postern::handlers::kitsu {
namespace {

constexpr std::string_view kVerifierCookie = "postern_kitsu_sso";
constexpr std::string_view kCallback = "/auth/oidc/callback";

Response switched_off(std::string_view what) {
  return Response(400, "application/json",
                  ObjectText().text("error", std::string(what) + " is not enabled.").finish());
}

/// What a browser takes from there are cookies: without them there is nothing to bring.
bool is_on(const Services& services) {
  const auto& settings = services.settings.kitsu;
  return !settings.oidc_provider.empty() && settings.browser_cookies;
}

std::string prefix_of(const Request& request) {
  return request.uri && request.uri->path.starts_with("/api/") ? "/api" : "";
}

/// So that the code is worth nothing in any browser but the one that set out: nobody is signed in
/// as somebody else by a link that he follows (CSRF on login).
void set_verifier(Response& response, const Services& services, std::string_view verifier,
                  std::string_view lifetime) {
  std::string cookie(kVerifierCookie);
  cookie.append("=").append(verifier).append("; ").append(lifetime);
  if (services.domain.settings.issuer.starts_with("https:")) cookie += "; Secure";
  response.add("Set-Cookie", cookie + "; HttpOnly; Path=/; SameSite=Lax");
}

Response signed_in(const Call& call, Services& services, const domain::Tokens& tokens) {
  Response response(302);
  response.set("Location", services.settings.kitsu.home_page);
  response.log_account = tokens.account.id.text();
  set_token_cookies(response, call.request, services, tokens);
  set_verifier(response, services, "", "Max-Age=0");
  return response;
}

}  // namespace

Response refuse_saml(const Call& /*call*/, Services& /*services*/) {
  return switched_off("SAML");
}

/// The provider sends the browser back to the native callback, which knows all providers, and that
/// one to ours, with a code of its own.
Response log_in_by_oidc(const Call& call, Services& services) {
  if (!is_on(services)) return switched_off("OIDC");
  const auto verifier = sso::random_text(services.domain.random);
  sso::Wish wish;
  wish.provider = services.settings.kitsu.oidc_provider;
  wish.return_to =
      services.domain.settings.issuer + prefix_of(call.request) + std::string(kCallback);
  wish.returns_to_us = true;
  wish.kind = domain::SessionKind::Kitsu;
  wish.challenge = sso::s256(verifier);
  auto started = sso::start_sign_in(call.request, services, wish);
  if (!started) return refusal(started.error());
  set_verifier(*started, services, verifier, "Max-Age=600");
  return *std::move(started);
}

Response finish_oidc(const Call& call, Services& services) {
  if (!is_on(services)) return switched_off("OIDC");
  auto query = Reader::query(call.request);
  const auto error = query.text("error");
  const auto code = query.text("code");
  if (query.refusal()) return *query.refusal();
  if (error || !code) return refusal({domain::Errc::ProviderRefused});
  const auto verifier = call.request.cookie(kVerifierCookie).value_or("");
  if (verifier.empty()) return refusal({domain::Errc::LinkInvalid});
  const auto tokens = sso::redeem_code(call, services, *code, verifier);
  return tokens ? signed_in(call, services, *tokens) : refusal(tokens.error());
}

}  // namespace postern::handlers::kitsu

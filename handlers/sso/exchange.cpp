#include "handlers/sso/exchange.hpp"

#include "domain/text.hpp"
#include "handlers/sso/id_token.hpp"
#include "handlers/sso/json_member.hpp"
#include "handlers/sso/provider_memory.hpp"

namespace postern::handlers::sso {
namespace {

using domain::Result;
using domain::Secret;

struct Answered {
  std::string id_token, access_token;
};

/// `error` of a refusal (RFC 6749 section 5.2), for the log.
std::string refusal_of(const HttpAnswer& answer) {
  const auto json = parse_object(answer.body);
  const auto error = json ? text_member(*json, "error") : std::nullopt;
  return "token endpoint: " + std::to_string(answer.status) + " " +
         domain::printable_excerpt(error.value_or(""), 64);
}

Result<Answered> ask_for_token(Services& services, const Provider& provider,
                               const Metadata& metadata, const Attempt& attempt,
                               std::string_view code) {
  const auto request =
      token_request(provider, metadata, attempt, code, callback_address(services, provider));
  if (!request) return request.error();
  const auto answer = services.providers->ask(
      {metadata.token_endpoint, request->form, request->authorization, provider.ca_file});
  if (!answer) return answer.error();
  if (answer->status != 200) return refused(refusal_of(*answer));
  const auto json = parse_object(answer->body);
  if (!json) return refused("token endpoint: no JSON object");
  const auto id_token = text_member(*json, "id_token");
  if (!id_token) return refused("token endpoint: no id_token");
  return Answered{*id_token, text_member(*json, "access_token").value_or("")};
}

Result<Json::Value> verified_claims(Services& services, const Provider& provider,
                                    const Attempt& attempt, const Answered& answered) {
  auto token = SignedToken::parse(answered.id_token);
  if (!token) return token.error();
  const auto& clock = services.domain.clock;
  const auto checked = services.providers->check_signature(provider, *token, clock.uptime());
  if (!checked) return checked.error();
  const auto judged =
      check_claims(token->claims, {provider, attempt.nonce, answered.access_token, clock.now()});
  if (!judged) return judged.error();
  return std::move(token->claims);
}

bool lacks_address(const Json::Value& claims, const Provider& provider) {
  const std::string scopes = " " + provider.scopes + " ";
  return !claims.isMember("email") && scopes.find(" email ") != std::string::npos;
}

/// What the ID token did not say. Only about the same person (section 5.3.2).
domain::Outcome add_userinfo(Services& services, const Provider& provider,
                             const std::string& address, const std::string& access_token,
                             Json::Value& claims) {
  const auto answer =
      services.providers->ask({address, {}, Secret("Bearer " + access_token), provider.ca_file});
  if (!answer) return answer.error();
  const auto told = answer->status == 200 ? parse_object(answer->body) : std::nullopt;
  if (!told) return refused("userinfo: status " + std::to_string(answer->status) + ", or no JSON");
  if (text_member(*told, "sub") != text_member(claims, "sub")) return refused("userinfo: sub");
  for (const char* name : {"email", "email_verified", "preferred_username"}) {
    if (!claims.isMember(name) && told->isMember(name)) claims[name] = (*told)[name];
  }
  return domain::done;
}

/// What stands behind "Bearer " (RFC 6750 section 2.1): nothing else goes into a header.
bool is_bearer_token(std::string_view text) {
  return !text.empty() && text.size() <= 8192 &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=") ==
             std::string_view::npos;
}

}  // namespace

std::string callback_address(const Services& services, const Provider& provider) {
  return services.domain.settings.issuer + "/auth/v1/sso/" + provider.name + "/callback";
}

Result<domain::VouchedIdentity> exchange_code(Services& services, const Provider& provider,
                                              const Attempt& attempt, std::string_view code) {
  const auto known = services.providers->metadata(provider, services.domain.clock.uptime());
  if (!known) return known.error();
  const Metadata metadata = **known;
  const auto answered = ask_for_token(services, provider, metadata, attempt, code);
  if (!answered) return answered.error();
  auto claims = verified_claims(services, provider, attempt, *answered);
  if (!claims) return claims.error();
  if (lacks_address(*claims, provider) && !metadata.userinfo_endpoint.empty() &&
      is_bearer_token(answered->access_token)) {
    const auto added = add_userinfo(services, provider, metadata.userinfo_endpoint,
                                    answered->access_token, *claims);
    if (!added) return added.error();
  }
  return identity_of(*claims, provider);
}

}  // namespace postern::handlers::sso

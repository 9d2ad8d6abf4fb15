#include "handlers/oauth/request_faults.hpp"

#include <algorithm>
#include <charconv>

#include "domain/id_token.hpp"
#include "handlers/oauth/client_metadata.hpp"
#include "handlers/oauth/sealed_json.hpp"
#include "handlers/sso/digest.hpp"

namespace postern::handlers::oauth {
namespace {

using Fault = std::optional<RequestFault>;

constexpr std::size_t kLongestNonce = 512;
constexpr std::size_t kLongestLoginHint = 254;

RequestFault fault(std::string error, std::string description) {
  return {std::move(error), std::move(description), true, false};
}
RequestFault invalid(std::string description) {
  return fault("invalid_request", std::move(description));
}

/// OpenID Connect Core section 3.1.2.6.
Fault check_unsupported(const Parameters& parameters) {
  if (parameters.get("request")) {
    return fault("request_not_supported", "request objects are not supported");
  }
  if (parameters.get("registration")) {
    return fault("registration_not_supported", "registration is not supported here");
  }
  return {};
}

Fault read_response_form(const Parameters& parameters, AuthorizationRequest& /*request*/) {
  const auto type = parameters.get("response_type");
  if (!type) return invalid("response_type is missing");
  if (*type != "code") {
    return fault("unsupported_response_type", "response_type must be code");
  }
  const auto mode = parameters.get("response_mode").value_or("query");
  if (mode != "query" && mode != "form_post") {
    return invalid("response_mode must be query or form_post");
  }
  return {};
}

/// RFC 7636, S256 alone (oauth.md 3a.4).
Fault read_challenge(const Parameters& parameters, AuthorizationRequest& request) {
  const auto challenge = parameters.get("code_challenge");
  if (!challenge) return invalid("code_challenge is missing: PKCE is needed");
  if (parameters.get("code_challenge_method") != "S256") {
    return invalid("code_challenge_method must be S256");
  }
  if (!sso::is_random_text(*challenge)) {
    return invalid("code_challenge must be 43 characters of base64url");
  }
  request.challenge = *challenge;
  return {};
}

Fault read_prompt(const Parameters& parameters, AuthorizationRequest& request) {
  std::string_view rest = parameters.get_or_empty("prompt");
  std::size_t count = 0;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    const auto word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (word.empty()) continue;
    ++count;
    if (word == "none") {
      request.prompt_none = true;
    } else if (word == "login") {
      request.prompt_login = true;
    } else if (word == "consent") {
      request.prompt_consent = true;
    } else if (word == "select_account") {
      request.select_account = true;
    } else {
      return invalid("prompt holds an unknown word");
    }
  }
  if (request.prompt_none && count > 1) return invalid("prompt=none stands alone");
  return {};
}

Fault read_max_age(const Parameters& parameters, AuthorizationRequest& request) {
  const auto text = parameters.get("max_age");
  if (!text) return {};
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) {
    return invalid("max_age must be a number of seconds");
  }
  request.max_age = domain::seconds(value);
  return {};
}

Fault read_texts(const Parameters& parameters, AuthorizationRequest& request) {
  if (parameters.get_or_empty("state").size() > kLongestState) return invalid("state is too long");
  request.nonce = parameters.get_or_empty("nonce");
  if (request.nonce.size() > kLongestNonce) return invalid("nonce is too long");
  // Our own tokens hold ASCII alone.
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (!std::all_of(request.nonce.begin(), request.nonce.end(), is_ascii)) {
    return invalid("nonce must be ASCII");
  }
  const auto thumbprint = parameters.get("dpop_jkt");
  if (thumbprint && !sso::is_random_text(*thumbprint)) {
    return invalid("dpop_jkt must be 43 characters of base64url");
  }
  request.dpop_jkt = thumbprint.value_or("");
  const auto hint = parameters.get_or_empty("login_hint");
  if (hint.size() <= kLongestLoginHint) request.login_hint = hint;
  return {};
}

Fault read_wanted(Services& services, const domain::OAuthClient& client,
                  const Parameters& parameters, AuthorizationRequest& request) {
  const auto scope = parameters.get("scope");
  auto wanted =
      domain::settle_request(services.domain, client.metadata, parameters.resources(), scope);
  if (!wanted && wanted.error().code == domain::Errc::TargetInvalid) {
    return fault("invalid_target", "no such resource");
  }
  if (!wanted) return fault("invalid_scope", "not a scope that can be had here");
  request.wanted = *std::move(wanted);
  request.scope_given = scope.has_value();
  return {};
}

/// OpenID Connect Core section 3.1.2.2: nobody else's tokens may be the answer. Whom a hint names
/// that is not ours and this client's (or was signed by a key that is gone by now) cannot be told:
/// then nobody is known to be the one, and whoever is there signs in anew.
void read_id_token_hint(Services& services, const domain::OAuthClient& client,
                        const Parameters& parameters, AuthorizationRequest& request) {
  const auto text = parameters.get("id_token_hint");
  if (!text) return;
  const auto hint = domain::read_id_token_hint(services.domain, *text);
  if (hint && hint->client_id == client.client_id) {
    request.person = hint->account;
  } else {
    request.prompt_login = true;
  }
}

}  // namespace

std::optional<RequestFault> read_request(Services& services, const domain::OAuthClient& client,
                                         const Parameters& parameters,
                                         AuthorizationRequest& request) {
  if (auto found = check_unsupported(parameters)) return found;
  if (!client.metadata.allows(domain::grant_type::kCode)) {
    return fault("unauthorized_client", "the client may not ask for codes");
  }
  for (const auto read :
       {read_response_form, read_challenge, read_prompt, read_max_age, read_texts}) {
    if (auto found = read(parameters, request)) return found;
  }
  if (!request.max_age) request.max_age = default_max_age(client.metadata);
  if (auto found = read_wanted(services, client, parameters, request)) return found;
  read_id_token_hint(services, client, parameters, request);
  if (request.seal(services).size() > kLongestSealed) return invalid("the request is too long");
  return {};
}

}  // namespace postern::handlers::oauth

#pragma once

#include <optional>

#include "domain/check_credential.hpp"
#include "domain/policy.hpp"
#include "handlers/credential.hpp"
#include "handlers/gate_answers.hpp"

namespace postern::handlers {

[[nodiscard]] bool satisfies(const domain::IdentityFields& identity,
                             const domain::Requirement& required);

/// The gate's decision, wherever the answer about a credential comes from: `check(credential)`
/// gives an optional CredentialCheck. None when it has none: then nothing is decided.
template <class Check>
[[nodiscard]] std::optional<Response> decide(const Request& request, const domain::Policy& policy,
                                             const GateSettings& settings, Check check) {
  if (!request.uri) return refuse(request, 400, "uri_refused");
  const auto* required = policy.find(request.method, request.uri->path);
  if (required == nullptr) return refuse(request, 403, "no_rule");

  const bool is_public = required->kind == domain::Requirement::Kind::Public;
  const auto credential = find_credential(request);
  std::optional<domain::CredentialCheck> checked;
  if (credential) {
    checked = check(*credential);
    if (!checked) return std::nullopt;
  }
  if (!checked || checked->refusal) {
    // A stale credential does not close a page that is open to everybody.
    if (is_public) return allow(request, {});
    return unauthenticated(request, settings, credential.has_value());
  }
  const auto identity = checked->identity.fields();
  if (satisfies(identity, *required)) return allow(request, identity);
  auto response = forbidden(request, settings, *required);
  response.log_account = identity.account;
  return response;
}

}  // namespace postern::handlers

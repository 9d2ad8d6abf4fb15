#include "handlers/gate_decision.hpp"

namespace postern::handlers {

bool satisfies(const domain::IdentityFields& identity, const domain::Requirement& required) {
  using Kind = domain::Requirement::Kind;
  switch (required.kind) {
    case Kind::Public:
    case Kind::SignedIn:
      return true;
    case Kind::Permission:
      return identity.may(required.name);
    case Kind::Role:
      return identity.role == required.name;
  }
  return false;
}

GateQuestion question_of(const Request& request, const domain::Policy& policy) {
  GateQuestion question;
  if (!request.uri) return question;
  question.required = policy.find(request.method, request.uri->path);
  if (question.required != nullptr) question.credential = find_credential(request);
  return question;
}

Response judge(const Request& request, const GateSettings& settings, const GateQuestion& question,
               const std::optional<domain::CredentialCheck>& check) {
  if (!request.uri) return refuse(request, 400, "uri_refused");
  if (question.required == nullptr) return refuse(request, 403, "no_rule");
  if (!check || check->refusal) {
    // A stale credential does not close a page that is open to everybody.
    if (question.required->kind == domain::Requirement::Kind::Public) return allow(request, {});
    return unauthenticated(request, settings, question.credential.has_value());
  }
  const auto identity = check->identity.fields();
  if (satisfies(identity, *question.required)) return allow(request, identity);
  auto response = forbidden(request, settings, *question.required);
  response.log_account = identity.account;
  return response;
}

}  // namespace postern::handlers

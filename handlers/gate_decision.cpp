#include "handlers/gate_decision.hpp"

#include "domain/key_restrictions.hpp"

namespace postern::handlers {
namespace {

domain::Outcome enforce(const Request& request, const GateMeans& means,
                        const domain::IdentityFields& identity) {
  return domain::enforce_restrictions(identity.restrictions,
                                      {.credential = identity.credential,
                                       .address = request.remote_address,
                                       .path = request.uri->path},
                                      means.limiter, means.clock);
}

/// Why nobody was recognised.
Response refused(const Request& request, const GateSettings& settings, const GateQuestion& question,
                 const std::optional<domain::CredentialCheck>& check) {
  if (check && check->refusal == domain::Errc::SecondFactorRequired) {
    return lacking_factor(request, settings);
  }
  if (check) return unauthenticated(request, settings, code_for(*check->refusal));
  return unauthenticated(request, settings,
                         question.cross_origin ? "cross_origin" : "credential_required");
}

}  // namespace

bool satisfies(const domain::IdentityFields& identity, const domain::Requirement& required) {
  using Kind = domain::Requirement::Kind;
  switch (required.kind) {
    case Kind::Public:
    case Kind::SignedIn:
      return true;
    case Kind::Permission:
      return identity.may(required.name);
    case Kind::Role:
      return identity.role == required.name && !identity.less_than_role;
  }
  return false;
}

GateQuestion question_of(const Request& request, const domain::Policy& policy,
                         const CookieRule& cookies) {
  GateQuestion question;
  if (!request.uri) return question;
  question.required = policy.find(request.method, request.uri->path);
  if (question.required == nullptr) return question;
  const auto found = find_credential(request, cookies);
  question.credential = found.credential;
  question.cross_origin = found.cross_origin;
  return question;
}

Response judge(const Request& request, const GateMeans& means, const GateQuestion& question,
               const std::optional<domain::CredentialCheck>& check) {
  if (!request.uri) return refuse(request, 400, "uri_refused");
  if (question.required == nullptr) return refuse(request, 403, "no_rule");
  // A credential that is no good here does not close a page that is open to everybody.
  const bool is_public = question.required->kind == domain::Requirement::Kind::Public;
  if (!check || check->refusal) {
    return is_public ? allow(request, {}) : refused(request, means.settings, question, check);
  }
  const auto identity = check->identity.fields();
  if (!satisfies(identity, *question.required)) {
    return forbidden(request, means.settings, *question.required, identity);
  }
  if (const auto fit = enforce(request, means, identity); !fit.ok()) {
    return is_public ? allow(request, {})
                     : restricted(request, means.settings, fit.error(), identity);
  }
  return allow(request, identity);
}

}  // namespace postern::handlers

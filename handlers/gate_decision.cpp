#include "handlers/gate_decision.hpp"

#include <utility>

#include "domain/key_restrictions.hpp"
#include "domain/oauth_worth.hpp"
#include "handlers/client_token.hpp"

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

GatePlace place_of(const GateMeans& means, const GateQuestion& question) {
  return {means.settings, question.resource, question.required};
}

/// Why nobody was recognised.
Response refused(const Request& request, const GateMeans& means, const GateQuestion& question,
                 const std::optional<domain::CredentialCheck>& check) {
  if (check && check->refusal == domain::Errc::SecondFactorRequired) {
    return lacking_factor(request, means.settings);
  }
  const auto place = place_of(means, question);
  if (check) return unauthenticated(request, place, {code_for(*check->refusal), question.shown()});
  return unauthenticated(request, place,
                         {question.cross_origin ? "cross_origin" : "credential_required"});
}

/// Of whoever is no client: nothing.
domain::Outcome admit(const Request& request, const GateMeans& means, const GateQuestion& question,
                      const domain::IdentityFields& identity) {
  if (!identity.is_for_client()) return domain::done;
  return admit_client_token({request, question.credential->value, identity, question.resource},
                            means.oauth, means.limiter, means.clock);
}

Response not_admitted(const Request& request, const GateMeans& means, const GateQuestion& question,
                      const domain::Error& why) {
  const bool by_proof = why.code == domain::Errc::InvalidInput;
  return unauthenticated(request, place_of(means, question),
                         {by_proof ? "invalid_dpop_proof" : code_for(why.code), question.shown()});
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

bool GateQuestion::turn_to_other(const domain::CredentialCheck& check) {
  // Whoever lacks a factor is signed in, and is told what he lacks.
  if (!other || !check.refusal || check.refusal == domain::Errc::SecondFactorRequired) return false;
  credential = std::exchange(other, std::nullopt);
  return true;
}

GateQuestion question_of(const Request& request, const domain::Policy& policy,
                         const CookieRule& cookies, const domain::OAuthSettings& oauth) {
  GateQuestion question;
  if (!request.uri) return question;
  question.required = policy.find(request.method, request.uri->path);
  if (question.required == nullptr) return question;
  const auto found = find_credential(request, cookies);
  question.credential = found.credential;
  question.other = found.other;
  question.cross_origin = found.cross_origin;
  if (oauth.enabled) question.resource = oauth.resources.at(request.uri->path);
  return question;
}

Response judge(const Request& request, const GateMeans& means, const GateQuestion& question,
               const std::optional<domain::CredentialCheck>& check) {
  if (!request.uri) return refuse(request, 400, "uri_refused");
  if (question.required == nullptr) return refuse(request, 403, "no_rule");
  // A credential that is no good here does not close a page that is open to everybody.
  const bool is_public = question.required->kind == domain::Requirement::Kind::Public;
  if (!check || check->refusal) {
    return is_public ? allow(request, {}) : refused(request, means, question, check);
  }
  auto identity = check->identity.fields();
  if (const auto admitted = admit(request, means, question, identity); !admitted.ok()) {
    return is_public ? allow(request, {})
                     : not_admitted(request, means, question, admitted.error());
  }
  std::string room;
  if (identity.is_for_client()) {
    room.resize(identity.permissions.size());
    identity.permissions = domain::listed_words(*question.resource, identity.permissions, room);
  }
  if (!satisfies(identity, *question.required)) {
    return forbidden(request, place_of(means, question), identity);
  }
  if (const auto fit = enforce(request, means, identity); !fit.ok()) {
    return is_public ? allow(request, {})
                     : restricted(request, means.settings, fit.error(), identity);
  }
  return allow(request, identity);
}

}  // namespace postern::handlers

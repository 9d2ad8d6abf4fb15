#include "handlers/gate_desk.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "domain/oauth_worth.hpp"
#include "fcgi/assemble.hpp"
#include "fcgi/param_rules.hpp"
#include "fcgi/plain_path.hpp"
#include "handlers/gate.hpp"
#include "handlers/gate_decision.hpp"
#include "handlers/same_origin.hpp"

namespace postern::handlers {
namespace {

using domain::CachedCheck;

/// What decides, found in one pass over the parameters.
struct Question {
  std::string_view method, target, scheme;
  std::optional<std::string_view> authorization, api_key, cookies;
  bool is_plain = true;  ///< nothing that needs a closer look
};

/// By the length first: names are compared once in a request, not once a name.
void take(Question& question, std::string_view name, std::string_view value) {
  constexpr std::string_view kAuthorization = "HTTP_AUTHORIZATION";
  constexpr std::string_view kApiKey = "HTTP_X_API_KEY";
  constexpr std::string_view kCookie = "HTTP_COOKIE";
  switch (name.size()) {
    case 9:
      if (name == "FCGI_ROLE") question.is_plain = false;
      break;
    case 11:
      if (name == "REQUEST_URI") {
        question.target = value;
      } else if (fcgi::same_param(name, kCookie)) {
        question.cookies = value;
      }
      break;
    case 14:
      if (name == "REQUEST_METHOD") {
        question.method = value;
      } else if (name == "REQUEST_SCHEME") {
        question.scheme = value;
      } else if (fcgi::same_param(name, kApiKey)) {
        question.api_key = value;
      }
      break;
    case 18:
      if (fcgi::same_param(name, kAuthorization)) question.authorization = value;
      break;
    default:
      break;
  }
}

Question read_question(const fcgi::Inspection& seen) {
  Question question;
  for (const auto& [name, value] : seen.params) take(question, name, value);
  const auto& method = question.method;
  const bool is_word =
      !method.empty() && method.size() <= 16 &&
      std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  const auto& scheme = question.scheme;
  if (!is_word || !(scheme == "http" || scheme == "https")) question.is_plain = false;
  return question;
}

/// Longer ones are not in the cache.
using RoomForPermissions = std::array<char, domain::Identity::kMaxText>;

/// Whether a client's token is for the place of this path and needs no proof. Then it is left what
/// it is worth there.
bool admit(domain::IdentityFields& identity, std::string_view path,
           const domain::OAuthSettings& oauth, RoomForPermissions& room) {
  if (!identity.bound_key.empty() || !oauth.enabled) return false;
  const auto* place = oauth.resources.at(path);
  if (place == nullptr || !identity.is_for(place->uri)) return false;
  identity.permissions = domain::listed_words(*place, identity.permissions, room);
  return true;
}

}  // namespace

bool GateDesk::answer(const fcgi::Inspection& seen, fcgi::QuickAnswer& answer) {
  switch (allow_at_once(seen, answer)) {
    case Glance::Allowed:
      return true;
    case Glance::Unknown:
      return false;
    case Glance::NotAllowed:
      break;
  }
  return decide_without_asking(seen, answer);
}

/// The way that nearly every request takes: nothing is copied but into the answer.
GateDesk::Glance GateDesk::allow_at_once(const fcgi::Inspection& seen,
                                         fcgi::QuickAnswer& answer) const {
  const Question question = read_question(seen);
  const auto path = fcgi::plain_path(question.target);
  if (!question.is_plain || !path) return Glance::NotAllowed;
  const auto* required = basis_.policy.find(question.method, *path);
  if (required == nullptr) return Glance::NotAllowed;

  CachedCheck check;
  domain::IdentityFields identity;
  RoomForPermissions room;  // written before it is read
  auto credential = find_credential(question.authorization, question.api_key);
  if (!credential && question.cookies) {
    credential = find_in_cookies(*question.cookies, cookies()).credential;
    // Where its page is from has to be looked at.
    if (credential && !is_safe_method(question.method)) return Glance::NotAllowed;
  }
  if (credential) {
    const auto print = basis_.fingerprints.of(credential->as, credential->value);
    if (!basis_.cache.find(print, basis_.clock, check)) return Glance::Unknown;
    if (check.refusal) return Glance::NotAllowed;
    identity = check.identity.fields();
    if (identity.is_for_client() && !admit(identity, *path, basis_.oauth, room)) {
      return Glance::NotAllowed;
    }
    if (!satisfies(identity, *required) || !identity.restrictions.empty()) {
      return Glance::NotAllowed;
    }
  } else if (required->kind != domain::Requirement::Kind::Public) {
    return Glance::NotAllowed;
  }
  answer.start();
  bool whole = true;
  tell_identity(seen.role, identity, [&](std::string_view name, std::string_view value) {
    whole = whole && answer.set(name, value);
  });
  answer.finish();
  answer.account = identity.account;
  return whole ? Glance::Allowed : Glance::NotAllowed;
}

bool GateDesk::decide_without_asking(const fcgi::Inspection& seen,
                                     fcgi::QuickAnswer& answer) const {
  const Request request = fcgi::assemble(seen, fcgi::Door::Gate);
  if (fcgi::objection(seen, request) != 0) return false;
  try {
    GateQuestion question = handlers::question_of(request, basis_.policy, cookies(), basis_.oauth);
    std::optional<domain::CredentialCheck> check;
    while (question.credential) {
      check = look_up(*question.credential);
      if (!check) return false;
      if (!question.turn_to_other(*check)) break;
    }
    const GateMeans means{basis_.settings, basis_.limiter, basis_.clock, basis_.oauth};
    answer.take(judge(request, means, question, check), request.method == "HEAD");
    return true;
  } catch (const std::exception&) {
    return false;  // whatever it was, who is asked next tells
  }
}

std::optional<domain::CredentialCheck> GateDesk::look_up(
    const PresentedCredential& credential) const {
  CachedCheck found;
  const auto print = basis_.fingerprints.of(credential.as, credential.value);
  if (!basis_.cache.find(print, basis_.clock, found)) return std::nullopt;
  return domain::CredentialCheck{found.refusal, domain::IdentityText(found.identity.fields())};
}

void GateDesk::refuse(const fcgi::Inspection& seen, int status, fcgi::QuickAnswer& answer) {
  const Request request = fcgi::assemble(seen, fcgi::Door::Gate);
  answer.take(gate_failure(request, status), request.method == "HEAD");
}

}  // namespace postern::handlers

#include "handlers/sso/attempt.hpp"

#include "handlers/json_body.hpp"
#include "handlers/sso/json_member.hpp"

namespace postern::handlers::sso {
namespace {

constexpr const char* kAttempt = "attempt";
constexpr const char* kGrant = "grant";

std::string text(const Json::Value& json, std::string_view name) {
  return text_member(json, name).value_or("");
}

domain::SessionKind kind_of(const Json::Value& json) {
  return static_cast<domain::SessionKind>(json["kind"].asInt());
}

/// We wrote it ourselves, and nobody else can: it was sealed.
std::optional<Json::Value> read(const domain::SsoAttempt& stored, const char* use) {
  auto json = parse_object(stored.payload);
  if (!json || text_member(*json, "use") != use) return std::nullopt;
  return json;
}

}  // namespace

std::string write(const Attempt& attempt) {
  Json::Value json(Json::objectValue);
  json["use"] = kAttempt;
  json["nonce"] = attempt.nonce;
  json["verifier"] = attempt.verifier;
  json["browser"] = attempt.browser;
  json["return_to"] = attempt.wish.return_to;
  json["delivery"] = static_cast<int>(attempt.wish.delivery);
  json["kind"] = static_cast<int>(attempt.wish.kind);
  json["state"] = attempt.wish.state;
  json["challenge"] = attempt.wish.challenge;
  return write_json(json);
}

std::string write(const Grant& grant) {
  Json::Value json(Json::objectValue);
  json["use"] = kGrant;
  json["issuer"] = grant.identity.provider;
  json["subject"] = grant.identity.subject;
  if (grant.identity.email) json["email"] = *grant.identity.email;
  json["email_verified"] = grant.identity.email_verified;
  json["preferred_username"] = grant.identity.preferred_username;
  json["factor_checked"] = grant.identity.factor_checked;
  json["kind"] = static_cast<int>(grant.kind);
  json["challenge"] = grant.challenge;
  return write_json(json);
}

std::optional<Attempt> read_attempt(const domain::SsoAttempt& stored) {
  const auto json = read(stored, kAttempt);
  if (!json) return std::nullopt;
  Attempt attempt;
  attempt.nonce = text(*json, "nonce");
  attempt.verifier = text(*json, "verifier");
  attempt.browser = text(*json, "browser");
  attempt.wish.provider = stored.provider;
  attempt.wish.return_to = text(*json, "return_to");
  attempt.wish.delivery = static_cast<Delivery>((*json)["delivery"].asInt());
  attempt.wish.kind = kind_of(*json);
  attempt.wish.state = text(*json, "state");
  attempt.wish.challenge = text(*json, "challenge");
  return attempt;
}

std::optional<Grant> read_grant(const domain::SsoAttempt& stored) {
  const auto json = read(stored, kGrant);
  if (!json) return std::nullopt;
  Grant grant;
  grant.identity.provider = text(*json, "issuer");
  grant.identity.subject = text(*json, "subject");
  grant.identity.email = text_member(*json, "email");
  grant.identity.email_verified = (*json)["email_verified"].asBool();
  grant.identity.preferred_username = text(*json, "preferred_username");
  grant.identity.factor_checked = (*json)["factor_checked"].asBool();
  grant.kind = kind_of(*json);
  grant.challenge = text(*json, "challenge");
  return grant;
}

}  // namespace postern::handlers::sso

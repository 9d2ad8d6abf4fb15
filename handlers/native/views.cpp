#include "handlers/native/views.hpp"

#include "domain/text.hpp"
#include "handlers/json_body.hpp"

namespace postern::handlers::native {
namespace {

Json::Value json(const std::optional<std::string>& text) {
  return text ? Json::Value(*text) : Json::Value();
}

Json::Value json(const std::optional<domain::Instant>& instant) {
  return instant ? Json::Value(domain::rfc3339(*instant)) : Json::Value();
}

Json::Value json(const std::vector<std::string>& texts) {
  Json::Value list(Json::arrayValue);
  for (const auto& text : texts) list.append(text);
  return list;
}

Json::Value json(std::string_view text) {
  return {text.data(), text.data() + text.size()};
}

/// Null where a key has none.
Json::Value json(const domain::KeyRestrictions& restrictions) {
  if (restrictions.none()) return {};
  Json::Value body(Json::objectValue);
  body["cidrs"] = json(restrictions.cidrs);
  body["paths"] = json(restrictions.paths);
  const auto& rate = restrictions.requests_per_minute;
  body["requests_per_minute"] = rate ? Json::Value(*rate) : Json::Value();
  return body;
}

template <class Tag>
Json::Value json(const std::optional<domain::Id<Tag>>& id) {
  return id ? Json::Value(id->text()) : Json::Value();
}

Json::Int64 whole_seconds(domain::Instant from, domain::Instant to) {
  return std::chrono::floor<std::chrono::seconds>(to - from).count();
}

}  // namespace

Json::Value view(const domain::Account& account) {
  Json::Value body(Json::objectValue);
  body["id"] = account.id.text();
  body["username"] = account.username;
  body["email"] = json(account.email);
  body["email_verified"] = account.email_verified;
  body["pending_email"] = json(account.pending_email);
  body["role"] = account.role;
  body["is_active"] = account.is_active;
  body["is_approved"] = account.is_approved;
  body["is_bot"] = account.is_bot;
  body["mfa"]["totp"] = account.totp_enabled;
  body["mfa"]["email_otp"] = account.email_otp_enabled;
  body["mfa"]["webauthn"] = account.webauthn_enabled;
  body["created_at"] = domain::rfc3339(account.created_at);
  body["last_login_at"] = json(account.last_login_at);
  return body;
}

Json::Value view(const domain::Tokens& tokens) {
  Json::Value body(Json::objectValue);
  body["access_token"] = json(tokens.access.reveal());
  body["token_type"] = "Bearer";
  body["expires_in"] = whole_seconds(tokens.issued_at, tokens.access_expires_at);
  body["refresh_token"] = json(tokens.refresh.reveal());
  body["refresh_expires_in"] = whole_seconds(tokens.issued_at, tokens.refresh_expires_at);
  body["session_id"] = tokens.session.text();
  return body;
}

Json::Value view(const domain::ApiKey& key, domain::Instant now) {
  Json::Value body(Json::objectValue);
  body["id"] = key.id.text();
  body["kind"] = json(name_of(key.kind));
  body["dialect"] = key.dialect;
  body["type"] = key.type;
  body["name"] = key.name;
  body["key_prefix"] = key.key_prefix;
  body["permissions"] = key.permissions ? json(*key.permissions) : Json::Value();
  body["restrictions"] = json(key.restrictions);
  body["created_at"] = domain::rfc3339(key.created_at);
  body["expires_at"] = json(key.expires_at);
  body["last_used_at"] = json(key.last_used_at);
  body["status"] = json(name_of(key.status(now)));
  return body;
}

Json::Value view(const domain::IssuedKey& issued, domain::Instant now) {
  auto body = view(issued.key, now);
  body["key"] = json(issued.text.reveal());
  return body;
}

Json::Value view_with_owner(const domain::ApiKey& key, domain::Instant now) {
  auto body = view(key, now);
  body["account_id"] = key.account.text();
  body["username"] = key.username;
  return body;
}

Json::Value view(const domain::Session& session, const std::optional<domain::SessionId>& current) {
  Json::Value body(Json::objectValue);
  body["id"] = session.id.text();
  body["user_agent"] = session.user_agent;
  body["address"] = session.address;
  body["created_at"] = domain::rfc3339(session.created_at);
  body["last_used_at"] = domain::rfc3339(session.last_used_at);
  body["expires_at"] = domain::rfc3339(session.expires_at);
  body["current"] = current == session.id;
  return body;
}

Json::Value view(const domain::AuditRecord& record) {
  Json::Value body(Json::objectValue);
  body["id"] = record.id.text();
  body["at"] = domain::rfc3339(record.at);
  body["event"] = record.event;
  body["account_id"] = json(record.account);
  body["actor_id"] = json(record.actor);
  body["subject"] = record.subject;
  body["detail"] = record.detail;
  body["address"] = record.address;
  body["request_id"] = record.request_id;
  return body;
}

Json::Value view(const domain::Role& role) {
  Json::Value body(Json::objectValue);
  body["name"] = role.name;
  body["description"] = role.description;
  body["permissions"] = json(role.permissions);
  body["built_in"] = role.built_in;
  body["accounts"] = Json::Int64{role.accounts};
  return body;
}

Json::Value view(const domain::Permission& permission) {
  Json::Value body(Json::objectValue);
  body["name"] = permission.name;
  body["description"] = permission.description;
  return body;
}

Json::Value view(const domain::Invite& invite, domain::Instant now) {
  Json::Value body(Json::objectValue);
  body["id"] = invite.id.text();
  body["code_prefix"] = invite.code_prefix;
  body["role"] = invite.role;
  body["max_uses"] = Json::Int64{invite.max_uses};
  body["uses"] = Json::Int64{invite.uses};
  body["created_by"] = json(invite.created_by);
  body["created_at"] = domain::rfc3339(invite.created_at);
  body["expires_at"] = domain::rfc3339(invite.expires_at);
  body["revoked_at"] = json(invite.revoked_at);
  body["status"] = json(name_of(invite.status(now)));
  return body;
}

Json::Value view(const domain::IssuedInvite& issued, domain::Instant now) {
  auto body = view(issued.invite, now);
  body["code"] = json(issued.code.reveal());
  return body;
}

Json::Value view(const domain::Principal& principal) {
  Json::Value body(Json::objectValue);
  body["permissions"] = json(principal.permissions);
  auto& credential = body["credential"];
  credential["kind"] = json(domain::name_of(principal.kind));
  credential["id"] = principal.credential_id;
  credential["expires_at"] = json(principal.expires_at);
  return body;
}

Response json_response(int status, const Json::Value& body) {
  return Response(status, "application/json", write_json(body));
}

}  // namespace postern::handlers::native

#pragma once

#include <json/value.h>

#include <optional>
#include <string>

#include "domain/account.hpp"
#include "domain/api_key.hpp"
#include "domain/authenticate.hpp"
#include "domain/dialect_profile.hpp"
#include "domain/invite.hpp"
#include "domain/page.hpp"
#include "domain/role.hpp"
#include "domain/session.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::native {

/// The domain's values in the native API's words: snake_case, ids as UUID strings, times RFC 3339
/// UTC in whole seconds, null for what is not there. No view holds a password hash or a key's hash.

[[nodiscard]] Json::Value view(const domain::Account& account);
[[nodiscard]] Json::Value view(const domain::Tokens& tokens);
[[nodiscard]] Json::Value view(const domain::ApiKey& key, domain::Instant now);
/// Its text is in it, as `key`: this once.
[[nodiscard]] Json::Value view(const domain::IssuedKey& issued, domain::Instant now);
/// Of a list of all keys: whose it is, too.
[[nodiscard]] Json::Value view_with_owner(const domain::ApiKey& key, domain::Instant now);
[[nodiscard]] Json::Value view(const domain::Session& session,
                               const std::optional<domain::SessionId>& current);
[[nodiscard]] Json::Value view(const domain::AuditRecord& record);
[[nodiscard]] Json::Value view(const domain::Role& role);
[[nodiscard]] Json::Value view(const domain::Permission& permission);
[[nodiscard]] Json::Value view(const domain::Invite& invite, domain::Instant now);
/// Its text is in it, as `code`: this once.
[[nodiscard]] Json::Value view(const domain::IssuedInvite& issued, domain::Instant now);
/// `principal` of GET /auth/v1/me: what the credential in hand may do.
[[nodiscard]] Json::Value view(const domain::Principal& principal);

[[nodiscard]] Response json_response(int status, const Json::Value& body);
[[nodiscard]] inline Response no_content() {
  return Response(204);
}

/// {"items":[…],"next_cursor":…}, the cursor absent at the end.
template <class T, class View>
[[nodiscard]] Response list_response(const domain::Page<T>& page, View&& view_of) {
  Json::Value body(Json::objectValue);
  auto& items = body["items"] = Json::Value(Json::arrayValue);
  for (const auto& item : page.items) items.append(view_of(item));
  if (page.next_cursor) body["next_cursor"] = *page.next_cursor;
  return json_response(200, body);
}

/// The id in the path, as `{id}`. None when it is no UUID: then there is nothing of that name.
template <class IdType>
[[nodiscard]] std::optional<IdType> path_id(const Call& call) {
  const auto found = call.path.find("id");
  return found == call.path.end() ? std::nullopt : IdType::parse(found->second);
}

}  // namespace postern::handlers::native

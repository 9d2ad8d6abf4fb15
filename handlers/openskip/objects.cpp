#include "handlers/openskip/objects.hpp"

#include "domain/text.hpp"
#include "handlers/object_text.hpp"
#include "handlers/openskip/key_level.hpp"

namespace postern::handlers::openskip {
namespace {

constexpr std::size_t kShownPrefix = 8;

}  // namespace

std::string user_object(const domain::Account& account) {
  return ObjectText()
      .number("id", account.number)
      .text("username", account.username)
      .text_or_null("email", account.email ? &*account.email : nullptr)
      .text("role", account.role)
      .boolean("is_active", account.is_active)
      .boolean("is_approved", account.is_approved)
      .text("created_at", domain::rfc3339(account.created_at))
      .finish();
}

std::string key_object(const domain::ApiKey& key, domain::Instant now,
                       const std::optional<domain::Secret>& text) {
  ObjectText object;
  object.number("id", key.number)
      .text("key_prefix", std::string_view(key.key_prefix).substr(0, kShownPrefix))
      .text("name", key.name)
      .text("permissions", level_of(key))
      .boolean("is_active", key.status(now) == domain::KeyStatus::Active)
      .text("created_at", domain::rfc3339(key.created_at));
  if (text) object.text("api_key", text->reveal());
  return object.finish();
}

std::string invite_object(const domain::Invite& invite, domain::Instant now,
                          const std::optional<domain::Secret>& code) {
  ObjectText object;
  object.text("id", invite.id.text())
      .text("code_prefix", invite.code_prefix)
      .text("role", invite.role)
      .number("max_uses", invite.max_uses)
      .number("uses", invite.uses)
      .text("status", domain::name_of(invite.status(now)))
      .boolean("is_active", invite.status(now) == domain::Invite::Status::Active)
      .text("created_at", domain::rfc3339(invite.created_at))
      .text("expires_at", domain::rfc3339(invite.expires_at));
  if (code) object.text("invite_code", code->reveal());
  return object.finish();
}

}  // namespace postern::handlers::openskip

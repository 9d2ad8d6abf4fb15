#include <optional>
#include <variant>

#include "domain/api_key.hpp"
#include "domain/text.hpp"
#include "handlers/dispatcharr/credential.hpp"
#include "handlers/dispatcharr/errors.hpp"
#include "handlers/dispatcharr/handlers.hpp"
#include "handlers/dispatcharr/reader.hpp"
#include "handlers/dispatcharr/user_object.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::dispatcharr {
namespace {

using domain::Account;
using domain::ApiKey;
using domain::Errc;
using domain::IssuedKey;

/// A key is one of at most one an account, and a page holds a hundred of them.
constexpr int kMostPages = 100;

std::string key_entry(const ApiKey& key) {
  std::string last_used;
  if (key.last_used_at) last_used = domain::rfc3339_micros(*key.last_used_at);
  return ObjectText()
      .number("id", key.number)
      .number("user", key.account_number)
      .text("username", key.username)
      .text("prefix", key.key_prefix)
      .text("created_at", domain::rfc3339_micros(key.created_at))
      .text_or_null("last_used_at", key.last_used_at ? &last_used : nullptr)
      .finish();
}

std::string key_entries(Services& services, std::optional<domain::AccountId> account) {
  std::vector<std::string> entries;
  domain::PageRequest page{100, std::nullopt};
  for (int i = 0; i < kMostPages; ++i) {
    const auto keys = domain::list_personal_keys(services.domain, account, page);
    if (!keys) break;
    for (const auto& key : keys->items) entries.push_back(key_entry(key));
    if (!keys->next_cursor) break;
    page.after = keys->next_cursor;
  }
  return raw_list(entries);
}

/// Python's idea of false: the original takes it for "not given".
bool is_falsy(const Json::Value& value) {
  switch (value.type()) {
    case Json::nullValue:
      return true;
    case Json::booleanValue:
      return !value.asBool();
    case Json::stringValue:
      return value.asString().empty();
    case Json::intValue:
    case Json::uintValue:
    case Json::realValue:
      return value.asDouble() == 0.0;
    case Json::arrayValue:
    case Json::objectValue:
      return value.empty();
  }
  return true;
}

/// Whose key it is about: the caller's own, or, for administrators, that of the user the body
/// names. The body alone gives no right (CVE-2025-61928), nor does the answer tell others who
/// exists.
std::variant<Account, Response> target_of(const Call& call, Services& services,
                                          std::string_view member, std::string_view denied) {
  auto body = read_body(call.request);
  if (body.refusal) return *std::move(body.refusal);
  const auto& caller = *call.principal;
  const auto* wanted = body.data.find(member.data(), member.data() + member.size());
  const bool own = wanted == nullptr || is_falsy(*wanted);
  const auto number = own ? caller.account.number : as_integer(*wanted).value_or(0);
  if (number == caller.account.number) {
    if (!has_full_power(caller, services)) return detail(403, kPermissionDenied);
    return caller.account;
  }
  if (!caller.may("admin")) return detail(403, denied);
  auto account = domain::find_account_by_number(services.domain, number);
  if (!account) return detail(404, "User not found.");
  return *std::move(account);
}

std::string quoted(const domain::Secret& key) {
  return '"' + std::string(key.reveal()) + '"';  // base62 and '_': nothing to escape
}

Response generated(const IssuedKey& issued, const Account& account, Services& services) {
  // The key is in this answer anyway; the web interface reads it from the user object.
  const auto user = user_object(account, load_profile(services, account.id), issued.text);
  return ok(ObjectText().raw("key", quoted(issued.text)).raw("user", user).finish(), 201);
}

Response created(const IssuedKey& issued) {
  return ok(ObjectText()
                .number("id", issued.key.number)
                .raw("key", quoted(issued.text))
                .number("user", issued.key.account_number)
                .finish(),
            201);
}

}  // namespace

Response list_api_keys(const Call& call, Services& services) {
  const auto& caller = *call.principal;
  const auto own = readable_key(services, caller.account.id, caller);
  const auto whose = caller.may("admin") ? std::nullopt : std::optional(caller.account.id);
  return ok(ObjectText()
                .raw("key", own ? quoted(*own) : "null")
                .raw("results", key_entries(services, whose))
                .finish());
}

Response generate_api_key(const Call& call, Services& services) {
  auto target = target_of(call, services, "user_id", "Not allowed to create keys for other users.");
  if (auto* refused = std::get_if<Response>(&target)) return std::move(*refused);
  const auto& account = std::get<Account>(target);
  const auto issued = domain::generate_personal_key(services.domain, account.id,
                                                    call.principal->account.id, call.origin());
  if (!issued) return refusal(issued.error(), Presented::Nothing);
  return generated(*issued, account, services);
}

Response create_api_key(const Call& call, Services& services) {
  auto target = target_of(call, services, "user", kPermissionDenied);
  if (auto* refused = std::get_if<Response>(&target)) return std::move(*refused);
  const auto issued = domain::generate_personal_key(services.domain, std::get<Account>(target).id,
                                                    call.principal->account.id, call.origin());
  if (!issued) return refusal(issued.error(), Presented::Nothing);
  return created(*issued);
}

Response revoke_api_key(const Call& call, Services& services) {
  auto target = target_of(call, services, "user_id", "Not allowed to revoke keys for other users.");
  if (auto* refused = std::get_if<Response>(&target)) return std::move(*refused);
  const auto revoked = domain::revoke_personal_key(services.domain, std::get<Account>(target).id,
                                                   call.principal->account.id, call.origin());
  // To have none is what was asked for.
  if (!revoked && revoked.error().code != Errc::NotFound)
    return refusal(revoked.error(), Presented::Nothing);
  return ok(R"({"success":true})");
}

Response delete_api_key(const Call& call, Services& services) {
  const auto& caller = *call.principal;
  const auto number = as_path_id(call.path.at("id"));
  const auto key = number ? domain::find_key_by_number(services.domain, *number)
                          : domain::Result<ApiKey>(Errc::NotFound);
  const bool own = key && key->account == caller.account.id;
  // The same for another's key and for none, so that nobody can count keys.
  if (!caller.may("admin") && !own) return detail(403, kPermissionDenied);
  if (own && !has_full_power(caller, services)) return detail(403, kPermissionDenied);
  if (!key || key->kind != domain::KeyKind::Personal) return detail(404, "Not found.");
  const auto revoked = domain::revoke_account_key(services.domain, key->account, key->id,
                                                  caller.account.id, call.origin());
  if (!revoked) return refusal(revoked.error(), Presented::Nothing);
  return Response(204);
}

}  // namespace postern::handlers::dispatcharr

#include <map>
#include <vector>

#include "domain/account.hpp"
#include "handlers/dispatcharr/credential.hpp"
#include "handlers/dispatcharr/errors.hpp"
#include "handlers/dispatcharr/handlers.hpp"
#include "handlers/dispatcharr/user_object.hpp"
#include "handlers/dispatcharr/user_wish.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::dispatcharr {
namespace {

using domain::Account;
using domain::Errc;
using domain::Result;

/// A bare array has no pages of its own, and no list is without an end (rule R9): 10,000 users.
constexpr int kMostPages = 100;

Result<Account> user_of(const Call& call, Services& services) {
  const auto number = as_path_id(call.path.at("id"));
  if (!number) return Errc::NotFound;
  return domain::find_account_by_number(services.domain, *number);
}

/// What is not found here is the user that the path names.
Response refuse_user(const domain::Error& error) {
  if (error.code == Errc::NotFound) return detail(404, kNoSuchUser);
  return refusal(error, Presented::Nothing);
}

void append_users(std::vector<std::string>& objects, const std::vector<Account>& accounts,
                  const domain::Principal& caller, Services& services) {
  std::vector<domain::AccountId> ids;
  for (const auto& account : accounts) ids.push_back(account.id);
  const auto profiles = domain::read_profiles(services.domain, ids, kDialect);
  for (const auto& account : accounts) {
    const auto stored = profiles.find(account.id.text());
    const auto profile = parse_profile(stored == profiles.end() ? "" : stored->second);
    objects.push_back(user_object(account, profile, readable_key(services, account.id, caller)));
  }
}

Response save_user(const Call& call, Services& services, bool whole) {
  const auto user = user_of(call, services);
  if (!user) return refuse_user(user.error());
  const auto body = read_body(call.request);
  if (body.refusal) return *body.refusal;
  Fields fields(body);
  const auto wish = read_user(fields, services, whole);
  if (!fields.ok()) return fields.refusal();
  const auto& caller = *call.principal;
  const bool own_credentials =
      user->id == caller.account.id && (wish.username || wish.email || wish.password);
  if (own_credentials && !has_full_power(caller, services)) return detail(403, kPermissionDenied);
  const auto saved = apply_wish(call, services, *user, wish);
  if (!saved) return refuse_user(saved.error());
  return ok(user_object(services, *saved, caller));
}

domain::NewAccount new_account(const UserWish& wish) {
  domain::NewAccount account;
  account.username = wish.username.value_or("");
  if (wish.email && !wish.email->empty()) account.email = wish.email;
  account.password = wish.password;
  account.role = role_of(wish.level.value_or(0)).value_or("streamer");
  return account;
}

}  // namespace

Response list_users(const Call& call, Services& services) {
  std::vector<std::string> objects;
  domain::PageRequest page{100, std::nullopt};
  for (int i = 0; i < kMostPages; ++i) {
    const auto accounts = domain::list_accounts(services.domain, {}, page);
    if (!accounts) return refusal(accounts.error(), Presented::Nothing);
    append_users(objects, accounts->items, *call.principal, services);
    if (!accounts->next_cursor) break;
    page.after = accounts->next_cursor;
  }
  return ok(raw_list(objects));
}

Response create_user(const Call& call, Services& services) {
  const auto body = read_body(call.request);
  if (body.refusal) return *body.refusal;
  Fields fields(body);
  const auto wish = read_user(fields, services, true);
  if (!fields.ok()) return fields.refusal();
  const auto account = domain::create_account(services.domain, new_account(wish),
                                              call.principal->account.id, call.origin());
  if (!account) return refusal(account.error(), Presented::Nothing);
  if (!wish.profile.empty()) {
    const auto written = change_profile(services, account->id, wish.profile);
    if (!written) return refusal(written.error(), Presented::Nothing);
  }
  return ok(user_object(services, *account, *call.principal), 201);
}

Response show_user(const Call& call, Services& services) {
  const auto user = user_of(call, services);
  if (!user) return refuse_user(user.error());
  return ok(user_object(services, *user, *call.principal));
}

Response replace_user(const Call& call, Services& services) {
  return save_user(call, services, true);
}

Response change_user(const Call& call, Services& services) {
  return save_user(call, services, false);
}

Response delete_user(const Call& call, Services& services) {
  const auto user = user_of(call, services);
  if (!user) return refuse_user(user.error());
  const auto deleted =
      domain::delete_account(services.domain, user->id, call.principal->account.id, call.origin());
  if (!deleted) return refuse_user(deleted.error());
  return Response(204);
}

Response show_me(const Call& call, Services& services) {
  return ok(user_object(services, call.principal->account, *call.principal));
}

/// As in the original, the present password is not asked for.
Response change_me(const Call& call, Services& services) {
  const auto& caller = *call.principal;
  const auto body = read_body(call.request);
  if (body.refusal) return *body.refusal;
  Fields fields(body);
  const auto wish = read_own_user(fields, services, caller.may("admin"));
  if (!fields.ok()) return fields.refusal();
  if ((wish.email || wish.password) && !has_full_power(caller, services))
    return detail(403, kPermissionDenied);
  const auto saved = apply_wish(call, services, caller.account, wish);
  if (!saved) return refuse_user(saved.error());
  return ok(user_object(services, *saved, caller));
}

}  // namespace postern::handlers::dispatcharr

#include "domain/bot_token.hpp"
#include "domain/factor.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/find_person.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/login_name.hpp"
#include "handlers/kitsu/person_object.hpp"
#include "handlers/kitsu/person_wish.hpp"

namespace postern::handlers::kitsu {
namespace {

using domain::Account;
using domain::Errc;
using domain::Error;

/// A person as written, and the token that was made for it.
struct Saved {
  Account account;
  std::optional<domain::Secret> token{};
};

/// A username that stands for the address is said to be taken as the address.
Error in_words_of_the_wire(Error error, bool named_by_email) {
  if (error.field == "username") error.field = named_by_email ? "email" : "desktop_login";
  if (error.field == "preferred_factor") error.field = "preferred_two_factor_authentication";
  return error;
}

Response answer_saved(Services& services, const Saved& saved, int status) {
  auto object = person_object(services, saved.account);
  if (saved.token) object["access_token"] = std::string(saved.token->reveal());
  return answer(status, object);
}

domain::NewAccount new_account(const PersonWish& wish, Services& services) {
  domain::NewAccount account;
  account.username = wish.desktop_login
                         ? *wish.desktop_login
                         : username_without_login(wish.email, wish.is_bot, services.domain.random);
  account.email = wish.email;
  account.password = wish.password;
  account.role = wish.role.value_or("user");
  account.is_active = wish.active.value_or(true);
  account.is_bot = wish.is_bot;
  account.claimable = !wish.is_bot && !wish.password && services.settings.kitsu.claimable_persons;
  return account;
}

/// One that is disabled gets none: it would come alive with its owner, unseen.
domain::Result<std::optional<domain::Secret>> make_token(const Call& call, Services& services,
                                                         const Account& account, PersonWish& wish) {
  if (!wish.new_token || !account.may_act()) return std::optional<domain::Secret>();
  auto issued = domain::issue_bot_token(services.domain, account.id, wish.ends_on,
                                        call.principal->account.id, call.origin());
  // Somebody disabled it a moment ago.
  if (!issued && issued.error().code == Errc::AccountInactive)
    return std::optional<domain::Secret>();
  if (!issued) return issued.error();
  wish.profile.expiration_date = wish.ends_on ? Json::Value(*wish.ends_on) : Json::Value();
  return std::optional(std::move(issued->text));
}

domain::Result<Saved> create(const Call& call, Services& services, PersonWish wish) {
  auto account = domain::create_account(services.domain, new_account(wish, services),
                                        call.principal->account.id, call.origin());
  if (!account) return in_words_of_the_wire(account.error(), !wish.desktop_login);
  auto token = make_token(call, services, *account, wish);
  if (!token) return token.error();
  const auto kept = change_profile(services, account->id, wish.profile);
  if (!kept) return kept.error();
  return Saved{*std::move(account), *std::move(token)};
}

/// Only what differs: whole objects come back, whose words may say less than the account has. Who
/// is called by his address stays so, unless the new one has yet to be confirmed.
domain::AccountChange account_change(const Account& person, const PersonWish& wish, bool at_once,
                                     domain::Random& random) {
  domain::AccountChange change;
  if (wish.email && wish.email != person.email) {
    change.email = wish.email;
    if (at_once && is_called_by_address(person))
      change.username = username_without_login(wish.email, person.is_bot, random);
  }
  if (wish.desktop_login && *wish.desktop_login != desktop_login(person))
    change.username = wish.desktop_login;
  if (wish.role && *wish.role != role_word(person.role)) change.role = wish.role;
  if (wish.active && *wish.active != person.may_act()) {
    change.is_active = wish.active;
    if (*wish.active) change.is_approved = true;
  }
  return change;
}

domain::Outcome prefer(Services& services, const Account& person, const PersonWish& wish) {
  if (!wish.preferred_factor || *wish.preferred_factor == person.preferred_factor)
    return domain::done;
  return domain::set_preferred_factor(services.domain, person.id, *wish.preferred_factor);
}

domain::Result<Saved> change(const Call& call, Services& services, const Account& person,
                             PersonWish wish) {
  const auto preferred = prefer(services, person, wish);
  if (!preferred) return in_words_of_the_wire(preferred.error(), false);
  const auto& author = call.principal->account.id;
  const bool at_once = author != person.id || !services.domain.settings.registration.verify_email;
  auto account = domain::update_account(
      services.domain, person.id, account_change(person, wish, at_once, services.domain.random),
      author, call.origin());
  if (!account) return in_words_of_the_wire(account.error(), !wish.desktop_login);
  auto token = make_token(call, services, *account, wish);
  if (!token) return token.error();
  const auto kept = change_profile(services, person.id, wish.profile);
  if (!kept) return kept.error();
  account = domain::find_account(services.domain, person.id);
  if (!account) return account.error();
  return Saved{*std::move(account), *std::move(token)};
}

}  // namespace

Response create_person(const Call& call, Services& services) {
  auto read = read_new_person(call.request, services);
  if (read.refusal) return *read.refusal;
  const auto saved = create(call, services, std::move(read.wish));
  if (!saved) return refusal(saved.error());
  return answer_saved(services, *saved, 201);
}

Response show_person(const Call& call, Services& services) {
  const auto person = find_person(call, services);
  if (!person) return refusal(person.error());
  const auto& caller = *call.principal;
  const bool manages = caller.account.role == "manager" && !caller.less_than_role;
  const bool whole = caller.may("admin") || manages || person->id == caller.account.id;
  const auto profile = load_profile(services, person->id);
  return answer(200, whole ? person_object(*person, profile, services.settings.kitsu)
                           : minimal_person_object(*person, profile));
}

Response change_person(const Call& call, Services& services) {
  const auto& caller = *call.principal;
  const bool is_admin = caller.may("admin");
  const auto person = find_person(call, services);
  const bool is_self = person && person->id == caller.account.id;
  if (!is_admin && !is_self) return forbidden(call.request, Guard::Admin);
  if (!person) return refusal(person.error());
  const Author author{is_admin, is_self, person->is_bot, caller.session.has_value()};
  auto read = read_person_change(call.request, services, author);
  if (read.refusal) return *read.refusal;
  const auto saved = change(call, services, *person, std::move(read.wish));
  if (!saved) return refusal(saved.error());
  return answer_saved(services, *saved, 200);
}

Response delete_person(const Call& call, Services& services) {
  const auto& caller = call.principal->account;
  const auto person = find_person(call, services);
  if (!person) return refusal(person.error());
  if (person->id == caller.id) return forbidden(call.request, Guard::Admin);
  const auto deleted =
      domain::delete_account(services.domain, person->id, caller.id, call.origin());
  if (!deleted) return refusal(deleted.error());
  return Response(204);
}

}  // namespace postern::handlers::kitsu

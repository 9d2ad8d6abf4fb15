#include <algorithm>

#include "domain/mail.hpp"
#include "domain/mail_link.hpp"
#include "domain/password_change.hpp"
#include "domain/totp.hpp"
#include "fcgi/percent.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/find_person.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/password_errors.hpp"
#include "handlers/kitsu/reader.hpp"

namespace postern::handlers::kitsu {
namespace {

using domain::Account;
using domain::Errc;

constexpr std::string_view kAnotherAdmin = "An admin can't change another admin's password.";

bool administers(Services& services, const Account& account) {
  const auto permissions = domain::role_permissions(services.domain.database, account.role);
  return permissions &&
         std::find(permissions->begin(), permissions->end(), "admin") != permissions->end();
}

/// One's own credentials are changed by a session: a token may lie about in a script.
bool lacks_session(const Call& call, const Account& person) {
  return person.id == call.principal->account.id && !call.principal->session;
}

/// Whose password the caller may give or let be given anew; or the refusal.
struct PasswordOwner {
  std::optional<Account> person;
  std::optional<Response> refusal;
};
PasswordOwner password_owner(const Call& call, Services& services) {
  auto person = find_person(call, services);
  if (!person) return {{}, refusal(person.error())};
  if (person->is_bot) return {{}, forbidden(call.request, Guard::Person)};
  if (lacks_session(call, *person)) return {{}, forbidden(call.request, Guard::Session)};
  if (person->id != call.principal->account.id && administers(services, *person))
    return {{}, refused(400, kAnotherAdmin)};
  return {*std::move(person), {}};
}

std::string reset_page(const Services& services, std::string_view email,
                       const domain::Secret& token) {
  const auto& page = services.settings.kitsu.reset_page;
  std::string link =
      page.empty() ? services.domain.settings.issuer + "/reset-change-password" : page;
  link += "?email=" + fcgi::percent_encode(email);
  return link + "&token=" + std::string(token.reveal());  // base62 and '_': nothing to encode
}

/// The letter with a link by which its reader sets a password. The housekeeper writes it.
void queue_invitation(const Call& call, Services& services, const std::string& email) {
  const auto origin = call.origin();
  domain::queue_letter(services.domain.database, services.domain,
                       {domain::MailKind::ResetPassword,
                        std::nullopt,
                        email,
                        {{"address", origin.address}, {"request_id", origin.request_id}}});
}

}  // namespace

Response set_person_password(const Call& call, Services& services) {
  auto owner = password_owner(call, services);
  if (owner.refusal) return *owner.refusal;
  Reader body(call.request);
  const domain::Secret password(body.required_text("password"));
  const domain::Secret repeated(body.required_text("password_2"));
  if (!password.equals(repeated.reveal()))
    body.refuse("password_2", "Confirmation password doesn't match.");
  if (body.refusal()) return *body.refusal();
  const auto& caller = *call.principal;
  const bool own = owner.person->id == caller.account.id;
  const auto set =
      domain::set_password(services.domain, owner.person->id, password, caller.account.id,
                           call.origin(), own ? caller.session : std::nullopt);
  return set ? success() : password_refused(set.error());
}

Response disable_two_factor(const Call& call, Services& services) {
  const auto person = find_person(call, services);
  if (!person) return refusal(person.error());
  if (lacks_session(call, *person)) return forbidden(call.request, Guard::Session);
  const auto reset = domain::reset_second_factor(services.domain, person->id,
                                                 call.principal->account.id, call.origin());
  if (reset) return success();
  if (reset.error().code == Errc::NotEnabled)
    return refused_proof("Two factor authentication not enabled for this user.");
  return refusal(reset.error());
}

Response invite_person(const Call& call, Services& services) {
  const auto person = find_person(call, services);
  if (!person) return refusal(person.error());
  if (person->is_bot) return forbidden(call.request, Guard::Person);
  if (!person->email) return refusal({Errc::NoEmail});
  if (!person->is_active) return refused(400, "This person is not active.");
  if (!services.domain.settings.mail.enabled)
    return refused(400, "No mail can be sent: no mail server is set up.");
  queue_invitation(call, services, *person->email);
  Json::Value body(Json::objectValue);
  body["success"] = true;
  body["message"] = "Email sent";
  return answer(200, body);
}

Response make_reset_link(const Call& call, Services& services) {
  const auto owner = password_owner(call, services);
  if (owner.refusal) return *owner.refusal;
  const auto token = domain::make_reset_link(services.domain, owner.person->id,
                                             call.principal->account.id, call.origin());
  if (!token) return refusal(token.error());
  Json::Value body(Json::objectValue);
  body["reset_password_link"] = reset_page(services, owner.person->email.value_or(""), *token);
  return answer(200, body);
}

}  // namespace postern::handlers::kitsu

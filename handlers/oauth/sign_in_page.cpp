#include "handlers/native/problem.hpp"
#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/pages.hpp"
#include "handlers/oauth/second_factor_page.hpp"
#include "handlers/oauth/sign_in_form.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;

constexpr std::size_t kLongestLogin = 254;

/// A provider sent the person back with the code of a refusal (handlers/sso).
std::string words_of_provider(std::string_view code) {
  if (code.empty()) return {};
  if (code == "access_denied") return "The sign-in there was given up.";
  for (const auto each : {Errc::IdentityNotLinked, Errc::ApprovalPending, Errc::TooManyAttempts,
                          Errc::ProviderUnavailable, Errc::ProviderRefused}) {
    if (native::problem_of(each).code == code) return words_for({each}).text;
  }
  return words_for({Errc::ProviderRefused}).text;
}

/// Somebody is signed in already: he goes on, or says why not.
Response show_signed_in(Services& services, const Visitor& visitor,
                        const Destination& destination) {
  Page page{.status = 200, .name = "sign_in", .title = "Signed in"};
  auto& texts = page.values.texts;
  texts["who"] = visitor.session->account.username;
  texts["continue"] = address_after(services, destination);
  const auto address = sign_in_address(services, destination);
  texts["another"] = address + (address.find('?') == std::string::npos ? "?" : "&") + "another=1";
  return show_page(services, std::move(page));
}

/// Whether he need not sign in once more for what he is here for.
bool is_enough(const Visitor& visitor, const Destination& destination) {
  if (!visitor.session) return false;
  return !destination.opened || may_answer(*visitor.session, destination.opened->request);
}

bool is_somebody_else(const Visitor& visitor, const Destination& destination) {
  return visitor.session && destination.opened &&
         !is_person(*visitor.session, destination.opened->request);
}

/// Beside who is signed in already.
std::string why_again(const Visitor& visitor, const Destination& destination, bool another) {
  if (!visitor.session || another) return {};
  if (is_somebody_else(visitor, destination)) {
    return "The application asks for another account: please sign in with that one.";
  }
  return "Please show once more that it is you.";
}

std::string username_for(const Visitor& visitor, const Destination& destination, bool another) {
  if (another) return {};
  if (visitor.session && !is_somebody_else(visitor, destination))
    return visitor.session->account.username;
  return destination.opened ? shown_name(destination.opened->request.login_hint) : "";
}

Response refuse_password(Services& services, const Visitor& visitor, const Destination& destination,
                         const std::string& login, const domain::Error& error) {
  const auto words = words_for(error);
  auto response =
      show_sign_in_form(services, visitor, destination, {words.status, words.text, login});
  tell_wait(response, error);
  return response;
}

Response take_password(const Call& call, Services& services, const Visitor& visitor,
                       const Destination& destination, const Parameters& form) {
  const std::string login(form.get_or_empty("username"));
  std::optional<domain::PendingSignIn> pending;
  const auto session =
      domain::sign_in_browser(services.domain,
                              {login.size() > kLongestLogin ? std::string() : login,
                               domain::Secret(std::string(form.get_or_empty("password")))},
                              call.origin(), &pending);
  if (session) return enter(call, services, visitor, destination, *session);
  if (pending) return show_second_factor(services, visitor, destination, *pending, {});
  return refuse_password(services, visitor, destination, login, session.error());
}

}  // namespace

Response show_sign_in(const Call& call, Services& services) {
  const auto parameters = Parameters::of_query(call.request);
  if (!parameters) return error_page(services, 400, "The address of this page is not complete.");
  const auto destination = read_destination(services, *parameters, call.origin());
  if (!destination) return request_gone(services, destination.error());
  const auto visitor = find_visitor(call, services);
  const bool another = parameters->get("another").has_value();
  if (!another && is_enough(visitor, *destination)) {
    return show_signed_in(services, visitor, *destination);
  }
  SignInForm form;
  form.error = words_of_provider(parameters->get_or_empty("error"));
  form.username = username_for(visitor, *destination, another);
  form.why = why_again(visitor, *destination, another);
  return show_sign_in_form(services, visitor, *destination, form);
}

Response sign_in(const Call& call, Services& services) {
  const auto form = Parameters::of_body(call.request);
  if (!form) return error_page(services, 400, "The form cannot be read.");
  const auto destination = read_destination(services, *form, call.origin());
  if (!destination) return request_gone(services, destination.error());
  const auto visitor = find_visitor(call, services);
  const FormUse use{"sign-in", "", destination->text()};
  if (!is_own_form(call, services, visitor, use, form->get_or_empty("csrf"))) {
    return show_sign_in_form(services, visitor, *destination,
                             {403, "The form was out of date. Please try again."});
  }
  if (form->get("pending")) {
    return take_second_step(call, services, visitor, *destination, *form);
  }
  return take_password(call, services, visitor, *destination, *form);
}

}  // namespace postern::handlers::oauth

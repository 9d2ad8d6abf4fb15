#include "domain/oauth_device.hpp"
#include "domain/text.hpp"
#include "domain/user_code.hpp"
#include "fcgi/percent.hpp"
#include "handlers/oauth/access_words.hpp"
#include "handlers/oauth/authorization_step.hpp"
#include "handlers/oauth/handlers.hpp"
#include "handlers/oauth/pages.hpp"
#include "handlers/oauth/sign_in_form.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Outcome;
using domain::Result;

/// Longer than any way to type a code.
constexpr std::size_t kLongestCode = 32;

std::string typed_code(const Parameters& parameters) {
  return domain::printable_excerpt(parameters.get_or_empty("user_code"), kLongestCode);
}

/// The code goes along, so that nobody types it twice.
Destination back_here(const Services& services, const std::string& code) {
  const auto here = page_address(services, "/oauth/device");
  return {{}, code.empty() ? here : here + "?user_code=" + fcgi::percent_encode(code)};
}

std::string use_another(const Services& services, const std::string& code) {
  return sign_in_address(services, back_here(services, code)) + "&another=1";
}

std::string token_of(const Services& services, const Visitor& visitor) {
  return form_token(services, visitor, {"device", visitor.account(), ""});
}

Response ask_code(const Services& services, const Visitor& visitor, const std::string& code,
                  int status = 200, std::string error = "") {
  Page page{.status = status, .name = "device_code", .title = "Connect a device"};
  auto& texts = page.values.texts;
  texts["error"] = std::move(error);
  texts["user_code"] = code;
  texts["who"] = visitor.session->account.username;
  texts["another"] = use_another(services, code);
  texts["csrf"] = token_of(services, visitor);
  return with_browser(show_page(services, std::move(page)), services, visitor);
}

Response refuse_code(const Services& services, const Visitor& visitor, const std::string& code,
                     const domain::Error& error) {
  if (error.code == Errc::TooManyAttempts) {
    auto response = ask_code(services, visitor, code, 429,
                             "Too many attempts. Please wait a while and try again.");
    tell_wait(response, error);
    return response;
  }
  return ask_code(services, visitor, code, 400,
                  "This code is not known, or not any more. Please look at it again.");
}

Response ask_decision(Services& services, const Visitor& visitor, const std::string& code,
                      const domain::WaitingDevice& device, const domain::OAuthClient& client) {
  Page page{.status = 200, .name = "device", .title = "Connect this device?"};
  auto& texts = page.values.texts;
  const auto read = domain::read_user_code(code);
  texts["user_code"] = read ? domain::shown_user_code(*read) : code;  // as the device shows it
  texts["address"] = device.address.empty() ? "an unknown address" : device.address;
  texts["who"] = visitor.session->account.username;
  texts["csrf"] = token_of(services, visitor);
  texts["seen"] = edition_of(client);
  describe_client(page.values, client);
  describe_wanted(page.values, services, device.wanted, visitor.session->account);
  return with_browser(show_page(services, std::move(page)), services, visitor);
}

Outcome let_in(Services& services, const Visitor& visitor, const std::string& code,
               const domain::WaitingDevice& device, const domain::OAuthClient& client,
               const domain::Origin& origin) {
  return services.domain.database.transaction([&](domain::Transaction& tx) -> Outcome {
    const auto consent = domain::give_consent(tx, services.domain, visitor.session->account.id,
                                              client, device.wanted, origin);
    if (!consent) return consent.error();
    return domain::decide_device(tx, services.domain, code,
                                 basis_of(*visitor.session, *consent, device.wanted));
  });
}

Outcome keep_out(Services& services, const std::string& code) {
  return services.domain.database.transaction([&](domain::Transaction& tx) -> Outcome {
    return domain::decide_device(tx, services.domain, code, std::nullopt);
  });
}

Response tell_done(const Services& services, bool allowed) {
  Page page{.status = 200, .name = "done", .title = allowed ? "Connected" : "Refused"};
  page.values.texts["message"] =
      allowed ? "The device is connected. You can close this page and go on there."
              : "The device got no access. You can close this page.";
  return show_page(services, std::move(page));
}

Response decide(const Call& call, Services& services, const Visitor& visitor,
                const Parameters& form) {
  const auto code = typed_code(form);
  const auto device =
      domain::find_device(services.domain, code, visitor.session->account.id, call.origin());
  if (!device) return refuse_code(services, visitor, code, device.error());
  const auto client = domain::find_client(services.domain, device->client);
  if (!client) return refuse_code(services, visitor, code, {Errc::NotFound});
  const auto decision = form.get("decision");
  const bool is_seen = form.get_or_empty("seen") == edition_of(*client);
  if ((decision != "allow" && decision != "deny") || !is_seen) {
    return ask_decision(services, visitor, code, *device, *client);
  }
  const bool allowed = decision == "allow";
  const auto decided = allowed ? let_in(services, visitor, code, *device, *client, call.origin())
                               : keep_out(services, code);
  if (!decided && decided.error().code == Errc::ClientInvalid) {
    return ask_code(services, visitor, code, 403, "The program has changed. Please look again.");
  }
  if (!decided) return refuse_code(services, visitor, code, decided.error());
  return tell_done(services, allowed);
}

}  // namespace

Response show_device(const Call& call, Services& services) {
  const auto parameters = Parameters::of_query(call.request);
  if (!parameters) return error_page(services, 400, "The address of this page is not complete.");
  const auto code = typed_code(*parameters);
  const auto visitor = find_visitor(call, services);
  if (!visitor.session) return see_other(sign_in_address(services, back_here(services, code)));
  return ask_code(services, visitor, code);
}

Response decide_device(const Call& call, Services& services) {
  const auto form = Parameters::of_body(call.request);
  if (!form) return error_page(services, 400, "The form cannot be read.");
  const auto visitor = find_visitor(call, services);
  const auto code = typed_code(*form);
  if (!visitor.session) return see_other(sign_in_address(services, back_here(services, code)));
  const FormUse use{"device", visitor.account(), ""};
  if (!is_own_form(call, services, visitor, use, form->get_or_empty("csrf"))) {
    return ask_code(services, visitor, code, 403, "The form was out of date. Please try again.");
  }
  auto response = decide(call, services, visitor, *form);
  response.log_account = visitor.account();
  return response;
}

}  // namespace postern::handlers::oauth

#include "handlers/oauth/second_factor_page.hpp"

#include "domain/email_code.hpp"
#include "domain/webauthn.hpp"
#include "handlers/json_body.hpp"
#include "handlers/oauth/pages.hpp"
#include "handlers/webauthn_json.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;

/// Which of them a code is typed for.
bool asks_by_mail(const domain::Account& account, bool wanted) {
  return account.email_otp_enabled && (wanted || !account.totp_enabled);
}

void describe_code(PageValues& values, const domain::Account& account, bool by_mail) {
  auto& texts = values.texts;
  texts["takes_code"] = "1";
  if (by_mail) texts["via"] = "mail";
  texts["code_label"] = by_mail ? "Code from the letter" : "Code from your authenticator app";
  if (account.email_otp_enabled) {
    texts["can_mail"] = "1";
    texts["mail_text"] = by_mail ? "Send me a code by mail" : "Send me a code by mail instead";
  }
}

void describe_factors(Page& page, Services& services, const domain::Account& account,
                      bool by_mail) {
  const bool takes_code = account.totp_enabled || account.email_otp_enabled;
  const auto asked = domain::request_assertion_on_page(services.domain, account);
  if (takes_code) describe_code(page.values, account, by_mail);
  if (asked) page.values.texts["key_options"] = write_json(request_options(*asked));
  if (!takes_code && !asked) page.values.texts["only_recovery"] = "1";
  page.has_script = asked.ok();
}

/// Spaces and hyphens are how people group digits.
domain::Secret digits_of(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if (c != ' ' && c != '-') digits += c;
  }
  return domain::Secret(std::move(digits));
}

/// What is no answer of a key's proves nothing, and is refused as such.
domain::WebauthnAssertion assertion_of(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed.value) return {};
  return read_assertion(*parsed.value).value_or(domain::WebauthnAssertion());
}

domain::SecondFactor factor_of(const Parameters& form) {
  domain::SecondFactor factor;
  const auto code = form.get("code");
  if (const auto answer = form.get("webauthn")) {
    factor.assertion = assertion_of(*answer);
  } else if (code && form.get("via") == "mail") {
    factor.email_code = digits_of(*code);
  } else if (code) {
    factor.totp = digits_of(*code);
  } else {
    factor.recovery_code = domain::Secret(std::string(form.get_or_empty("recovery_code")));
  }
  return factor;
}

Response send_code(const Call& call, Services& services, const Visitor& visitor,
                   const Destination& destination, const domain::PendingSignIn& pending) {
  const auto account = domain::find_account(services.domain, pending.account);
  domain::Outcome sent = Errc::LinkInvalid;
  if (account) {
    sent = domain::request_email_code(services.domain, account->username, call.origin());
  }
  SecondFactorForm form{.by_mail = true};
  if (sent) {
    form.notice = "A code is on its way to your e-mail address.";
  } else {
    const auto words = words_for(sent.error());
    form.status = words.status;
    form.error = words.text;
  }
  auto response = show_second_factor(services, visitor, destination, pending, form);
  if (!sent) tell_wait(response, sent.error());
  return response;
}

std::string words_of_step(const domain::Error& error, const Parameters& sent) {
  if (error.code == Errc::SecondFactorRequired) return "Please type a code.";
  if (error.code == Errc::SecondFactorInvalid && sent.get("webauthn")) {
    return "Your security key or passkey was not accepted. Please try again.";
  }
  return words_for(error).text;
}

Response refuse_step(Services& services, const Visitor& visitor, const Destination& destination,
                     const domain::PendingSignIn& pending, const Parameters& sent,
                     const domain::Error& error) {
  const auto words = words_for(error);
  const bool again = error.code == Errc::SecondFactorInvalid ||
                     error.code == Errc::SecondFactorRequired ||
                     error.code == Errc::TooManyAttempts;
  if (!again) return show_sign_in_form(services, visitor, destination, {words.status, words.text});
  SecondFactorForm form{.status = words.status,
                        .error = words_of_step(error, sent),
                        .by_mail = sent.get("via") == "mail",
                        .by_recovery = sent.get("recovery_code").has_value()};
  auto response = show_second_factor(services, visitor, destination, pending, form);
  tell_wait(response, error);
  return response;
}

}  // namespace

Response show_second_factor(Services& services, const Visitor& visitor,
                            const Destination& destination, const domain::PendingSignIn& pending,
                            const SecondFactorForm& form) {
  const auto account = domain::find_account(services.domain, pending.account);
  if (!account) return show_sign_in_form(services, visitor, destination, {.status = 401});
  Page page{.status = form.status, .name = "second_factor", .title = "One more step"};
  auto& texts = page.values.texts;
  texts["error"] = form.error;
  texts["notice"] = form.notice;
  texts["who"] = account->username;
  texts["csrf"] = form_token(services, visitor, {"sign-in", "", destination.text()});
  texts["pending"] = domain::seal_pending(services.domain, pending).reveal();
  if (destination.opened) texts["request"] = destination.opened->text;
  texts["return_to"] = destination.return_to;
  texts["again"] = sign_in_address(services, destination);
  if (form.by_recovery) texts["recovery_open"] = "1";
  page.form_targets = form_targets_after(services, destination);
  describe_factors(page, services, *account, asks_by_mail(*account, form.by_mail));
  return with_browser(show_page(services, std::move(page)), services, visitor);
}

Response take_second_step(const Call& call, Services& services, const Visitor& visitor,
                          const Destination& destination, const Parameters& form) {
  const auto pending = domain::open_pending(services.domain, form.get_or_empty("pending"));
  if (!pending) {
    const auto words = words_for(pending.error());
    return show_sign_in_form(services, visitor, destination, {words.status, words.text});
  }
  if (form.get("send_code")) return send_code(call, services, visitor, destination, *pending);
  const auto session =
      domain::finish_pending(services.domain, *pending, factor_of(form), call.origin());
  if (session) return enter(call, services, visitor, destination, *session);
  return refuse_step(services, visitor, destination, *pending, form, session.error());
}

}  // namespace postern::handlers::oauth

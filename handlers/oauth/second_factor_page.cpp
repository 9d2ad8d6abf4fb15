#include "handlers/oauth/second_factor_page.hpp"

#include "domain/email_code.hpp"
#include "domain/webauthn.hpp"
#include "handlers/json_body.hpp"
#include "handlers/oauth/pages.hpp"
#include "handlers/webauthn_json.hpp"

namespace postern::handlers::oauth {
namespace {

using domain::Errc;
using domain::Factor;

std::optional<Factor> preferred_by(const domain::Account& account) {
  return domain::factor_of(account.preferred_factor);
}

/// Which of them a code is typed for, if any.
std::optional<Factor> code_factor(const domain::Account& account, std::optional<Factor> wanted) {
  for (const auto factor : {wanted, preferred_by(account), std::optional(Factor::Totp),
                            std::optional(Factor::EmailOtp)}) {
    if (!factor || factor == Factor::Webauthn) continue;
    if (domain::has_factor(account, *factor)) return factor;
  }
  return {};
}

void describe_code(PageValues& values, const domain::Account& account, Factor factor) {
  const bool by_mail = factor == Factor::EmailOtp;
  auto& texts = values.texts;
  texts["takes_code"] = "1";
  texts["via"] = by_mail ? "mail" : "app";
  texts["code_label"] = by_mail ? "Code from the letter" : "Code from your authenticator app";
  if (by_mail && account.totp_enabled) texts["can_use_app"] = "1";
  if (account.email_otp_enabled) {
    texts["can_mail"] = "1";
    texts["mail_text"] = by_mail ? "Send me a code by mail" : "Send me a code by mail instead";
  }
}

void describe_factors(Page& page, Services& services, const domain::Account& account,
                      const SecondFactorForm& form) {
  auto& texts = page.values.texts;
  const auto code = code_factor(account, form.code_of);
  const auto asked = domain::request_assertion_on_page(services.domain, account);
  const bool key_preferred = preferred_by(account) == Factor::Webauthn && !form.by_code;
  if (code) describe_code(page.values, account, *code);
  if (asked) texts["key_options"] = write_json(request_options(*asked));
  if (asked && (key_preferred || !code)) texts["key_first"] = "1";
  if (!code && !asked) texts["only_recovery"] = "1";
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

/// Which code the form asked for.
std::optional<Factor> code_asked_by(const Parameters& form) {
  const auto via = form.get("via");
  if (!via) return {};
  return *via == "mail" ? Factor::EmailOtp : Factor::Totp;
}

domain::SecondFactor factor_of(const Parameters& form) {
  domain::SecondFactor factor;
  const auto code = form.get("code");
  if (const auto answer = form.get("webauthn")) {
    factor.assertion = assertion_of(*answer);
  } else if (code && code_asked_by(form) == Factor::EmailOtp) {
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
  SecondFactorForm form{.code_of = Factor::EmailOtp, .by_code = true};
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
                        .code_of = code_asked_by(sent),
                        .by_code = sent.get("code").has_value(),
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
  describe_factors(page, services, *account, form);
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
  if (form.get("use_app")) {
    return show_second_factor(services, visitor, destination, *pending,
                              {.code_of = Factor::Totp, .by_code = true});
  }
  const auto session =
      domain::finish_pending(services.domain, *pending, factor_of(form), call.origin());
  if (session) return enter(call, services, visitor, destination, *session);
  return refuse_step(services, visitor, destination, *pending, form, session.error());
}

}  // namespace postern::handlers::oauth

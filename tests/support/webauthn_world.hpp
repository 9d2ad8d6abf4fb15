#pragma once

#include <string>

#include "domain/email_code.hpp"
#include "domain/webauthn.hpp"
#include "tests/support/mail_world.hpp"
#include "tests/support/security_key.hpp"

namespace postern::test {

/// A world with mail, somebody who is signed in to it, and his security keys.
class WebauthnWorld : public MailWorld {
 public:
  WebauthnWorld() {
    settings.login_limit.per_account = 1000;
    settings.login_limit.per_network = 10000;
    owner = account("alice");
    session = login("alice").session;
  }

  std::string sql(const std::string& text) { return database_server.sql(text); }

  /// What a browser would be told to make a credential with.
  Ceremony registration() { return {domain::start_webauthn(services, owner.id).value().challenge}; }
  domain::Result<std::vector<domain::Secret>> register_answer(
      const domain::WebauthnAttestation& answer, const std::string& name = "blue") {
    return domain::register_webauthn(services, owner.id, {answer, name}, session, origin);
  }
  /// Registers it, and says what became of it: ok, or the refusal's name, field and reason.
  std::string try_register(const domain::WebauthnAttestation& answer,
                           const std::string& name = "blue") {
    return said(register_answer(answer, name));
  }
  std::vector<domain::Secret> enrol(SecurityKey& key, const std::string& name = "blue") {
    return register_answer(key.create(registration()), name).value();
  }

  /// What a browser would be told to prove one with.
  Ceremony proof() {
    return {domain::request_assertion(services, owner.username, origin).value().challenge};
  }
  /// As a sign-in or a change of a factor would take it: ok, or why not.
  static std::string take(domain::Services& services, domain::AccountId account,
                          const domain::WebauthnAssertion& assertion) {
    const auto taken = services.database.transaction([&](domain::Transaction& tx) {
      return domain::take_assertion(tx, services, account, assertion);
    });
    return taken ? "ok" : std::string(name_of(taken.error().code)) + " " + taken.error().detail;
  }
  std::string take(const domain::WebauthnAssertion& assertion) {
    return take(services, owner.id, assertion);
  }

  /// The code out of the next letter.
  domain::Secret mailed_code() {
    auto letter = next_letter(domain::MailKind::OneTimeCode);
    return domain::Secret(letter.values["code"]);
  }
  /// Codes by mail are in force.
  std::vector<domain::Secret> enrol_email() {
    (void)domain::start_email_otp(services, owner.id, origin).value();
    return domain::confirm_email_otp(services, owner.id, mailed_code(), session, origin).value();
  }

  template <class T>
  static std::string said(const domain::Result<T>& result) {
    if (result) return "ok";
    const auto& error = result.error();
    std::string text(name_of(error.code));
    if (!error.field.empty()) text += " " + error.field;
    if (!error.reason.empty()) text += " " + error.reason;
    return text;
  }

  domain::Account owner;
  domain::SessionId session;
};

}  // namespace postern::test

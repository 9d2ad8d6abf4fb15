#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/browser_session.hpp"
#include "domain/oauth_registration.hpp"
#include "tests/support/authenticator.hpp"
#include "tests/support/handler_world.hpp"
#include "tests/support/oauth_world.hpp"

namespace postern::test {

/// Who asks: one kind of credential, of an account of its own, so that what one request ends is
/// still there for the others.
struct Holder {
  std::string name;  ///< "session of a member", "revoked key", …
  domain::Secret credential{};
  std::optional<domain::AccountId> account{};  ///< none: nobody's
};

/// A world with a credential of every kind there is, and requests whose particulars are filled in.
class MatrixWorld : public HandlerWorld {
 public:
  MatrixWorld();

  [[nodiscard]] const std::vector<Holder>& holders() const { return holders_; }

  /// Replaces `{name}` in a text of a golden file by what `owner` has: {account}, {number},
  /// {username}, {session}, {refresh}, {key}, {key-number}, {osk-number}, {sk-number},
  /// {token-number}, {group}, {role}, {invite}, {invite-code}, {password}, {reset-token}; with a
  /// second factor {protected} (the account), {recovery-code}; {totp-code} of one that is not
  /// confirmed; for clients of OAuth {oauth-client} (a stranger's client_id), {oauth-request} (as
  /// it travels through the pages), {oauth-client-row}, {oauth-consent}, {oauth-user-code}, and
  /// parts of forms {oauth-secret}, {oauth-access}, {oauth-refresh}, {oauth-code}, {oauth-device}.
  /// Whatever is named is made for this text, all of one fresh account, or of the holder's own.
  [[nodiscard]] std::string filled(std::string text, std::optional<domain::AccountId> owner);
  /// What a holder goes on with: his credential, or where filled() put a second factor of his in
  /// force, which ends his sessions, the token of the one that did it.
  [[nodiscard]] domain::Secret credential_of(const Holder& holder) const;

 private:
  using Particulars = std::map<std::string, std::string>;

  domain::Account make_account(const std::string& role);
  domain::Secret named_key(domain::AccountId account, const domain::NewKey& wanted);
  void hold(std::string name, domain::Secret credential,
            std::optional<domain::AccountId> account = std::nullopt);
  void hold_session(const std::string& role);
  void hold_kitsu_session(const std::string& role);
  void hold_key(std::string name, const std::string& role, const domain::NewKey& wanted);
  void hold_what_is_over();
  domain::Account make_bot(const std::string& role);
  domain::Secret token_of(const domain::Account& account,
                          const std::optional<std::string>& ends_on = std::nullopt);
  void hold_kitsu_credentials();
  void hold_kitsu_credentials_that_are_over();
  void hold_of_the_disabled();
  domain::Registered registered();
  void hold_oauth_credentials();
  std::string sealed_request();
  std::string make_for_client(const std::string& name, const domain::Account& owner);
  Enrolled enrol_now(const domain::Account& account);
  std::string make(const std::string& name, const domain::Account& owner);

  OAuthWorld oauth_{domain};
  std::vector<Holder> holders_;
  std::map<std::string, domain::Secret> renewed_;  ///< by the account
  int accounts_ = 0, things_ = 0;
};

/// Headers in which a dialect reads a credential of this form.
[[nodiscard]] fcgi::Request presented(fcgi::Request request, std::string_view dialect,
                                      const domain::Secret& credential);

}  // namespace postern::test
